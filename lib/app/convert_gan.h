/*
 * DCGANs of PyTorch's examples/dcgan and its tutorial, netG and netD, as a
 * checkpoint of ours, and back: the names and shapes are the same.
 */
#ifndef APP_CONVERT_GAN_H
#define APP_CONVERT_GAN_H

#include "nn/safetensors.h"

/* A checkpoint at path of a generator's tensors and, unless NULL, a
 * discriminator's: else that is new. ERR_DATA when they are no DCGAN's. */
int convert_gan_import(const struct nn_st *g, const struct nn_st *d,
	const char *path, struct err *e);
/* The networks of the checkpoint `from`, each in a file; d may be NULL. */
int convert_gan_export(
	const char *from, const char *g, const char *d, struct err *e);

#endif
