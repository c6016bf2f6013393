/*
 * A DCGAN's checkpoint, a safetensors file: both networks under "generator."
 * and "discriminator." before PyTorch's names, the mean of the generator under
 * "ema." where one is kept, Adam's moments, and as metadata struct gan_run, a
 * key a field ("nz": "128"), and the labels ("labels", gan/labels.h).
 *
 *	struct nn_st st;
 *	struct gan_run run;
 *	if (gan_file_open(&st, "model.safetensors", &run, e))
 *		return -1;
 *	gan_init(&gan, &run, be);
 *	bad = gan_file_load(&st, &gan, e);
 *	nn_st_close(&st);
 */
#ifndef GAN_GAN_FILE_H
#define GAN_GAN_FILE_H

#include "gan/gan_step.h"
#include "gan/labels.h"
#include "nn/safetensors.h"

/* labels may be NULL. */
int gan_file_save(const char *path, struct gan *m,
	const struct gan_labels *labels, struct err *e);

/* Open a checkpoint and read what it is of. ERR_DATA when it holds something
 * else, or numbers that no run of ours has. */
int gan_file_open(
	struct nn_st *st, const char *path, struct gan_run *run, struct err *e);
/* Add the labels of an open one, run.net.labels of them, to l. */
int gan_file_labels(const struct nn_st *st, const struct gan_run *run,
	struct gan_labels *l, struct err *e);
/* All of it into networks made from its run. */
int gan_file_load(const struct nn_st *st, struct gan *m, struct err *e);
/* Only the generator that draws best: the mean, where there is one. */
int gan_file_load_generator(
	const struct nn_st *st, struct dcgan_net *g, struct err *e);

#endif
