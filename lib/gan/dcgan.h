/*
 * The two networks of a DCGAN (Radford, Metz, Chintala 2015, arXiv
 * 1511.06434). The generator makes a picture of a vector of noise, doubling
 * its size layer by layer; the discriminator halves it by strided
 * convolutions, and tells whether it is real. Both are described by a struct
 * dcgan_config, which gan/preset.h fills.
 *
 * Pictures are base * 2^k wide and high: k doublings. With c = ngf or ndf,
 *
 *	G  inputs 1x1         -> c*2^(k-1) channels, base    norm, ReLU
 *	   k times, twice the size, half the channels        norm, ReLU
 *	   the last one has 3 channels                       tanh
 *	D  k times, half the size, c, 2c, 4c ... channels    [norm,] leaky ReLU
 *	   all of it           -> a logit
 *
 * at most 8c channels, no norm behind D's first layer. G doubles either by a
 * transposed convolution, or by nearest neighbours and a 3x3 convolution,
 * which leaves no checkerboard (Odena 2016); then one more 3x3 convolution
 * makes the colours of the c/2 channels at full size. Without norms D's layers
 * have biases.
 *
 * Labels, when there are any, are numbers beside the noise: G sees them as
 * more inputs, D as one more direction of its last layer each, whose part in
 * the logit is the label's (a projection; Miyato and Koyama 2018).
 *
 * Names and shapes are PyTorch's, with modules counted as an nn.Sequential
 * counts them, so that its examples/dcgan loads preset "pytorch".
 *
 *	struct dcgan_net g;
 *	dcgan_generator_init(&g, &config, be, seed);
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
	DCGAN_LAYERS_MAX = 12,
	DCGAN_COLOURS = 3,
	DCGAN_NZ_MAX = 4096,
	DCGAN_WIDTH_MAX = 512, /* of ngf and ndf */
	DCGAN_LABELS_MAX = 1024
};

enum dcgan_latent {
	DCGAN_NORMAL,  /* N(0,1) each */
	DCGAN_UNIFORM, /* from -1 to 1 each */
	DCGAN_SPHERE   /* normal, of length sqrt(nz) */
};

struct dcgan_config {
	char preset[KEY_STR_MAX]; /* that it was made from */
	int64_t width, height;    /* of a picture */
	int64_t nz;               /* numbers of noise a picture */
	int64_t latent;           /* enum dcgan_latent */
	int64_t labels;           /* numbers beside the noise */
	int64_t ngf, ndf;         /* channels at half the picture's size */
	int64_t kernel;           /* of strided and transposed ones: 4, 5 */
	bool upsample;            /* G doubles by nearest neighbours */
	bool unit_norm; /* G's first norm is of every unit, not channel */
	bool d_norm;    /* batch norms in D */
	double norm_eps;
};

/* Picture sizes: base times 2^doublings. */
struct dcgan_size {
	int64_t w, h; /* base */
	int doublings;
};
/* ERR_USAGE, with the sizes near it that go, when c's does not. */
int dcgan_config_check(const struct dcgan_config *c, struct err *e);
struct dcgan_size dcgan_config_size(const struct dcgan_config *c);
/* Numbers that G takes a picture: noise, then labels. */
int64_t dcgan_inputs(const struct dcgan_config *c);

struct dcgan_layer {
	struct nn_tensor *w, *bias; /* bias may be NULL */
	struct nn_conv_how how;
	struct nn_wide *wide; /* of a layer that doubles by neighbours */
	bool transposed;
	bool unit_norm;
	struct nn_norm norm; /* without gain: there is none */
	enum nn_act act;     /* behind the norm, or where none is fused */
};

struct dcgan_net {
	int n;
	struct dcgan_layer layer[DCGAN_LAYERS_MAX];
	struct nn_params params;
	int module; /* of the nn.Sequential, while it is built */
};

/*
 * Convolutions are N(0, 0.02), gains N(1, 0.02), biases 0; but a D without
 * norms is filled by He's rule (2015), since nothing else keeps its values'
 * scale. The two networks draw from streams of their own.
 */
void dcgan_generator_init(struct dcgan_net *g, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed);
void dcgan_discriminator_init(struct dcgan_net *d, const struct dcgan_config *c,
	struct nn_backend *be, uint64_t seed);
void dcgan_net_release(struct dcgan_net *net);

/* Noise and labels, n 1 1 inputs, into pictures, n h w 3, from -1 to 1, of
 * the noise's type. */
struct nn_tensor *dcgan_generate(
	struct nn_tape *t, const struct dcgan_net *g, struct nn_tensor *z);
/* Pictures into logits, n 1 1 1+labels, f32: above 0 for what looks real; the
 * others are what each label adds. */
struct nn_tensor *dcgan_judge(struct nn_tape *t, const struct dcgan_net *d,
	struct nn_tensor *picture);

#endif
