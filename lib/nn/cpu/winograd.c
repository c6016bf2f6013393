#include "nn/cpu/winograd.h"
#include "nn/cpu/tile.h"

#include <omp.h>
#include <string.h>

enum {
	OUT = 4, /* a tile's outputs each way, */
	IN = 6,  /* and inputs */
	PRODUCTS = IN * IN,
	STRIP = 48, /* tiles that are worked on at a time */
	FEWEST_TILES = 256,
	FEWEST_CHANNELS = 32
};

static int64_t tiles_across(int32_t n)
{
	return (n + OUT - 1) / OUT;
}

static int64_t tiles_of(const struct nn_conv *c)
{
	return c->n * tiles_across(c->oh) * tiles_across(c->ow);
}

bool winograd_can(const struct nn_conv *c)
{
	/* One tile of one output: a layer of neurons (direct_shape). */
	if (c->kh == c->h && c->kw == c->w && !c->pad)
		return false;
	return c->kh == 3 && c->kw == 3 && c->stride == 1 && c->pad <= 2 &&
	       c->groups == 1 && c->ic % VL == 0 && c->oc % VL == 0;
}

bool winograd_pays(const struct nn_conv *c)
{
	return winograd_can(c) && c->ic >= FEWEST_CHANNELS &&
	       c->oc >= FEWEST_CHANNELS && tiles_of(c) >= FEWEST_TILES;
}

struct nn_conv winograd_turned(const struct nn_conv *c)
{
	struct nn_conv t = *c;

	t.h = c->oh;
	t.w = c->ow;
	t.ic = c->oc;
	t.oh = c->h;
	t.ow = c->w;
	t.oc = c->ic;
	t.pad = 2 - c->pad;
	return t;
}

/* ---- the transforms, of VL channels at a time ---- */

static inline vec add(vec a, vec b)
{
	return vec_fma(vec_all(1), a, b);
}

static inline vec sub(vec a, vec b)
{
	return vec_fma(vec_all(-1), b, a);
}

static inline vec mad(float k, vec a, vec b)
{
	return vec_fma(vec_all(k), a, b);
}

/* B' d: six numbers into six, step apart. */
static inline void input_line(const vec *d, int step, vec *v, int to)
{
	vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
	vec d4 = d[4 * step], d5 = d[5 * step];
	vec even = mad(-4, d2, d4), odd = mad(-4, d1, d3);
	vec e = sub(d4, d2), o = sub(d3, d1);

	v[0] = mad(4, d0, mad(-5, d2, d4));
	v[to] = add(even, odd);
	v[2 * to] = sub(even, odd);
	v[3 * to] = mad(2, o, e);
	v[4 * to] = mad(-2, o, e);
	v[5 * to] = mad(4, d1, mad(-5, d3, d5));
}

/* A' m: six into four. */
static inline void output_line(const vec *m, int step, vec *y, int to)
{
	vec s1 = add(m[step], m[2 * step]), d1 = sub(m[step], m[2 * step]);
	vec s2 = add(m[3 * step], m[4 * step]);
	vec d2 = sub(m[3 * step], m[4 * step]);

	y[0] = add(m[0], add(s1, s2));
	y[to] = mad(2, d2, d1);
	y[2 * to] = mad(4, s2, s1);
	y[3 * to] = add(m[5 * step], mad(8, d2, d1));
}

/* A y: four into six, the transpose of that. */
static inline void gradient_line(const vec *y, int step, vec *m, int to)
{
	vec y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
	vec even = add(y0, y2), odd = add(y1, y3);
	vec even2 = mad(4, y2, y0), odd2 = mad(4, y3, y1);

	m[0] = y0;
	m[to] = add(even, odd);
	m[2 * to] = sub(even, odd);
	m[3 * to] = mad(2, odd2, even2);
	m[4 * to] = mad(-2, odd2, even2);
	m[5 * to] = y3;
}

/* ---- tiles ---- */

struct place {
	int64_t image;
	int32_t y, x; /* of the first output */
};

static struct place place_of(const struct nn_conv *c, int64_t tile)
{
	int64_t across = tiles_across(c->ow), down = tiles_across(c->oh);

	return (struct place){tile / across / down,
		(int32_t)(tile / across % down * OUT),
		(int32_t)(tile % across * OUT)};
}

/* Channels at..at+VL of a tile's inputs, transformed, to v[36][STRIP][ic]. */
static void transform_input(
	const struct nn_conv *c, const float *x, struct place p, float *v)
{
	const float *at[PRODUCTS];

	for (int i = 0; i < PRODUCTS; i++) {
		int32_t y = p.y - c->pad + i / IN, xx = p.x - c->pad + i % IN;
		bool inside = y >= 0 && y < c->h && xx >= 0 && xx < c->w;

		at[i] = inside ? x + ((p.image * c->h + y) * c->w + xx) * c->ic
			       : NULL;
	}
	for (int32_t ch = 0; ch < c->ic; ch += VL) {
		vec d[PRODUCTS], half[PRODUCTS];

		for (int i = 0; i < PRODUCTS; i++)
			d[i] = at[i] ? vec_load(at[i] + ch) : vec_all(0);
		for (int i = 0; i < IN; i++)
			input_line(d + i, IN, half + i, IN);
		for (int i = 0; i < IN; i++)
			input_line(half + i * IN, 1, d + i * IN, 1);
		for (int i = 0; i < PRODUCTS; i++)
			vec_store(v + (int64_t)i * STRIP * c->ic + ch, d[i]);
	}
}

/* VL channels, with what comes behind the convolution. */
static inline void put_line(
	const struct direct_job *j, int64_t at, int32_t ch, vec sum)
{
	float *y = j->out + at + ch;
	vec zero = vec_all(0);

	if (j->bias)
		sum = add(sum, vec_load(j->bias + ch));
	if (j->residual)
		sum = add(sum, vec_load(j->residual + at + ch));
	if (j->act == NN_RELU)
		sum = vec_max(sum, zero);
	else if (j->act == NN_LEAKY)
		sum = vec_max(sum, vec_fma(sum, vec_all(NN_LEAKY_SLOPE), zero));
	vec_store(y, sum);
}

/*
 * Transformed outputs lie as m[36][blocks][STRIP][TILE_COLS], so that a block
 * of a product's is read in a line: where channel ch of product i's first tile
 * is, of tiles of `wide` channels.
 */
static inline int64_t block_at(int64_t i, int32_t ch, int64_t wide)
{
	return (i * wide + ch / TILE_COLS * TILE_COLS) * STRIP + ch % TILE_COLS;
}

/* A tile's outputs, from m. */
static void transform_output(const struct nn_conv *c,
	const struct direct_job *j, struct place p, const float *m,
	int64_t wide)
{
	for (int32_t ch = 0; ch < c->oc; ch += VL) {
		vec s[PRODUCTS], half[OUT * IN], y[OUT * OUT];

		for (int i = 0; i < PRODUCTS; i++)
			s[i] = vec_load(m + block_at(i, ch, wide));
		for (int i = 0; i < IN; i++)
			output_line(s + i, IN, half + i, IN);
		for (int i = 0; i < OUT; i++)
			output_line(half + i * IN, 1, y + i * OUT, 1);
		for (int i = 0; i < OUT * OUT; i++) {
			int32_t oy = p.y + i / OUT, ox = p.x + i % OUT;

			if (oy >= c->oh || ox >= c->ow)
				continue;
			put_line(j,
				((p.image * c->oh + oy) * c->ow + ox) * c->oc,
				ch, y[i]);
		}
	}
}

/* A tile's gradients of outputs, into m. */
static void transform_gradient(const struct nn_conv *c, const float *dy,
	struct place p, float *m, int64_t wide)
{
	for (int32_t ch = 0; ch < c->oc; ch += VL) {
		vec y[OUT * OUT], half[IN * OUT], s[PRODUCTS];

		for (int i = 0; i < OUT * OUT; i++) {
			int32_t oy = p.y + i / OUT, ox = p.x + i % OUT;
			int64_t at = (p.image * c->oh + oy) * c->ow + ox;

			y[i] = oy < c->oh && ox < c->ow
				       ? vec_load(dy + at * c->oc + ch)
				       : vec_all(0);
		}
		for (int i = 0; i < OUT; i++)
			gradient_line(y + i, OUT, half + i, OUT);
		for (int i = 0; i < IN; i++)
			gradient_line(half + i * OUT, 1, s + i * IN, 1);
		for (int i = 0; i < PRODUCTS; i++)
			vec_store(m + block_at(i, ch, wide), s[i]);
	}
}

/* ---- the passes ---- */

/* Floats of a strip's inputs and of its outputs, transformed. */
static int64_t inputs_of(const struct nn_conv *c)
{
	return (int64_t)PRODUCTS * STRIP * c->ic;
}

static int64_t outputs_of(const struct nn_conv *c)
{
	return (int64_t)PRODUCTS * STRIP * tile_blocks(c->oc) * TILE_COLS;
}

size_t winograd_desks(const struct nn_conv *c, int threads)
{
	return (size_t)threads * (size_t)(inputs_of(c) + outputs_of(c)) *
	       sizeof(float);
}

/* The strip's products, v[36][STRIP][ic] times the weights. */
static void multiply(
	const struct nn_conv *c, const float *weight, const float *v, float *m)
{
	int blocks = tile_blocks(c->oc);
	int64_t wide = (int64_t)blocks * TILE_COLS;

	for (int k = 0; k < PRODUCTS; k++) {
		const float *row[STRIP];

		for (int i = 0; i < STRIP; i++)
			row[i] = v + ((int64_t)k * STRIP + i) * c->ic;
		for (int b = 0; b < blocks; b++) {
			const float *w = weight + ((int64_t)k * blocks + b) *
							  c->ic * TILE_COLS;

			for (int i = 0; i < STRIP; i += TILE_ROWS)
				tile(c->ic, row + i, 0, w,
					m + block_at(k, b * TILE_COLS, wide) +
						i * TILE_COLS,
					TILE_COLS, false);
		}
	}
}

void winograd_conv(const struct nn_conv *c, const struct direct_job *j,
	void *desks, int threads)
{
	int64_t tiles = tiles_of(c), strips = (tiles + STRIP - 1) / STRIP;
	int64_t wide = (int64_t)tile_blocks(c->oc) * TILE_COLS;

#pragma omp parallel for schedule(dynamic) num_threads(threads)
	for (int64_t s = 0; s < strips; s++) {
		float *v =
			(float *)desks +
			omp_get_thread_num() * (inputs_of(c) + outputs_of(c));
		float *m = v + inputs_of(c);
		int64_t n = tiles - s * STRIP;

		n = n < STRIP ? n : STRIP;
		for (int64_t i = 0; i < n; i++)
			transform_input(c, j->in, place_of(c, s * STRIP + i),
				v + i * c->ic);
		multiply(c, j->weight, v, m);
		for (int64_t i = 0; i < n; i++)
			transform_output(c, j, place_of(c, s * STRIP + i),
				m + i * TILE_COLS, wide);
	}
}

size_t winograd_wgrad_size(const struct nn_conv *c)
{
	return (size_t)PRODUCTS * (size_t)c->ic *
	       (size_t)(tile_blocks(c->oc) * TILE_COLS);
}

/* What a strip of n tiles adds to product k. */
static void add_product(const struct nn_conv *c, int k, int n, const float *v,
	const float *m, float *dw)
{
	int64_t wide = (int64_t)tile_blocks(c->oc) * TILE_COLS;

	v += (int64_t)k * STRIP * c->ic;
	for (int ch = 0; ch < c->ic; ch += TILE_ROWS) {
		int rows = c->ic - ch < TILE_ROWS ? c->ic - ch : TILE_ROWS;
		float *to = dw + ((int64_t)k * c->ic + ch) * wide;
		float panel[STRIP * TILE_ROWS];

		for (int i = 0; i < n; i++)
			turned_copy(rows, v + i * c->ic + ch,
				panel + i * TILE_ROWS);
		for (int b = 0; b < wide; b += TILE_COLS)
			turned_rows(rows, n, panel, m + block_at(k, b, wide),
				to + b, wide);
	}
}

/* Threads share out a strip's tiles first, then its products: each product
 * is added to by one thread, strip after strip. */
void winograd_wgrad(const struct nn_conv *c, const float *x, const float *dy,
	float *dw, void *desks, int threads)
{
	int64_t tiles = tiles_of(c);
	int64_t wide = (int64_t)tile_blocks(c->oc) * TILE_COLS;
	float *v = desks, *m = v + inputs_of(c);

	memset(dw, 0, winograd_wgrad_size(c) * sizeof *dw);
#pragma omp parallel num_threads(threads)
	for (int64_t s = 0; s < tiles; s += STRIP) {
		int n = (int)(tiles - s < STRIP ? tiles - s : STRIP);

#pragma omp for schedule(static)
		for (int i = 0; i < n; i++) {
			struct place p = place_of(c, s + i);

			transform_input(c, x, p, v + (int64_t)i * c->ic);
			transform_gradient(c, dy, p, m + i * TILE_COLS, wide);
		}
#pragma omp for schedule(static)
		for (int k = 0; k < PRODUCTS; k++)
			add_product(c, k, n, v, m, dw);
	}
}
