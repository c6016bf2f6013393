/*
 * How photographs are looked at where a command line has it otherwise than the
 * detector: more looks than one, and what becomes of their boxes. The options
 * of rcnn-detect, and Detectron's TEST.BBOX_AUG, SOFT_NMS and BBOX_VOTE.
 */
#ifndef APP_LOOK_H
#define APP_LOOK_H

#include "base/err.h"
#include "rcnn/config.h"

struct look_options {
	bool flip;              /* mirrored too */
	const char *scales;     /* and at these shorter sides; or NULL */
	const char *soft_nms;   /* a method; or NULL */
	double vote;            /* an IoU; 0: as the detector has it */
	const char *vote_score; /* METHOD[:BETA]; or NULL */
};

/* Change a detector's configuration by them. What it has of a kind that is off
 * is forgotten: nobody asked for it. ERR_USAGE, by the option's name, when a
 * value is none. */
int look_options_set(
	const struct look_options *o, struct rcnn_config *c, struct err *e);

#endif
