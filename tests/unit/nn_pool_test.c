#include "nn/pool.h"
#include "nn/backend.h"
#include "tap.h"

#include <string.h>

static struct nn_backend *be;

static void reuse(void)
{
	struct nn_pool p;
	char *a, *b, *c, *d;

	nn_pool_init(&p, be);
	a = nn_pool_alloc(&p, 1000);
	b = nn_pool_alloc(&p, 100);
	c = nn_pool_alloc(&p, 1000);
	ok((uintptr_t)a % 64 == 0 && (uintptr_t)b % 64 == 0,
		"blocks begin at cache lines");
	memset(a, 1, 1000);
	memset(b, 2, 100);
	memset(c, 3, 1000);
	ok(a[999] == 1 && b[0] == 2 && b[99] == 2 && c[0] == 3,
		"blocks do not meet");
	is_int((long long)p.used, 1024 + 128 + 1024, "used, rounded");
	nn_pool_free(&p, b);
	d = nn_pool_alloc(&p, 200);
	ok(d > c, "a gap too small stays one");
	ok(nn_pool_alloc(&p, 128) == (void *)b, "one that fits is filled");
	nn_pool_free(&p, a);
	nn_pool_free(&p, b);
	ok(nn_pool_alloc(&p, 1100) == (void *)a, "neighbours become one gap");
	nn_pool_free(&p, c);
	nn_pool_free(&p, a);
	nn_pool_free(&p, d);
	is_int((long long)p.used, 0, "all came back");
	is_int((long long)p.mark, 1024 + 128 + 1024 + 256,
		"the mark stays where the highest block ended");
	ok(nn_pool_alloc(&p, 2000) == (void *)a, "and the range is one again");
	nn_pool_release(&p);
}

/* The tightest gap, so that large ones stay for what is large. */
static void best_fit(void)
{
	struct nn_pool p;
	void *x[6];

	nn_pool_init(&p, be);
	for (int i = 0; i < 6; i++)
		x[i] = nn_pool_alloc(&p, i == 1 ? 4096 : 1024);
	nn_pool_free(&p, x[1]);
	nn_pool_free(&p, x[3]);
	ok(nn_pool_alloc(&p, 1000) == x[3], "the tightest gap is taken");
	ok(nn_pool_alloc(&p, 4000) == x[1], "the wide one is still there");
	nn_pool_reset(&p);
	ok(nn_pool_alloc(&p, 1) == x[0] && p.used == 64, "reset frees all");
	nn_pool_release(&p);
}

/* The same calls, the same places; and never more than is needed at once. */
static void steady(void)
{
	struct nn_pool p;
	size_t mark = 0;
	bool same = true;

	nn_pool_init(&p, be);
	for (int step = 0; step < 3; step++) {
		void *x[50];

		for (int i = 0; i < 50; i++) {
			x[i] = nn_pool_alloc(&p, (size_t)(i * 7919 % 5000));
			if (i > 4)
				nn_pool_free(&p, x[i - 5]);
		}
		same &= !mark || p.mark == mark;
		mark = p.mark;
		nn_pool_reset(&p);
	}
	ok(same, "a steady loop does not grow");
	ok(mark < 16 * 5000, "and holds little more than it uses at once");
	nn_pool_release(&p);
}

int main(void)
{
	be = nn_cpu_open(1);
	reuse();
	best_fit();
	steady();
	be->close(be);
	return done();
}
