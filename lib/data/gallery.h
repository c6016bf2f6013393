/*
 * Lists of pictures that a model learns from: those of folders, and those
 * that records name. Nothing is decoded here.
 *
 *	struct gallery g;
 *	gallery_init(&g);
 *	gallery_add_folder(&g, "crops", e);
 *	gallery_add(&g, "photos/1.jpg", "list.jsonl", 17);
 *	for (int i = 0; i < g.n; i++)
 *		img_load(&im, g.item[i].path, 0, e);
 *	gallery_release(&g);
 */
#ifndef DATA_GALLERY_H
#define DATA_GALLERY_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"

enum { GALLERY_KEYS = 8 };

struct gallery_item {
	const char *path;
	/* What its record says under the gallery's keys, NULL where it says
	 * nothing; NULL: it has no record, or none are asked for. */
	const char *const *label;
	const char *from; /* the input that names it; NULL: a command line */
	long line;        /* of from */
};

struct gallery {
	struct gallery_item *item;
	int n, cap;
	/* Of records, besides the path: "brand", or "source.query" for a
	 * member of a member. The caller's. */
	int nkeys;
	const char *key[GALLERY_KEYS];
	struct arena arena; /* the strings */
};

void gallery_init(struct gallery *g);
void gallery_release(struct gallery *g);

/* from may be NULL; both strings are copied. */
void gallery_add(
	struct gallery *g, const char *path, const char *from, long line);

/* The picture that a record, or a bare path, names: a line of n bytes of an
 * input; its path begins at root (may be NULL). ERR_DATA as record_parse. */
int gallery_add_line(struct gallery *g, const char *root, const char *line,
	size_t n, const char *from, long number, struct err *e);

/*
 * Every picture below a folder, in the order of the bytes of their paths.
 * A file is taken when it is a picture by what is in it, or is called like
 * one, so that a damaged picture is noticed when it is decoded. Names that
 * begin with a dot are left out; links to files are followed, links to
 * folders below the first are not.
 */
int gallery_add_folder(struct gallery *g, const char *dir, struct err *e);

/*
 * What a path on a command line names, by what it is: a folder's pictures, or
 * one picture. 1 when it was one of them, 0 when it is something else: "-", a
 * list of records, or not there; -1 with an error.
 */
int gallery_add_operand(struct gallery *g, const char *path, struct err *e);

#endif
