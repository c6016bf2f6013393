/*
 * The two networks of a DCGAN (Radford, Metz, Chintala 2015, arXiv
 * 1511.06434). The generator makes a picture of a vector of noise by
 * transposed convolutions; the discriminator tells by strided ones whether a
 * picture is real. Names, shapes and initial values are PyTorch's, so that
 * its examples/dcgan loads our weights.
 *
 * Preset "pytorch" is its DCGAN tutorial, layer for layer, for 64x64; here
 * with nz = 100, ngf = ndf = 64, 3,576,704 and 2,765,568 parameters:
 *
 *	G  z 100x1x1               D  3x64x64
 *	   convT 512 k4 s1 p0 4x4     conv  64 k4 s2 p1 32x32, leaky
 *	   convT 256 k4 s2 p1 8x8     conv 128 k4 s2 p1 16x16
 *	   convT 128 k4 s2 p1 16x16   conv 256 k4 s2 p1 8x8
 *	   convT  64 k4 s2 p1 32x32   conv 512 k4 s2 p1 4x4
 *	   convT   3 k4 s2 p1, tanh   conv   1 k4 s1 p0, a logit
 *
 * with a batch norm behind each of the others, then ReLU in G, leaky ReLU of
 * slope 0.2 in D.
 *
 *	struct dcgan_config c;
 *	struct dcgan_net g;
 *	dcgan_config_preset(&c, "pytorch", e);
 *	dcgan_generator_init(&g, &c, be, seed);
 *	x = dcgan_generate(&tape, &g, z);
 *	dcgan_net_release(&g);
 */
#ifndef GAN_DCGAN_H
#define GAN_DCGAN_H

#include "base/err.h"
#include "base/keys.h"
#include "nn/ops.h"
#include "nn/param.h"

enum {
	DCGAN_LAYERS = 5,
	DCGAN_COLOURS = 3,
	DCGAN_NZ_MAX = 4096,
	DCGAN_WIDTH_MAX = 512 /* of ngf and ndf */
};

struct dcgan_config {
	char preset[KEY_STR_MAX];
	int64_t width, height; /* of a picture */
	int64_t nz;            /* numbers of noise a picture */
	int64_t ngf, ndf;      /* channels at half the picture's size */
};

/* Fill c with a preset's values; ERR_USAGE, with those there are, where the
 * name is unknown. */
int dcgan_config_preset(
	struct dcgan_config *c, const char *name, struct err *e);
/* ERR_USAGE when the preset cannot make pictures of c's size. */
int dcgan_config_check(const struct dcgan_config *c, struct err *e);

struct dcgan_layer {
	struct nn_tensor *w;
	struct nn_conv_how how;
	struct nn_norm norm; /* without gain: there is none */
	enum nn_act act;     /* behind the norm, or the transposed conv */
};

struct dcgan_net {
	struct dcgan_layer layer[DCGAN_LAYERS];
	struct nn_params params;
};

/* Convolutions are N(0, 0.02), gains N(1, 0.02); the two networks draw from
 * streams of their own. */
void dcgan_generator_init(struct dcgan_net *g, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed);
void dcgan_discriminator_init(struct dcgan_net *d, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed);
void dcgan_net_release(struct dcgan_net *net);

/* Noise, n 1 1 nz, into pictures, n h w 3, from -1 to 1, of the noise's
 * type. */
struct nn_tensor *dcgan_generate(
	struct nn_tape *t, const struct dcgan_net *g, struct nn_tensor *z);
/* Pictures into logits, n 1 1 1, f32: above 0 for what looks real. */
struct nn_tensor *dcgan_judge(struct nn_tape *t, const struct dcgan_net *d,
	struct nn_tensor *picture);

#endif
