#include "base/mem.h"
#include "data/coco_gather.h"
#include "data/coco_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static int by_value(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static int by_id(const void *x, const void *y)
{
	const struct coco_category *const *a = x, *const *b = y;

	return by_value(&(*a)->id, &(*b)->id);
}

/* Ids as they are written, and none of them twice. ids is [n]. */
static int check_ids(int64_t *ids, int n, const char *what, struct err *e)
{
	qsort(ids, (size_t)n, sizeof *ids, by_value);
	for (int i = 1; i < n; i++)
		if (ids[i] == ids[i - 1])
			return err_set(e, ERR_DATA,
				"records: %s %lld is there twice", what,
				(long long)ids[i]);
	return 0;
}

static int number_items(struct coco_gather *g, struct err *e)
{
	int most = g->nimages > g->nanns ? g->nimages : g->nanns, bad;
	int64_t *ids = mem_alloc((size_t)most, sizeof *ids);

	for (int i = 0; i < g->nimages; i++) {
		if (g->image_ids < g->nimages)
			g->image[i] = i + 1;
		ids[i] = g->image[i];
	}
	bad = check_ids(ids, g->nimages, "image", e);
	for (int i = 0; i < g->nanns && !bad; i++) {
		if (g->ann_ids < g->nanns)
			g->ann[i].id = i + 1;
		ids[i] = g->ann[i].id;
	}
	bad = bad || check_ids(ids, g->nanns, "annotation", e);
	mem_free(ids);
	return bad ? -1 : 0;
}

/* The categories of the file that the records are of. */
static struct json *known(const struct coco_gather *g)
{
	return json_get(g->rest, "categories");
}

static bool is_known(const struct coco_gather *g, int64_t id)
{
	int64_t v;

	json_each (item, known(g))
		if (json_get_int(item, "id", &v) && v == id)
			return true;
	return false;
}

/* Ids for the categories that have none: what the file says, else the smallest
 * that are free. */
static void number_categories(struct coco_gather *g)
{
	int n = g->ncategories, used = 0, at = 0;
	size_t most = (size_t)n + (size_t)json_count(known(g));
	int64_t *ids = arena_zero(g->arena, most, sizeof *ids), next = 1, v;

	json_each (item, known(g)) {
		const char *name = json_get_str(item, "name");

		if (!json_get_int(item, "id", &v))
			continue;
		ids[used++] = v;
		for (int i = 0; i < n && name; i++)
			if (!g->categories[i].id &&
				!strcmp(g->categories[i].name, name))
				g->categories[i].id = v;
	}
	for (int i = 0; i < n; i++)
		if (g->categories[i].id && !is_known(g, g->categories[i].id))
			ids[used++] = g->categories[i].id;
	qsort(ids, (size_t)used, sizeof *ids, by_value);
	for (int i = 0; i < n; i++) {
		if (g->categories[i].id)
			continue;
		while (at < used && ids[at] <= next)
			next = ids[at++] == next ? next + 1 : next;
		g->categories[i].id = next++;
	}
}

/* ==== Text ==== */

static void put_json(FILE *f, const char *key, const struct json *value)
{
	fprintf(f, "%s", key);
	json_print(value, f);
}

static void put_head(const struct coco_gather *g, FILE *f)
{
	const struct json *info = json_get(g->rest, "info");
	const struct json *licenses = json_get(g->rest, "licenses");
	struct buf b;

	buf_init(&b, SIZE_MAX);
	if (info)
		put_json(f, "{\"info\":", info);
	else
		fputs("{\"info\":{\"description\":\"deepstyle records\","
		      "\"version\":\"1.0\"}",
			f);
	if (licenses)
		put_json(f, ",\n\"licenses\":", licenses);
	else
		fputs(",\n\"licenses\":[{\"id\":1,\"name\":\"as the source\","
		      "\"url\":\"\"}]",
			f);
	json_each (item, g->rest) {
		const char *key = json_key(item);

		if (item == info || item == licenses || item == known(g))
			continue;
		buf_clear(&b);
		coco_put_key(&b, key, item);
		fwrite(b.p, 1, b.n, f);
	}
	buf_release(&b);
}

static void put_categories(const struct coco_gather *g, FILE *f)
{
	const struct coco_category **new =
		mem_alloc((size_t)g->ncategories, sizeof *new);
	struct buf b;
	int n = 0, written = 0;

	for (int i = 0; i < g->ncategories; i++)
		if (!is_known(g, g->categories[i].id))
			new[n++] = &g->categories[i];
	qsort(new, (size_t)n, sizeof *new, by_id);
	fputs(",\n\"categories\":[", f);
	json_each (item, known(g))
		put_json(f, written++ ? ",\n" : "\n", item);
	buf_init(&b, JSON_MAX);
	for (int i = 0; i < n; i++) {
		buf_clear(&b);
		json_quote(&b, new[i]->name);
		fprintf(f,
			"%s{\"id\":%lld,\"name\":%s,"
			"\"supercategory\":\"none\"}",
			written++ ? ",\n" : "\n", (long long)new[i]->id, b.p);
	}
	buf_release(&b);
	mem_free(new);
}

/* The next line of what waited, behind the ids. */
static int put_rest(
	FILE *from, char **line, size_t *cap, FILE *f, struct err *e)
{
	ssize_t n = getline(line, cap, from);

	if (n < 2)
		return err_set(e, ERR_IO, "cannot read a temporary file: %s",
			strerror(errno));
	fwrite(*line, 1, (size_t)n - 1, f);
	return 0;
}

static int put_items(const struct coco_gather *g, FILE *f, struct err *e)
{
	char *line = NULL;
	size_t cap = 0;
	int bad = 0;

	fputs("\n],\n\"images\":[", f);
	for (int i = 0; i < g->nimages && !bad && !ferror(f); i++) {
		fprintf(f, "%s{\"id\":%lld", i ? ",\n" : "\n",
			(long long)g->image[i]);
		bad = put_rest(g->images, &line, &cap, f, e);
	}
	fputs("\n],\n\"annotations\":[", f);
	for (int i = 0; i < g->nanns && !bad && !ferror(f); i++) {
		const struct coco_gather_ann *ann = &g->ann[i];

		fprintf(f,
			"%s{\"id\":%lld,\"image_id\":%lld,\"category_id\":"
			"%lld",
			i ? ",\n" : "\n", (long long)ann->id,
			(long long)g->image[ann->image],
			(long long)g->categories[ann->category].id);
		bad = put_rest(g->anns, &line, &cap, f, e);
	}
	free(line);
	return bad;
}

int coco_gather_write(struct coco_gather *g, FILE *f, struct err *e)
{
	number_categories(g);
	if (number_items(g, e))
		return -1;
	if (fflush(g->images) || fflush(g->anns))
		return err_set(e, ERR_IO, "cannot write a temporary file: %s",
			strerror(errno));
	rewind(g->images);
	rewind(g->anns);
	put_head(g, f);
	put_categories(g, f);
	if (put_items(g, f, e))
		return -1;
	fputs("\n]}\n", f);
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	return 0;
}
