/*
 * A detector as programs use it: the network, what its classes are called,
 * how it wants its photographs, in one file of weights.
 *
 *	struct detector d;
 *	if (detector_open(&d, "model.safetensors", "auto", 0, e))
 *		return -1;
 *	survey_init(&s, &d);	// survey.h: what is in photographs
 *	detector_release(&d);
 *
 * The file's metadata: "format" deepstyle-rcnn, "config" (YAML, keys_dump's),
 * "categories" (JSON: [{"id":1,"name":"upper"},...] in the order of the
 * classes 1..K), "iteration", "rated", "best_ap", "stale", "skips", "rolled",
 * "rolled_to". weights.h begins a training with the weights of others too.
 */
#ifndef APP_DETECTOR_H
#define APP_DETECTOR_H

#include "base/buf.h"
#include "data/loader.h"
#include "nn/ema.h"
#include "nn/safetensors.h"
#include "rcnn/detect.h"

struct detector {
	struct rcnn_model model;
	struct nn_backend *be;
	struct nn_tape tape;
	struct arena step, run;
	struct nn_pool pool; /* a step's activations */
	struct photo_look look;
	struct coco_category *category; /* [ncategories], in run */
	int ncategories;
	int64_t iteration; /* training steps behind it */
	int64_t rated;     /* as many at the last validation; 0: none */
	double best;       /* AP of the best validation so far; -1: none */
	int64_t stale;     /* validations since that one */
	int64_t skips;     /* batches passed over, in a row, until now */
	int64_t rolled;    /* iteration at which it last went back; 0: never */
	int64_t rolled_to; /* and whose weights it took; 0: the beginning's */
	struct nn_ema ema; /* of the weights, where the trainer wants one */
};

/* A new one, weights filled from the seed, for the categories of a data set,
 * which are copied, on a device (nn/device.h). ERR_CONFIG when
 * MODEL.NUM_CLASSES is not theirs + 1. */
int detector_new(struct detector *d, const struct rcnn_config *config,
	const struct coco *classes, const char *device, int threads,
	struct err *e);
/* From a file of weights. */
int detector_open(struct detector *d, const char *path, const char *device,
	int threads, struct err *e);
void detector_release(struct detector *d);

/* Write it; with_state, and the moving average as "ema.NAME", for resuming.
 * Nothing is left half-written. */
int detector_save(const struct detector *d, const char *path, bool with_state,
	struct err *e);
/* Take all weights of a file and the optimiser's state, to resume. ERR_DATA
 * when its categories are others. */
int detector_resume(struct detector *d, const char *path, struct err *e);
/* The configuration that a file of ours has: 1; 0 where it has none; -1 and
 * ERR_DATA where it is wrong. And what is written there, to be freed. */
int detector_config(
	const struct nn_st *st, struct rcnn_config *config, struct err *e);
char *detector_config_text(const struct rcnn_config *c);

/* ---- detector_classes.c ---- */

/* The categories that a file has, how many, in a; -1 and ERR_DATA where they
 * are none. And what is written there, in b. */
int detector_categories(const struct nn_st *st, struct arena *a,
	struct coco_category **list, struct err *e);
const char *detector_categories_text(
	const struct detector *d, struct arena *a, struct buf *b);
/* ERR_DATA when a file's are not the detector's, each by its id and name. */
int detector_check_categories(
	const struct detector *d, const struct nn_st *st, struct err *e);

/* ---- detector_input.c ---- */

/* Where batches lie best; it lives as long as the detector. */
struct data_memory detector_memory(const struct detector *d);
/* What a batch holds for a device: x, n h w 3, or without it the pack; they
 * stay the batch's. */
struct nn_tensor detector_batch(
	float *x, int n, int h, int w, const struct photo_pack *p);
/* The network's input of it, once the device has it: itself; or what is made
 * of the pack, `there`, on the tape, of the network's type. */
struct nn_tensor *detector_input(struct detector *d, const struct photo_pack *p,
	struct nn_tensor *there);

/* A detection's box as COCO and records have it: x, y, w, h. */
void detector_box(const struct detector *d, const struct rcnn_detection *found,
	double box[4]);

#endif
