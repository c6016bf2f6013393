#include "data/order.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"

#include <string.h>

void order_init(
	struct order *o, const uint8_t *group, int n, int batch, uint64_t seed)
{
	BUG_ON(n < 1 || batch < 1);
	*o = (struct order){.seed = seed, .batch = batch, .epoch = -1};
	for (int g = 0; g < ORDER_GROUPS; g++) {
		struct order_group *to = &o->group[g];

		to->item = mem_alloc((size_t)n, sizeof *to->item);
		to->drawn = mem_alloc((size_t)n, sizeof *to->drawn);
		for (int i = 0; i < n; i++)
			if (group[i] == g)
				to->item[to->n++] = i;
		to->rows = to->n && to->n < batch ? 1 : to->n / batch;
		o->rows += to->rows;
	}
	o->row = mem_alloc((size_t)o->rows, sizeof *o->row);
}

void order_release(struct order *o)
{
	for (int g = 0; g < ORDER_GROUPS; g++) {
		mem_free(o->group[g].item);
		mem_free(o->group[g].drawn);
	}
	mem_free(o->row);
	*o = (struct order){0};
}

static void draw(struct order *o, int64_t epoch)
{
	struct rng r = rng_item(o->seed, RNG_ORDER, (uint64_t)epoch);

	for (int g = 0; g < ORDER_GROUPS; g++) {
		struct order_group *to = &o->group[g];

		/* From the order in which they came, not from the last epoch's:
		 * an epoch does not depend on those before it. */
		memcpy(to->drawn, to->item, (size_t)to->n * sizeof *to->item);
		rng_shuffle(&r, to->drawn, to->n);
	}
	for (int i = 0; i < o->rows; i++)
		o->row[i] = i;
	rng_shuffle(&r, o->row, o->rows);
	o->epoch = epoch;
}

struct order_pick order_batch(struct order *o, int64_t iter)
{
	int row;

	if (iter / o->rows != o->epoch)
		draw(o, iter / o->rows);
	row = o->row[iter % o->rows];
	if (row < o->group[0].rows)
		return (struct order_pick){0, row * o->batch};
	return (struct order_pick){1, (row - o->group[0].rows) * o->batch};
}

int32_t order_item(const struct order *o, struct order_pick p, int k)
{
	const struct order_group *g = &o->group[p.group];

	return g->drawn[((int64_t)p.at + k) % g->n];
}
