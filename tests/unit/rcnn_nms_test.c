#include "rcnn/nms.h"

#include "rcnn_golden.h"

static struct arena a;

static void test_nms(uint32_t seed, int n, float threshold)
{
	struct rcnn_box *box = arena_alloc(&a, (size_t)n * sizeof *box);
	int32_t *keep = arena_alloc(&a, (size_t)n * sizeof *keep), first[7];
	uint32_t x = seed;
	struct golden g;
	char name[32];
	int m, list = 0;

	for (int i = 0; i < n; i++)
		box[i] = draw_box(&x, 100, 100, 10, 60);
	m = rcnn_nms(box, n, threshold, 1, n, &a, keep);
	for (int i = 0; i < m; i++)
		list = mix(list, keep[i]);
	snprintf(name, sizeof name, "nms%u", (unsigned)seed);
	golden_open(&g, name);
	is_int(m, golden_next(&g), "as many are kept");
	is_int(keep[m - 1], golden_next(&g), "the same last one");
	is_int(list, golden_next(&g), "all the same");

	is_int(rcnn_nms(box, n, threshold, 1, 7, &a, first), 7, "at most 7");
	ok(!memcmp(first, keep, sizeof first), "are the first 7");
	arena_reset(&a);
}

static void test_edges(void)
{
	/* 10 x 10 each; the second has 90 pixels of the first: 90/110 */
	const struct rcnn_box box[] = {
		{0, 0, 9, 9}, {1, 0, 10, 9}, {NAN, 0, 10, 9}, {0, 0, 9, 9}};
	int32_t keep[4];

	is_int(rcnn_nms(box, 2, 90.0f / 110, 1, 4, &a, keep), 1,
		"the threshold itself suppresses");
	is_int(rcnn_nms(box, 2, nextafterf(90.0f / 110, 1), 1, 4, &a, keep), 2,
		"what is just below does not");
	is_int(rcnn_nms(box, 4, 1, 1, 4, &a, keep), 3, "an equal box goes");
	is_int(rcnn_nms(box, 0, 0.5f, 1, 4, &a, keep), 0, "of none, none");
}

static void test_top(void)
{
	const float s[] = {-1, 3, NAN, -0.0f, 3, 0, INFINITY, -INFINITY};
	static const int32_t want[] = {6, 1, 4, 3, 5, 0, 7, 2};
	enum { N = 20000, K = 1000 };
	float *many = arena_alloc(&a, N * sizeof *many);
	int32_t *order, *all;
	uint32_t x = 9;
	int wrong = 0, n;

	is_int(rcnn_top(s, 8, 99, &a, &order), 8, "all of 8");
	ok(!memcmp(order, want, sizeof want),
		"the highest first, equals in order, a NaN last");
	is_int(rcnn_top(s, 8, 3, &a, &order), 3, "3 of 8");
	ok(!memcmp(order, want, 3 * sizeof *want), "are the first");
	is_int(rcnn_top(s, 0, 3, &a, &order), 0, "of none, none");
	is_int(rcnn_top(s, 8, 0, &a, &order), 0, "none of 8");

	/* few values, so that many are equal */
	for (int i = 0; i < N; i++)
		many[i] = floorf(draw_real(&x, -99, 99));
	n = rcnn_top(many, N, N, &a, &all);
	for (int i = 1; i < n; i++)
		wrong += many[all[i]] > many[all[i - 1]] ||
			 (many[all[i]] == many[all[i - 1]] &&
				 all[i] < all[i - 1]);
	is_int(wrong, 0, "20000 are in order");
	is_int(rcnn_top(many, N, K, &a, &order), K, "1000 of them");
	ok(!memcmp(order, all, K * sizeof *all), "are the first of all");
}

int main(void)
{
	test_nms(2, 400, 0.7f);
	test_nms(3, 400, 0.5f);
	test_nms(4, 100, 0.05f);
	test_edges();
	test_top();
	arena_release(&a);
	return done();
}
