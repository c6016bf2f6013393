/*
 * How many photographs a second the loader decodes and scales by itself, in
 * one thread and in two, whole and by their DCT where that is allowed.
 *
 *	loader_bench COCO FOLDER [PHOTOS]
 *
 * A record a measurement: {"short":800,"long":1333,"threads":1,
 * "shrink":false,"photos_per_s":60.2,"cpu_ms":16.1}, cpu_ms being what one
 * photograph costs, which other work on the machine changes little.
 */
#include "base/mem.h"
#include "data/loader.h"

#include <stdlib.h>
#include <time.h>

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int measure(const struct loader_set *set, int size, int most, int photos,
	int threads, bool shrink)
{
	struct loader_options o = {.sets = set,
		.nsets = 1,
		.look = {.max_size = most, .stride = 32, .shrink = shrink},
		.sizes = {size},
		.nsizes = 1,
		.batch = 2,
		.seed = 3,
		.grouped = true,
		.threads = threads};
	struct err e;
	struct loader *l = loader_new(&o, &e);
	const struct loader_batch *b;
	double began = now(CLOCK_MONOTONIC);
	double cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	bool bad = !l;

	for (int i = 0; !bad && i < photos / o.batch; i++)
		bad = loader_next(l, i, &b, &e) != 0;
	if (bad) {
		fprintf(stderr, "loader_bench: %s\n", e.msg);
		if (l)
			loader_free(l);
		return -1;
	}
	printf("{\"short\":%d,\"long\":%d,\"threads\":%d,\"shrink\":%s,"
	       "\"photos_per_s\":%.1f,\"cpu_ms\":%.2f}\n",
		size, most, threads, shrink ? "true" : "false",
		photos / (now(CLOCK_MONOTONIC) - began),
		1e3 * (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) / photos);
	fflush(stdout);
	loader_free(l);
	return 0;
}

int main(int argc, char **argv)
{
	int photos = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 200;
	static const int sizes[][2] = {{800, 1333}, {200, 333}};
	struct arena a = {0};
	struct coco c;
	struct loader_set set = {&c, argc > 2 ? argv[2] : NULL};
	struct err e;
	int bad = 0;

	if (argc < 3)
		return 64;
	if (coco_read(&c, argv[1], COCO_NEED_FILES, &a, &e)) {
		fprintf(stderr, "loader_bench: %s\n", e.msg);
		return 65;
	}
	for (int s = 0; s < 2 && !bad; s++)
		for (int k = 0; k < 4 && !bad; k++)
			bad = measure(&set, sizes[s][0], sizes[s][1], photos,
				1 + k % 2, k >= 2);
	arena_release(&a);
	return bad ? 65 : 0;
}
