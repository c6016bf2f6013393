/*
 * The training of a GAN, as dcgan-train does it: pictures and their labels,
 * checkpoints, samples, metrics, and what it says of itself.
 *
 * The folder `out` receives model.safetensors and the last few before it,
 * best.safetensors, metrics.jsonl, and samples/NNNNNNNN.png.
 */
#ifndef APP_GAN_TRAINER_H
#define APP_GAN_TRAINER_H

#include "cli/progress.h"
#include "data/metrics.h"
#include "data/pixels.h"
#include "gan/gan_train.h"
#include "gan/watch.h"

/* What the command line says. */
struct gan_job {
	struct gan_wish wish;
	const char *device, *dtype, *root, *metrics, *out, *labels;
	const char *features; /* a detector's file */
	FILE *records; /* standard output: for metrics, if nothing else is */
	int64_t images, sample_every, save_every, score_every, keep, threads;
	int64_t held_out; /* pictures; -1: as gan_pictures_load chooses */
	bool resume;
};

/* Train; the whole program. */
int gan_trainer_run(struct cli *c, struct gan_job *job, struct err *e);

#endif
