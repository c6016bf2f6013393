#include "nn/cpu/cpu_int.h"
#include "nn/device.h"
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

#define ROWS(name, a) \
	for (int64_t row = r0; row < r1; row++) \
	nn_##name##_at(a, row, c0, c1)

#define PLAIN_RANGE(name) \
	const struct nn_##name##_args a = \
		*(const struct nn_##name##_args *)args; \
\
	ROWS(name, &a);

#define ROWS_RANGE PLAIN_RANGE

/* Here the type becomes a constant of the loop. */
#define TYPED_RANGE(name) \
	struct nn_##name##_args a = *(const struct nn_##name##_args *)args; \
\
	if (a.type == NN_BF16) { \
		a.type = NN_BF16; \
		ROWS(name, &a); \
	} else { \
		a.type = NN_F32; \
		ROWS(name, &a); \
	}

#define RANGE(name, kind, split) \
	static void name##_range(const void *args, int64_t r0, int64_t r1, \
		int64_t c0, int64_t c1) \
	{ \
		kind##_RANGE(name) \
	}
NN_BODIES(RANGE)

static const struct body {
	void (*range)(const void *, int64_t, int64_t, int64_t, int64_t);
	enum nn_split split;
} bodies[] = {
#define ENTRY(name, kind, split) {name##_range, split},
	NN_BODIES(ENTRY)};

static void each(struct nn_backend *be, enum nn_body body, const void *args,
	int64_t rows, int64_t lanes)
{
	const struct body *b = &bodies[body];
	bool by_row = b->split == NN_SPLIT_ANY && rows > 1;

	if (be->dry || rows <= 0 || lanes <= 0)
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

NN_HD void sum_block(enum nn_type type, const void *x, const void *y,
	int64_t rows, int64_t lanes, double *sx, double *sxy)
{
	memset(sx, 0, (size_t)lanes * sizeof *sx);
	if (sxy)
		memset(sxy, 0, (size_t)lanes * sizeof *sxy);
	for (int64_t r = 0; r < rows; r++) {
		int64_t at = r * lanes;

		NN_LANES (c, 0, lanes)
			sx[c] += (double)nn_get(x, at + c, type);
		if (sxy)
			NN_LANES (c, 0, lanes)
				sxy[c] += (double)nn_get(x, at + c, type) *
					  (double)nn_get(y, at + c, type);
	}
}

static void sums(struct nn_backend *be, enum nn_type type, const void *x,
	const void *y, int64_t n, int64_t rows, int64_t lanes, double *sx,
	double *sxy)
{
	struct cpu *cpu = be->self;
	/* Blocks by shape only, so that threads do not change the result. */
	int64_t blocks = rows / 64 < 1 ? 1 : rows / 64 > 64 ? 64 : rows / 64;
	size_t need = (size_t)(2 * n * blocks * lanes);

	if (need > cpu->npartial) {
		cpu->partial =
			mem_grow(cpu->partial, need, sizeof *cpu->partial);
		cpu->npartial = need;
	}
	if (be->dry)
		return;
#pragma omp parallel for schedule(static) if (n * rows * lanes > GRAIN)
	for (int64_t i = 0; i < n * blocks; i++) {
		int64_t first = i / blocks * rows, b = i % blocks;
		int64_t r0 = first + rows * b / blocks;
		int64_t r1 = first + rows * (b + 1) / blocks;
		double *p = cpu->partial + 2 * i * lanes;

		const void *xb = nn_at(x, r0 * lanes, type);
		const void *yb = y ? nn_at(y, r0 * lanes, type) : NULL;

		if (type == NN_BF16)
			sum_block(NN_BF16, xb, yb, r1 - r0, lanes, p,
				sxy ? p + lanes : NULL);
		else
			sum_block(NN_F32, xb, yb, r1 - r0, lanes, p,
				sxy ? p + lanes : NULL);
	}
	for (int64_t i = 0; i < n * lanes; i++) {
		const double *p = cpu->partial +
				  2 * (i / lanes) * blocks * lanes + i % lanes;
		double s = 0, t = 0;

		for (int64_t b = 0; b < blocks; b++) {
			s += p[2 * b * lanes];
			if (sxy)
				t += p[(2 * b + 1) * lanes];
		}
		sx[i] = s;
		if (sxy)
			sxy[i] = t;
	}
}

/* ---- memory ---- */

static void *cpu_alloc(struct nn_backend *be, size_t bytes)
{
	(void)be;
	return mem_map(bytes ? bytes : 1);
}

static void *reserve(struct nn_backend *be, size_t *bytes)
{
	(void)be;
	return mem_reserve(bytes);
}

static void cpu_free(struct nn_backend *be, void *p, size_t bytes)
{
	(void)be;
	mem_unmap(p, bytes ? bytes : 1);
}

static void copy(struct nn_backend *be, void *to, const void *from, size_t n)
{
	if (!be->dry)
		memcpy(to, from, n);
}

static void clear(struct nn_backend *be, void *p, size_t n)
{
	if (!be->dry)
		memset(p, 0, n);
}

static void sync(struct nn_backend *be)
{
	(void)be;
}

/* ---- convolutions ---- */

static void conv(struct nn_backend *be, const struct nn_conv *c, const void *x,
	struct nn_tensor *w, const struct nn_epilogue *e, void *y)
{
	struct cpu *cpu = be->self;

	cpu_conv(cpu->convs, be->dry, c, x, w, e, y);
}

static void conv_dgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	struct cpu *cpu = be->self;

	cpu_conv_dgrad(cpu->convs, be->dry, c, dy, w, scale, dx);
}

static void conv_wgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct cpu *cpu = be->self;

	cpu_conv_wgrad(cpu->convs, be->dry, c, x, dy, w, scale);
}

static void unpack(struct nn_backend *be, struct nn_tensor *w)
{
	(void)be;
	cpu_unpack(w);
}

static size_t held(struct nn_backend *be)
{
	const struct cpu *cpu = be->self;

	return cpu_convs_held(cpu->convs) + cpu->npartial * sizeof(double);
}

static void cpu_close(struct nn_backend *be)
{
	struct cpu *cpu = be->self;

	cpu_convs_close(cpu->convs);
	mem_free(cpu->partial);
	mem_free(cpu);
}

struct nn_backend *cpu_open(int threads, enum cpu_kernels kernels)
{
	struct cpu *cpu = mem_alloc(1, sizeof *cpu);

	if (threads > 0)
		omp_set_num_threads(threads);
	cpu->be = (struct nn_backend){.name = "cpu",
		.self = cpu,
		.host = true,
		.bf16 = nn_cpu_device().bf16,
		.alloc = cpu_alloc,
		.reserve = reserve,
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
		.held = held,
		.close = cpu_close};
	cpu->convs = cpu_convs_open(kernels);
	return &cpu->be;
}

struct nn_backend *nn_cpu_open(int threads)
{
	return cpu_open(threads, cpu_best_kernels());
}
