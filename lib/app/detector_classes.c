#include "app/detector.h"
#include "json/json.h"

#include <string.h>

int detector_categories(const struct nn_st *st, struct arena *a,
	struct coco_category **list, struct err *e)
{
	const char *text = nn_st_meta(st, "categories");
	struct json *j = text ? json_parse(text, strlen(text), a, e) : NULL;
	int n = 0;

	*list = NULL;
	if (!j || json_kind(j) != JSON_ARRAY)
		return err_set(e, ERR_DATA, "\"categories\" is no array");
	*list = arena_zero(a, (size_t)json_count(j), sizeof **list);
	json_each (item, j) {
		struct coco_category *c = &(*list)[n++];

		c->name = json_get_str(item, "name");
		if (!c->name || !json_get_int(item, "id", &c->id))
			return err_set(e, ERR_DATA,
				"\"categories\" needs id and name of each");
		for (const struct coco_category *b = *list; b < c; b++)
			if (b->id == c->id || !strcmp(b->name, c->name))
				return err_set(e, ERR_DATA,
					"\"categories\" has '%s', %lld twice",
					c->name, (long long)c->id);
	}
	return n;
}

const char *detector_categories_text(
	const struct detector *d, struct arena *a, struct buf *b)
{
	struct json *list = json_array(a);

	for (int i = 0; i < d->ncategories; i++) {
		struct json *j = json_object(a);

		json_put(a, j, "id", json_int(a, d->category[i].id));
		json_put(a, j, "name", json_str(a, d->category[i].name));
		json_add(list, j);
	}
	json_print_buf(list, b);
	return b->p;
}

int detector_check_categories(
	const struct detector *d, const struct nn_st *st, struct err *e)
{
	struct arena a = {0};
	struct coco_category *list;
	int n = detector_categories(st, &a, &list, e), bad = 0;

	if (n < 0)
		bad = err_wrap(e, "'%.200s'", st->path);
	else if (n != d->ncategories)
		bad = err_set(e, ERR_DATA,
			"'%.200s' has %d categories, the data %d: it is of "
			"another run",
			st->path, n, d->ncategories);
	for (int i = 0; i < n && !bad; i++) {
		const struct coco_category *is = &list[i],
					   *must = &d->category[i];

		if (is->id == must->id && !strcmp(is->name, must->name))
			continue;
		bad = err_set(e, ERR_DATA,
			"'%.200s' has category %lld '%.60s' where the data "
			"have %lld '%.60s': it is of another run",
			st->path, (long long)is->id, is->name,
			(long long)must->id, must->name);
	}
	arena_release(&a);
	return bad;
}
