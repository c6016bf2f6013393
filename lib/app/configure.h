/*
 * The configuration of a training as a command line gives it: a file of
 * Detectron's, KEY VALUE pairs after it, and what these come to on the data
 * and on this machine.
 *
 *	struct configure_from from = {"r50.yaml", argc, argv, scale, 1};
 *	if (configure(c, &from, &config, e))
 *		return -1;
 *	...
 *	configure_schedule(c, &config, photographs, 1);
 */
#ifndef APP_CONFIGURE_H
#define APP_CONFIGURE_H

#include "cli/cli.h"
#include "rcnn/config.h"

struct configure_from {
	const char *file;
	int argc; /* KEY VALUE KEY VALUE ... */
	char **argv;
	bool scale; /* the file's schedule, to the batch that runs here */
	int ranks;  /* processes that run here, each with its batch */
};

/* ERR_USAGE, ERR_CONFIG, or why the file cannot be read. Keys without effect
 * are told of, each once. */
int configure(struct cli *c, const struct configure_from *from,
	struct rcnn_config *config, struct err *e);

/* Turn a schedule of epochs or images into steps, and say so; say also when
 * the rate is far from what the linear rule has for the batch. */
void configure_schedule(const struct cli *c, struct rcnn_config *config,
	int64_t photos, int ranks);

#endif
