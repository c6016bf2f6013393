/* A line of records: what is accepted is printed and reads back the same. */
#include "data/record.h"
#include "fuzz.h"

static void check(struct record *r, struct arena *a)
{
	struct record again;
	struct buf first, second;
	struct err e;

	record_set_boxes(r, r->boxes, r->nboxes);
	buf_init(&first, SIZE_MAX);
	buf_init(&second, SIZE_MAX);
	BUG_ON(!json_print_buf(r->json, &first));
	BUG_ON(record_parse(&again, first.p, first.n, a, &e));
	BUG_ON(!json_print_buf(again.json, &second));
	BUG_ON(strcmp(first.p, second.p) != 0);
	BUG_ON(again.nboxes != r->nboxes || strcmp(again.path, r->path) != 0);
	buf_release(&first);
	buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	struct record r;
	struct err e;

	arena_reset(&a);
	if (!record_parse(&r, (const char *)data, n, &a, &e))
		check(&r, &a);
	return 0;
}
