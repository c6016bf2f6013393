#include "base/mem.h"
#include "data/order.h"
#include "tap.h"

enum { N = 23, BATCH = 4 };

/* Items 0, 3, 6 ... are of group 1: 8 of them; 15 are of group 0. */
static void make(struct order *o, uint64_t seed)
{
	uint8_t group[N];

	for (int i = 0; i < N; i++)
		group[i] = i % 3 == 0;
	order_init(o, group, N, BATCH, seed);
}

static void test_epoch(void)
{
	struct order o;
	int seen[N] = {0}, mixed = 0, twice = 0, all = 0;
	int32_t first[BATCH];

	make(&o, 1);
	is_int(o.rows, 3 + 2, "batches of an epoch");
	for (int i = 0; i < o.rows; i++) {
		struct order_pick p = order_batch(&o, i);

		for (int k = 0; k < BATCH; k++) {
			int32_t item = order_item(&o, p, k);

			mixed += (item % 3 == 0) != p.group;
			twice += seen[item]++;
			all++;
			if (!i)
				first[k] = item;
		}
	}
	is_int(all, 20, "items of an epoch");
	is_int(mixed, 0, "a batch is of one group");
	is_int(twice, 0, "an item comes once in an epoch");

	/* Without any of the batches before. */
	order_release(&o);
	make(&o, 1);
	order_batch(&o, 12345);
	twice = 0;
	for (int k = 0; k < BATCH; k++)
		twice += order_item(&o, order_batch(&o, 0), k) == first[k];
	is_int(twice, BATCH, "a batch depends on nothing but its number");
	order_release(&o);
}

/* Whether two epochs, of two orders, have the same batches. */
static bool same(
	struct order *a, int64_t epoch_a, struct order *b, int64_t epoch_b)
{
	for (int i = 0; i < a->rows; i++) {
		struct order_pick p = order_batch(a, epoch_a * a->rows + i);
		struct order_pick q = order_batch(b, epoch_b * b->rows + i);

		for (int k = 0; k < BATCH; k++)
			if (order_item(a, p, k) != order_item(b, q, k))
				return false;
	}
	return true;
}

static void test_draws(void)
{
	struct order a, b, c;
	int seen[N] = {0}, least = 1000;

	make(&a, 1);
	make(&b, 1);
	make(&c, 2);
	ok(same(&a, 7, &b, 7), "the same seed, the same order");
	ok(!same(&a, 7, &b, 8), "every epoch another");
	ok(!same(&a, 7, &c, 7), "every seed another");
	for (int64_t i = 0; i < 100L * a.rows; i++) {
		struct order_pick p = order_batch(&a, i);

		for (int k = 0; k < BATCH; k++)
			seen[order_item(&a, p, k)]++;
	}
	for (int i = 0; i < N; i++)
		least = seen[i] < least ? seen[i] : least;
	ok(least > 60, "nobody sits out for ever: %d of 100 epochs at least",
		least);
	order_release(&a);
	order_release(&b);
	order_release(&c);
}

int main(void)
{
	const uint8_t group[5] = {0, 1, 1, 1, 1};
	struct order o;
	int alone = 0;

	test_epoch();
	test_draws();

	order_init(&o, group, 5, 3, 1);
	is_int(o.rows, 2, "a group smaller than a batch has one too");
	for (int i = 0; i < 2; i++) {
		struct order_pick p = order_batch(&o, i);

		for (int k = 0; k < 3; k++)
			alone += order_item(&o, p, k) == 0;
		if (p.group == 1)
			is_int(order_item(&o, p, 5), order_item(&o, p, 1),
				"round and round");
	}
	is_int(alone, 3, "of repetitions");
	order_release(&o);
	return done();
}
