/*
 * A DCGAN's checkpoint, a safetensors file: both networks under "generator."
 * and "discriminator." before PyTorch's names, Adam's moments, and struct
 * gan_run as metadata.
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
#include "nn/safetensors.h"

int gan_file_save(const char *path, struct gan *m, struct err *e);

/* Open a checkpoint and read what it is of. ERR_DATA when it holds something
 * else, or numbers that no run of ours has. */
int gan_file_open(
	struct nn_st *st, const char *path, struct gan_run *run, struct err *e);
/* All of it into networks made from its run. */
int gan_file_load(const struct nn_st *st, struct gan *m, struct err *e);
/* Only the generator. */
int gan_file_load_generator(
	const struct nn_st *st, struct dcgan_net *g, struct err *e);

#endif
