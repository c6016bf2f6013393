#include "gan/inception.h"
#include "base/mem.h"
#include "gan/inception_int.h"
#include "nn/ops.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SIDE = 299, PARTS = 6 /* of a block, most */ };
/* TensorFlow's, of its batch norms. */
#define EPS 1e-3

struct layer {
	struct nn_tensor *w, *scale, *bias;
};

struct inception {
	struct nn_backend *be;
	struct nn_params params;
	struct layer layer[INCEPTION_LAYERS]; /* in the order of their use */
	int n;                                /* used so far */
	/* The first run, over nothing, takes the weights: only then are the
	 * channels of each layer's input known. NULL later. */
	const struct nn_st *from;
	struct nn_tape tape;
	struct arena arena;
	struct nn_pool pool;
};

/* ---- weights ---- */

static const struct nn_st_entry *find(const struct inception *s,
	const char *layer, const char *what, struct err *e)
{
	char name[128];
	const struct nn_st_entry *t;

	snprintf(name, sizeof name, "%s.%s", layer, what);
	t = nn_st_find(s->from, name);
	if (!t)
		err_set(e, ERR_DATA, "%s: tensor '%s' is missing",
			s->from->path, name);
	return t;
}

static struct nn_tensor *parameter(struct inception *s, const char *layer,
	const char *what, int rank, const int64_t *dim)
{
	char name[128];

	snprintf(name, sizeof name, "%s.%s", layer, what);
	return nn_param(&s->params, name, NN_BUFFER, rank, dim,
		(struct nn_fill){NN_FILL_CONSTANT, 0, 0});
}

/* Kernels of 1x7 become 7x7 with zeros around, which have the same pad on all
 * sides. */
static int take_kernel(struct inception *s, const char *name,
	const struct inception_row *r, int64_t in, struct layer *to,
	struct err *e)
{
	const struct nn_st_entry *t = find(s, name, "conv.weight", e);
	int k = r->kh > r->kw ? r->kh : r->kw;
	int top = (k - r->kh) / 2, left = (k - r->kw) / 2;
	int64_t maps;

	if (!t)
		return -1;
	if (t->rank != 4 || t->shape[0] < 1 || t->shape[0] > 1 << 14 ||
		t->shape[1] != in || t->shape[2] != r->kh ||
		t->shape[3] != r->kw)
		return err_set(e, ERR_DATA,
			"%s: tensor '%s' is not of n x %lld x %d x %d numbers",
			s->from->path, t->name, (long long)in, r->kh, r->kw);
	maps = t->shape[0] * in;
	to->w = parameter(s, name, "w", 4, (int64_t[]){t->shape[0], in, k, k});
	for (int64_t i = 0; i < maps; i++)
		for (int y = 0; y < r->kh; y++) {
			float *row = (float *)to->w->data +
				     (i * k + top + y) * k + left;
			double v[8];

			nn_st_values(t, (size_t)((i * r->kh + y) * r->kw),
				(size_t)r->kw, v);
			for (int x = 0; x < r->kw; x++)
				row[x] = (float)v[x];
		}
	return 0;
}

/* A batch norm's running statistics, as one factor and one addend. */
static int take_norm(
	struct inception *s, const char *name, struct layer *to, struct err *e)
{
	static const char *const what[] = {
		"bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"};
	const struct nn_st_entry *t[4];
	int64_t n = to->w->dim[0];

	for (int i = 0; i < 4; i++) {
		t[i] = find(s, name, what[i], e);
		if (!t[i])
			return -1;
		if (t[i]->rank != 1 || t[i]->shape[0] != n)
			return err_set(e, ERR_DATA,
				"%s: tensor '%s' is not of %lld numbers",
				s->from->path, t[i]->name, (long long)n);
	}
	to->scale = parameter(s, name, "scale", 1, &n);
	to->bias = parameter(s, name, "bias", 1, &n);
	for (int64_t i = 0; i < n; i++) {
		double v[4], scale;

		for (int j = 0; j < 4; j++)
			nn_st_values(t[j], (size_t)i, 1, &v[j]);
		scale = v[0] / sqrt(v[3] + EPS);
		((float *)to->scale->data)[i] = (float)scale;
		((float *)to->bias->data)[i] = (float)(v[1] - v[2] * scale);
	}
	return 0;
}

/* ---- a run ---- */

static struct nn_tensor *layer(struct inception *s, const char *block,
	const struct inception_row *r, struct nn_tensor *x, struct err *e)
{
	struct layer *l = &s->layer[s->n++];
	const struct nn_conv_how how = {
		.stride = r->stride, .pad = r->pad, .act = NN_RELU};
	char name[64];

	BUG_ON(s->n > INCEPTION_LAYERS);
	snprintf(name, sizeof name, "%s%s", block, r->name);
	if (s->from && (take_kernel(s, name, r, nn_channels(x), l, e) ||
			       take_norm(s, name, l, e)))
		return NULL;
	return nn_conv(&s->tape, x, l->w, l->scale, l->bias, NULL, how);
}

/* Means of 3x3, at a border of those that lie inside. */
static struct nn_tensor *means(struct inception *s, const struct nn_tensor *x)
{
	struct nn_tensor *y = nn_new_like(&s->tape, x);
	int h = (int)x->dim[1], w = (int)x->dim[2], c = (int)x->dim[3];
	const float *from = x->data;
	float *to = y->data;

	for (int i = 0; i < h * w; i++, to += c) {
		int n = 0;

		for (int k = 0; k < c; k++)
			to[k] = 0;
		for (int j = 0; j < 9; j++) {
			int r = i / w + j / 3 - 1, q = i % w + j % 3 - 1;
			const float *one = from + ((int64_t)r * w + q) * c;

			if (r < 0 || r >= h || q < 0 || q >= w)
				continue;
			n++;
			for (int k = 0; k < c; k++)
				to[k] += one[k];
		}
		for (int k = 0; k < c; k++)
			to[k] /= (float)n;
	}
	return y;
}

/* The parts of one place beside each other. */
static struct nn_tensor *joined(
	struct inception *s, struct nn_tensor *const *part, int n)
{
	int64_t at = 0, c = 0, rows = nn_rows(part[0]);
	struct nn_tensor *y;

	if (n == 1)
		return part[0];
	for (int i = 0; i < n; i++)
		c += nn_channels(part[i]);
	y = nn_new(&s->tape, NN_F32, 4,
		(int64_t[]){1, part[0]->dim[1], part[0]->dim[2], c});
	for (int i = 0; i < n; i++) {
		int64_t wide = nn_channels(part[i]);

		for (int64_t j = 0; j < rows; j++)
			memcpy((float *)y->data + j * c + at,
				(const float *)part[i]->data + j * wide,
				(size_t)wide * sizeof(float));
		at += wide;
	}
	return y;
}

static struct nn_tensor *block(struct inception *s,
	const struct inception_block *b, struct nn_tensor *x, struct err *e)
{
	struct nn_tensor *part[PARTS], *in = NULL, *y = NULL;
	int n = 0;

	for (const struct inception_row *r = b->row; r->name; r++) {
		if (r->from == SHRUNK) {
			y = nn_max_pool(&s->tape, x, 3, 2, 0);
		} else {
			if (r->from == BLOCK)
				in = x;
			else if (r->from == BEFORE)
				in = y;
			else if (r->from == POOLED)
				in = b->maxima
					     ? nn_max_pool(&s->tape, x, 3, 1, 1)
					     : means(s, x);
			y = layer(s, b->name, r, in, e);
		}
		if (!y)
			return NULL;
		if (r->out)
			part[n++] = y;
	}
	return joined(s, part, n);
}

/* The features of what is in s's arena at SIDE x SIDE; NULL: no weights. */
static struct nn_tensor *forward(
	struct inception *s, struct nn_tensor *x, struct err *e)
{
	s->n = 0;
	for (int i = 0; i < INCEPTION_BLOCKS && x; i++)
		x = block(s, &inception_blocks[i], x, e);
	return x;
}

/* ---- pictures ---- */

/* Where output i of SIDE lies among n: the two beside it, and how far it is
 * from the first. */
static float place(int i, int n, int at[2])
{
	double x = ((double)i + 0.5) * n / SIDE - 0.5;

	x = x > 0 ? x : 0;
	at[0] = (int)x;
	at[1] = at[0] + 1 < n ? at[0] + 1 : at[0];
	return (float)(x - at[0]);
}

/* Bilinear, values from -1 to 1. */
static void stretch(const uint8_t *px, int w, int h, float *to)
{
	for (int y = 0; y < SIDE; y++) {
		int r[2];
		float v = place(y, h, r);
		const uint8_t *a = px + (size_t)r[0] * w * 3;
		const uint8_t *b = px + (size_t)r[1] * w * 3;

		for (int x = 0; x < SIDE; x++) {
			int q[2];
			float u = place(x, w, q);

			for (int c = 0; c < 3; c++, to++) {
				float top = (1 - u) * a[q[0] * 3 + c] +
					    u * a[q[1] * 3 + c];
				float low = (1 - u) * b[q[0] * 3 + c] +
					    u * b[q[1] * 3 + c];

				*to = ((1 - v) * top + v * low) / 127.5f - 1;
			}
		}
	}
}

static void look(void *self, const uint8_t *px, int n, int w, int h, float *to)
{
	struct inception *s = self;

	for (int i = 0; i < n; i++) {
		struct nn_tensor *x = nn_new(
			&s->tape, NN_F32, 4, (int64_t[]){1, SIDE, SIDE, 3});
		int c;

		stretch(px + (size_t)i * w * h * 3, w, h, x->data);
		x = forward(s, x, NULL);
		c = (int)nn_channels(x);
		gan_extractor_pool(x->data, nn_rows(x), c, to + (size_t)i * c);
		nn_tape_reset(&s->tape);
	}
}

static void release(void *self)
{
	struct inception *s = self;

	nn_params_release(&s->params);
	nn_pool_release(&s->pool);
	arena_release(&s->arena);
	s->be->close(s->be);
	mem_free(s);
}

bool gan_inception_is(const struct nn_st *st)
{
	return nn_st_find(st, "Conv2d_1a_3x3.conv.weight") != NULL;
}

int gan_inception_open(struct gan_extractor *extractor, const struct nn_st *st,
	struct nn_backend *be, const char *digest, struct err *e)
{
	struct inception *s = mem_alloc(1, sizeof *s);
	struct nn_tensor *x;

	s->be = be;
	s->from = st;
	nn_pool_init(&s->pool, be);
	nn_params_init(&s->params, be, 0);
	s->tape = (struct nn_tape){
		.be = be, .arena = &s->arena, .pool = &s->pool};
	x = nn_new(&s->tape, NN_F32, 4, (int64_t[]){1, SIDE, SIDE, 3});
	memset(x->data, 0, nn_bytes(x));
	x = forward(s, x, e);
	if (!x) {
		release(s);
		return -1;
	}
	s->from = NULL;
	*extractor = (struct gan_extractor){.d = (int)nn_channels(x),
		.look = look,
		.release = release,
		.self = s};
	nn_tape_reset(&s->tape);
	snprintf(extractor->name, sizeof extractor->name, "%s%s",
		GAN_EXTRACTOR_INCEPTION_NAME, digest);
	return 0;
}
