#include "nn/cpu/cpu_int.h"
#include "base/mem.h"

#include <omp.h>
#include <string.h>

/* Sharing out less than this many items costs more than it saves. */
enum { GRAIN = 8192 };

struct cpu {
	struct nn_backend be;
	struct cpu_convs *convs;
	double *partial; /* of column sums */
	size_t npartial;
};

/* ---- bodies ---- */

#define RANGE(name, split) \
	static void name##_range(const void *args, int64_t r0, int64_t r1, \
		int64_t c0, int64_t c1) \
	{ \
		const struct nn_##name##_args a = \
			*(const struct nn_##name##_args *)args; \
\
		for (int64_t row = r0; row < r1; row++) \
			nn_##name##_at(&a, row, c0, c1); \
	}
NN_BODIES(RANGE)

static const struct body {
	void (*range)(const void *, int64_t, int64_t, int64_t, int64_t);
	enum nn_split split;
} bodies[] = {
#define ENTRY(name, split) {name##_range, split},
	NN_BODIES(ENTRY)};

static void each(struct nn_backend *be, enum nn_body body, const void *args,
	int64_t rows, int64_t lanes)
{
	const struct body *b = &bodies[body];
	bool by_row = b->split == NN_SPLIT_ANY && rows > 1;

	(void)be;
	if (rows <= 0 || lanes <= 0)
		return;
#pragma omp parallel if (rows * lanes > GRAIN)
	{
		int64_t n = omp_get_num_threads(), i = omp_get_thread_num();

		if (by_row) {
			b->range(args, rows * i / n, rows * (i + 1) / n, 0,
				lanes);
		} else {
			/* Whole cache lines each. */
			int64_t c0 = lanes * i / n & ~15LL;
			int64_t c1 = i + 1 == n ? lanes
						: lanes * (i + 1) / n & ~15LL;

			if (c0 < c1)
				b->range(args, 0, rows, c0, c1);
		}
	}
}

/* ---- column sums ---- */

static void sum_block(const float *x, const float *y, int64_t rows,
	int64_t lanes, double *sx, double *sxy)
{
	memset(sx, 0, (size_t)lanes * sizeof *sx);
	if (sxy)
		memset(sxy, 0, (size_t)lanes * sizeof *sxy);
	for (int64_t r = 0; r < rows; r++) {
		const float *a = x + r * lanes;

		NN_LANES (c, 0, lanes)
			sx[c] += (double)a[c];
		if (sxy) {
			const float *b = y + r * lanes;

			NN_LANES (c, 0, lanes)
				sxy[c] += (double)a[c] * (double)b[c];
		}
	}
}

static void sums(struct nn_backend *be, const float *x, const float *y,
	int64_t rows, int64_t lanes, double *sx, double *sxy)
{
	struct cpu *cpu = be->self;
	/* Blocks by shape only, so that threads do not change the result. */
	int64_t blocks = rows / 64 < 1 ? 1 : rows / 64 > 64 ? 64 : rows / 64;
	size_t need = (size_t)(2 * blocks * lanes);

	if (need > cpu->npartial) {
		cpu->partial =
			mem_grow(cpu->partial, need, sizeof *cpu->partial);
		cpu->npartial = need;
	}
#pragma omp parallel for schedule(static) if (rows * lanes > GRAIN)
	for (int64_t b = 0; b < blocks; b++) {
		int64_t r0 = rows * b / blocks, r1 = rows * (b + 1) / blocks;
		double *p = cpu->partial + 2 * b * lanes;

		sum_block(x + r0 * lanes, y ? y + r0 * lanes : NULL, r1 - r0,
			lanes, p, sxy ? p + lanes : NULL);
	}
	for (int64_t c = 0; c < lanes; c++) {
		double s = 0, t = 0;

		for (int64_t b = 0; b < blocks; b++) {
			s += cpu->partial[2 * b * lanes + c];
			if (sxy)
				t += cpu->partial[(2 * b + 1) * lanes + c];
		}
		sx[c] = s;
		if (sxy)
			sxy[c] = t;
	}
}

/* ---- memory ---- */

static void *cpu_alloc(struct nn_backend *be, size_t bytes)
{
	(void)be;
	return mem_map(bytes ? bytes : 1);
}

static void cpu_free(struct nn_backend *be, void *p, size_t bytes)
{
	(void)be;
	mem_unmap(p, bytes ? bytes : 1);
}

static void copy(struct nn_backend *be, void *to, const void *from, size_t n)
{
	(void)be;
	memcpy(to, from, n);
}

static void clear(struct nn_backend *be, void *p, size_t n)
{
	(void)be;
	memset(p, 0, n);
}

static void sync(struct nn_backend *be)
{
	(void)be;
}

/* ---- convolutions ---- */

static void conv(struct nn_backend *be, const struct nn_conv *c, const float *x,
	struct nn_tensor *w, const struct nn_epilogue *e, float *y)
{
	struct cpu *cpu = be->self;

	cpu_conv(cpu->convs, c, x, w, e, y);
}

static void conv_dgrad(struct nn_backend *be, const struct nn_conv *c,
	const float *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	float *dx)
{
	struct cpu *cpu = be->self;

	cpu_conv_dgrad(cpu->convs, c, dy, w, scale, dx);
}

static void conv_wgrad(struct nn_backend *be, const struct nn_conv *c,
	const float *x, const float *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct cpu *cpu = be->self;

	cpu_conv_wgrad(cpu->convs, c, x, dy, w, scale);
}

static void unpack(struct nn_backend *be, struct nn_tensor *w)
{
	(void)be;
	cpu_unpack(w);
}

static void cpu_close(struct nn_backend *be)
{
	struct cpu *cpu = be->self;

	cpu_convs_close(cpu->convs);
	mem_free(cpu->partial);
	mem_free(cpu);
}

struct nn_backend *nn_cpu_open(int threads)
{
	struct cpu *cpu = mem_alloc(1, sizeof *cpu);

	if (threads > 0)
		omp_set_num_threads(threads);
	cpu->be = (struct nn_backend){.name = "cpu",
		.self = cpu,
		.alloc = cpu_alloc,
		.free = cpu_free,
		.copy = copy,
		.clear = clear,
		.sync = sync,
		.conv = conv,
		.conv_dgrad = conv_dgrad,
		.conv_wgrad = conv_wgrad,
		.unpack = unpack,
		.each = each,
		.sums = sums,
		.close = cpu_close};
	cpu->convs = cpu_convs_open();
	return &cpu->be;
}
