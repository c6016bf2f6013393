#include "data/dedup.h"
#include "base/mem.h"

#include <inttypes.h>

void dedup_init(struct dedup *d, int bits)
{
	*d = (struct dedup){.look = bits >= 0};
	d->contents.arena = &d->arena;
	if (d->look)
		near_init(&d->near, bits);
}

void dedup_release(struct dedup *d)
{
	if (d->look)
		near_release(&d->near);
	mem_free(d->first);
	arena_release(&d->arena);
}

/* The first item whose file has these bytes becomes the keeper of item i; the
 * item itself where it is the first. */
static int same_content(struct dedup *d, struct dedup_item *item, int i,
	int *first, struct err *e)
{
	const struct print *p = &item[i].print;
	const char *key = arena_printf(
		&d->arena, "%016" PRIx64 "-%" PRId64, p->content, p->size);
	int known = d->contents.n, at = names_add(&d->contents, key);
	bool same = true;

	if (at == known) {
		if (at >= d->cap) {
			d->cap = d->cap ? d->cap * 2 : 64;
			d->first = mem_grow(
				d->first, (size_t)d->cap, sizeof *d->first);
		}
		d->first[at] = i;
	} else if (print_same_bytes(
			   item[i].file, item[d->first[at]].file, &same, e)) {
		return -1;
	}
	*first = same ? d->first[at] : i;
	return 0;
}

int dedup_place(struct dedup *d, struct dedup_item *item, int i, struct err *e)
{
	struct dedup_item *x = &item[i];
	int first;

	x->keeper = -1;
	if (same_content(d, item, i, &first, e))
		return -1;
	if (first != i) {
		const struct dedup_item *twin = &item[first];

		x->exact = twin->keeper < 0;
		x->keeper = x->exact ? first : twin->keeper;
		x->bits = twin->bits;
		return 0;
	}
	if (!d->look ||
		near_best(&d->near, x->print.dhash, &x->keeper, &x->bits))
		return 0;
	near_add(&d->near, x->print.dhash, i);
	return 0;
}
