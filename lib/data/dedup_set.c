#include "data/dedup_set.h"
#include "base/mem.h"
#include "data/record.h"

#include <stdlib.h>

void dedup_set_init(struct dedup_set *s, int bits)
{
	*s = (struct dedup_set){0};
	dedup_init(&s->dedup, bits);
}

void dedup_set_release(struct dedup_set *s)
{
	dedup_release(&s->dedup);
	mem_free(s->item);
	mem_free(s->line);
	arena_release(&s->arena);
}

int dedup_set_add(struct dedup_set *s, const char *file,
	const struct print *print, const char *line, size_t n)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->item = mem_grow(s->item, (size_t)s->cap, sizeof *s->item);
		s->line = mem_grow(s->line, (size_t)s->cap, sizeof *s->line);
	}
	s->item[s->n] = (struct dedup_item){
		arena_dup(&s->arena, file), *print, -1, 0, false};
	s->line[s->n] = (struct dedup_line){
		line ? arena_dupn(&s->arena, line, n) : NULL, n};
	return s->n++;
}

int dedup_set_place(struct dedup_set *s, int i, struct err *e)
{
	const struct dedup_item *x = &s->item[i];

	if (dedup_place(&s->dedup, s->item, i, e))
		return -1;
	s->exact += x->keeper >= 0 && x->exact;
	s->near += x->keeper >= 0 && !x->exact;
	return 0;
}

struct rank {
	const struct print *print;
	int item;
};

static int by_size(const void *p, const void *q)
{
	const struct rank *a = p, *b = q;
	const struct print *x = a->print, *y = b->print;

	if (x->w * x->h != y->w * y->h)
		return x->w * x->h < y->w * y->h ? 1 : -1;
	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return a->item - b->item;
}

int dedup_set_decide(struct dedup_set *s, bool largest, struct err *e)
{
	struct rank *order = mem_alloc((size_t)s->n, sizeof *order);
	int bad = 0;

	for (int i = 0; i < s->n; i++)
		order[i] = (struct rank){&s->item[i].print, i};
	if (largest)
		qsort(order, (size_t)s->n, sizeof *order, by_size);
	for (int i = 0; i < s->n && !bad; i++)
		bad = dedup_set_place(s, order[i].item, e);
	mem_free(order);
	return bad;
}

static void parse(
	const struct dedup_set *s, int i, struct record *r, struct arena *a)
{
	struct err e;

	BUG_ON(record_parse(r, s->line[i].text, s->line[i].n, a, &e));
}

static void describe(const struct dedup_set *s, int i, struct record *r)
{
	const struct dedup_item *x = &s->item[i];
	struct record keeper;

	parse(s, x->keeper, &keeper, r->arena);
	record_set_string(r, "duplicate_of", keeper.path);
	record_set_integer(r, "bits", x->bits);
	record_set_json(r, "exact", json_bool(r->arena, x->exact));
}

/* The duplicates of item i, the first of which is `first`; next tells which
 * follows. */
static void describe_group(
	const struct dedup_set *s, int first, const int *next, struct record *r)
{
	struct json *list = json_array(r->arena);

	for (int i = first; i >= 0; i = next[i]) {
		const struct dedup_item *x = &s->item[i];
		struct json *one = json_object(r->arena);
		struct record other;

		parse(s, i, &other, r->arena);
		json_put(r->arena, one, "path", json_str(r->arena, other.path));
		json_put(r->arena, one, "bits", json_int(r->arena, x->bits));
		json_put(r->arena, one, "exact", json_bool(r->arena, x->exact));
		json_add(list, one);
	}
	record_set_json(r, "duplicates", list);
}

static int write_one(const struct dedup_set *s, enum dedup_show show, int i,
	int first, const int *next, FILE *f, struct arena *a, struct err *e)
{
	bool kept = s->item[i].keeper < 0;
	struct record r;

	if ((kept && show == DEDUP_DROPPED) || (!kept && show == DEDUP_KEPT) ||
		(show == DEDUP_GROUPS && (!kept || first < 0)))
		return 0;
	parse(s, i, &r, a);
	if (!kept)
		describe(s, i, &r);
	if (show == DEDUP_GROUPS)
		describe_group(s, first, next, &r);
	return record_write(&r, f, e);
}

int dedup_set_write(
	const struct dedup_set *s, enum dedup_show show, FILE *f, struct err *e)
{
	int *first = mem_alloc((size_t)s->n, sizeof *first);
	int *next = mem_alloc((size_t)s->n, sizeof *next);
	struct arena a = {0};
	int bad = 0;

	for (int i = 0; i < s->n; i++)
		first[i] = next[i] = -1;
	for (int i = s->n - 1; i >= 0; i--) {
		int keeper = s->item[i].keeper;

		if (keeper < 0)
			continue;
		next[i] = first[keeper];
		first[keeper] = i;
	}
	for (int i = 0; i < s->n && !bad; i++) {
		bad = write_one(s, show, i, first[i], next, f, &a, e);
		arena_reset(&a);
	}
	arena_release(&a);
	mem_free(first);
	mem_free(next);
	return bad;
}
