/* The pictures that a command line and its records name. */
#ifndef APP_PICTURE_LIST_H
#define APP_PICTURE_LIST_H

#include "cli/cli.h"
#include "data/gallery.h"

/*
 * The operands of c: folders and pictures are taken as they are, the others
 * are files of records or lists of paths, which begin in root (or NULL); with
 * no operands that is standard input. A bad record is told of and skipped.
 * The gallery is the caller's, from gallery_init.
 */
int picture_list(
	struct cli *c, const char *root, struct gallery *g, struct err *e);

#endif
