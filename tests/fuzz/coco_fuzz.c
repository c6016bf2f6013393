/* A COCO file: what is accepted is written, and reads back as much. */
#include "data/coco.h"
#include "fuzz.h"

static void check(const struct coco *c, struct arena *a)
{
	struct coco again;
	struct err e;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	BUG_ON(!f || coco_write(c, "fuzz", 1, f, &e) || fclose(f));
	BUG_ON(coco_read(&again, fuzz_file(text, n), 0, a, &e));
	BUG_ON(again.nimages != c->nimages || again.nanns != c->nanns ||
		again.ncategories != c->ncategories);
	for (int i = 0; i < c->nanns; i++)
		BUG_ON(memcmp(again.anns[i].box, c->anns[i].box,
			       sizeof c->anns[i].box) ||
			again.anns[i].id != c->anns[i].id);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	struct coco c;
	struct err e;

	arena_reset(&a);
	if (!coco_read(&c, fuzz_file(data, n), 0, &a, &e))
		check(&c, &a);
	return 0;
}
