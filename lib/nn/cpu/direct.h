/*
 * Convolutions in f32 by our own kernels, for processors without AVX-512, for
 * which oneDNN's (as of 2.6) leave half of the arithmetic unused, and most of
 * it in weight gradients of channels-last pictures.
 *
 * Forward pass and data gradient are one thing: every output pixel is a sum,
 * over taps, of an input pixel's channels times a matrix. A list of pointers
 * says which input pixel that is; where there is none, it points to zeros
 * (M. Dukhan, "The Indirect Convolution Algorithm", 2019). A kernel computes
 * TILE_ROWS pixels times TILE_COLS channels in registers. In a data gradient
 * of stride s pixels fall into s * s classes, each with taps of its own.
 *
 * A weight gradient is a sum over pixels of products of an input pixel's
 * channels with an output pixel's: the same kernel turned by a quarter.
 *
 * Every number is added up in one order, whatever the number of threads.
 */
#ifndef NN_CPU_DIRECT_H
#define NN_CPU_DIRECT_H

#include "nn/backend.h"
#include "nn/cpu/vec.h"

enum { DIRECT_TAPS_MAX = 256 };

/* A layer of neurons is a 1x1 convolution of a single pixel: its shape in
 * that form; others as they are. */
struct nn_conv direct_shape(const struct nn_conv *c);
/* Whether kernels and shapes are such that the functions below take them. */
bool direct_takes(const struct nn_conv *c);

/*
 * A grid of output pixels, and where each finds its inputs: pixel (n, y, x) of
 * the grid is pixel (n, y0 + y * every, x0 + x * every) of the output, and
 * its tap t is pixel (n, y * step + dy[t], x * step + dx[t]) of the input.
 */
struct direct_grid {
	int32_t n, h, w;
	int32_t y0, x0, every;
	int32_t out_h, out_w, out_c; /* the whole output's */
	int32_t in_h, in_w, in_c;
	int32_t step;
	int taps;
	int across; /* so many taps after each other are of one row */
	int32_t dy[DIRECT_TAPS_MAX], dx[DIRECT_TAPS_MAX];
	int tap[DIRECT_TAPS_MAX]; /* each one's number in the weight, */
	int weight_taps;          /* which has so many */
};

/* The grid of a forward pass; that of class i of the data gradient. */
void direct_forward_grid(const struct nn_conv *c, struct direct_grid *g);
void direct_dgrad_grid(const struct nn_conv *c, int i, struct direct_grid *g);

/* out = act(sum + bias + residual), at the pixels of a grid. */
struct direct_job {
	const float *in;
	const float *weight; /* packed */
	int groups;
	int from, to;          /* channels of a group: summed over, computed */
	const float *bias;     /* [groups * to], or NULL */
	const float *residual; /* like out, or NULL */
	enum nn_act act;
	float *out;
};

/* Where it is worked. */
struct direct_room {
	int threads;
	void *desks;        /* direct_desks() bytes */
	const float *zeros; /* as many as a pixel has channels */
};

size_t direct_desks(const struct nn_conv *c, int threads);

/* c, of which j and g are a pass, in the form of direct_shape. */
void direct_gather(const struct nn_conv *c, const struct direct_job *j,
	const struct direct_grid *g, const struct direct_room *room);

/* The same where few channels are computed, of stride 1 or of a data gradient
 * (turned), whose weights are packed in a form of their own. */
bool direct_spreads(const struct nn_conv *c, bool turned);
void direct_spread(const struct nn_conv *c, bool turned,
	const struct direct_job *j, const struct direct_room *room);

/*
 * Packed weights, by group, block of TILE_COLS computed channels, tap, channel
 * summed over: TILE_COLS floats, the last block's filled up with zeros. For
 * direct_spread, taps times channels are what is computed, of one tap.
 * turned: for the data gradient, which sums over output channels. Each is
 * scale[oc] (or NULL) times the weight's, and what bf16 has when rounded.
 */
size_t direct_packed_size(const struct nn_conv *c, bool turned);
/* One weight serves pictures of many sizes: of two geometries its packed copies
 * are alike, in either pass, where this number is the same. */
uint64_t direct_pack_form(const struct nn_conv *c);
void direct_pack(const struct nn_conv *c, bool turned, const float *w,
	const float *scale, bool rounded, float *to);

/* The gradient of the weights into dw, direct_wgrad_size() floats by group,
 * tap, input channel and output channel; then (+)= scale * it into grad, which
 * lies as weights do. */
void direct_wgrad(const struct nn_conv *c, const float *x, const float *dy,
	float *dw, const struct direct_room *room);
size_t direct_wgrad_size(const struct nn_conv *c);
void direct_unpack(const struct nn_conv *c, const float *dw, const float *scale,
	bool add, float *grad);

/* ---- shared by the two kernels' files ---- */

enum {
	DIRECT_STRIP = 192, /* pixels worked on at a time */
	DIRECT_SLOTS = DIRECT_STRIP + TILE_ROWS, /* and up to a whole tile */
	/* Fewer channels than these, read or computed, have their taps laid
	 * side by side. */
	DIRECT_FEW = 8
};

/* Where one thread works. */
struct direct_desk {
	const float *zeros;
	const float **at; /* [taps][DIRECT_SLOTS] where inputs are */
	float *rows;      /* [DIRECT_STRIP][taps * in_c], laid side by side */
	char *rest;
};

struct direct_desk direct_desk(
	const struct nn_conv *c, const struct direct_room *room, int thread);

/*
 * Where the inputs of n pixels of the grid are, from the first-th: of tap t at
 * desk->at[t * DIRECT_SLOTS + i], for up to a whole number of tiles; those
 * that are outside, or too many, are zeros. Returns how many taps there are:
 * one, of all channels of all taps, when they were laid side by side.
 */
/* Bytes of a desk's rest that these work in. */
size_t direct_wgrad_rest(const struct nn_conv *c);
size_t direct_spread_rest(const struct nn_conv *c);
int direct_point(const struct direct_grid *g, bool lay_out, const float *in,
	int64_t first, int n, const struct direct_desk *desk);
bool direct_lays_out(const struct direct_grid *g, int groups);

#endif
