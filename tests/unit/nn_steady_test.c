/*
 * A training loop in its stride asks the host for nothing: neither memory nor
 * plans. Steps of a DCGAN, of batches that it has seen.
 */
#include "base/mem.h"
#include "gan/gan_step.h"
#include "tap.h"

enum { BATCH = 4, SIDE = 64 /* 64x64 of any preset */ };

static void steps(struct gan *gan, int n, int batch)
{
	static uint8_t real[BATCH * SIDE * SIDE * 3];
	static float noise[BATCH * 128];
	int32_t which[BATCH] = {0};
	struct gan_batch b = {batch, real, which, NULL, noise};
	struct gan_report r;
	struct err e;

	for (int i = 0; i < n; i++) {
		gan_noise(gan, &b);
		if (gan_step(gan, &b, &r, &e))
			printf("# %s\n", e.msg);
	}
}

/* What was asked of the device and not given back, besides the pool's. */
static size_t held;
static void *pools;
static void *(*real_alloc)(struct nn_backend *be, size_t bytes);
static void *(*real_reserve)(struct nn_backend *be, size_t *bytes);
static void (*real_free)(struct nn_backend *be, void *p, size_t bytes);

static void *counted_alloc(struct nn_backend *be, size_t bytes)
{
	held += bytes;
	return real_alloc(be, bytes);
}

static void *counted_reserve(struct nn_backend *be, size_t *bytes)
{
	return pools = real_reserve(be, bytes);
}

static void counted_free(struct nn_backend *be, void *p, size_t bytes)
{
	if (p != pools)
		held -= bytes;
	real_free(be, p, bytes);
}

static void count_memory(struct nn_backend *be)
{
	held = 0;
	real_alloc = be->alloc;
	real_free = be->free;
	real_reserve = be->reserve;
	be->alloc = counted_alloc;
	be->reserve = counted_reserve;
	be->free = counted_free;
}

static void steady(const char *preset, enum nn_type dtype, const char *name)
{
	struct nn_backend *be = nn_cpu_open(2);
	struct gan_run run;
	struct nn_footprint need;
	struct gan gan;
	size_t mark, all;
	long count;

	count_memory(be);
	gan_preset(&run, preset, NULL);
	run.net.height = SIDE;
	run.how.r1 = run.how.r2 = run.how.r1 < 0;
	run.net.ngf = run.net.ndf = 8;
	gan_init(&gan, &run, be);
	gan.dtype = dtype;
	need = gan_footprint(&gan, BATCH);
	steps(&gan, 2, BATCH);
	gan_best(&gan);
	all = held + gan.pool.mark + be->held(be);
	printf("# activations %zu, foretold %zu; backend %zu, foretold %zu\n",
		gan.pool.mark, need.activations, be->held(be), need.backend);
	ok(gan.pool.mark == need.activations,
		"%s: activations are as many as was foretold", name);
	ok(be->held(be) == need.backend, "%s: and so is what the backend holds",
		name);
	printf("# in all %zu, foretold %zu\n", all, need.total);
	ok(all == need.total, "%s: and all together", name);
	steps(&gan, 1, BATCH - 1); /* as the last batch of an epoch */
	mark = gan.pool.mark;
	count = mem_count();
	steps(&gan, 3, BATCH);
	steps(&gan, 1, BATCH - 1);
	ok(mem_count() == count, "%s: steps allocate nothing", name);
	ok(gan.pool.mark == mark, "%s: nor do activations grow", name);
	gan_release(&gan);
	be->close(be);
}

int main(void)
{
	steady("pytorch", NN_F32, "pytorch, f32");
	steady("pytorch", NN_BF16, "pytorch, bf16");
	steady("garment", NN_F32, "garment, f32");
	steady("garment", NN_BF16, "garment, bf16");
	return done();
}
