#include "data/coco_remap.h"
#include "base/file.h"
#include "data/coco.h"
#include "data/coco_keys.h"

#include <errno.h>
#include <string.h>

enum { UPPER = 1, LOWER, FULL, TYPES = FULL };

static const char *const types[] = {
	[UPPER] = "upper", [LOWER] = "lower", [FULL] = "full"};

static const struct rule {
	const char *map, *name;
	int type;
} rules[] = {
	{"fashionpedia", "shirt, blouse", UPPER},
	{"fashionpedia", "top, t-shirt, sweatshirt", UPPER},
	{"fashionpedia", "sweater", UPPER},
	{"fashionpedia", "cardigan", UPPER},
	{"fashionpedia", "jacket", UPPER},
	{"fashionpedia", "vest", UPPER},
	{"fashionpedia", "pants", LOWER},
	{"fashionpedia", "shorts", LOWER},
	{"fashionpedia", "skirt", LOWER},
	{"fashionpedia", "coat", FULL}, /* as DeepFashion has it */
	{"fashionpedia", "dress", FULL},
	{"fashionpedia", "jumpsuit", FULL},
	{"fashionpedia", "cape", FULL},
	{"modanet", "outer", UPPER},
	{"modanet", "top", UPPER},
	{"modanet", "pants", LOWER},
	{"modanet", "shorts", LOWER},
	{"modanet", "skirt", LOWER},
	{"modanet", "dress", FULL},
	{"deepfashion2", "short sleeve top", UPPER},
	{"deepfashion2", "long sleeve top", UPPER},
	{"deepfashion2", "short sleeve outwear", UPPER},
	{"deepfashion2", "long sleeve outwear", UPPER},
	{"deepfashion2", "vest", UPPER},
	{"deepfashion2", "sling", UPPER},
	{"deepfashion2", "shorts", LOWER},
	{"deepfashion2", "trousers", LOWER},
	{"deepfashion2", "skirt", LOWER},
	{"deepfashion2", "short sleeve dress", FULL},
	{"deepfashion2", "long sleeve dress", FULL},
	{"deepfashion2", "vest dress", FULL},
	{"deepfashion2", "sling dress", FULL},
};

static int type_named(const char *name)
{
	for (int i = UPPER; i <= TYPES; i++)
		if (!strcmp(types[i], name))
			return i;
	return 0;
}

static bool add_rule(struct coco_remap *m, const char *name, int type)
{
	if (m->n == COCO_REMAP_MAX)
		return false;
	m->rule[m->n].name = name;
	m->rule[m->n++].type = type;
	return true;
}

/* Lines of a type, blanks, and the name of a category, which may have some. */
static int read_rules(struct coco_remap *m, const char *path, struct err *e)
{
	size_t n;
	char *text = file_read(path, 1 << 20, m->arena, &n, e), *line, *next;
	long at = 0;

	for (line = text; line && *line; line = next) {
		char *end = line + strcspn(line, "\r\n"), *name;
		int type;

		at++;
		next = end + (*end == '\r');
		next += *next == '\n';
		*end = 0;
		if (!*line)
			continue;
		name = line + strcspn(line, " \t");
		if (*name)
			*name++ = 0;
		name += strspn(name, " \t");
		type = type_named(line);
		if (!type || !*name)
			return err_set(e, ERR_DATA,
				"%s:%ld: upper, lower or full and the name of "
				"a category expected",
				path, at);
		if (!add_rule(m, name, type))
			return err_set(e, ERR_DATA, "%s: more than %d rules",
				path, COCO_REMAP_MAX);
	}
	return text ? 0 : -1;
}

int coco_remap_open(
	struct coco_remap *m, const char *name, struct arena *a, struct err *e)
{
	*m = (struct coco_remap){.arena = a};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (!strcmp(rules[i].map, name))
			add_rule(m, rules[i].name, rules[i].type);
	return m->n ? 0 : read_rules(m, name, e);
}

static int type_of(const struct coco_remap *m, const char *category)
{
	for (int i = 0; i < m->n; i++)
		if (!strcmp(m->rule[i].name, category))
			return m->rule[i].type;
	return 0;
}

/* ==== Writing ==== */

/* What stays: all but the lists, opened with the brace. */
static void put_head(const struct coco *c, FILE *out)
{
	const char *before = "{";
	struct buf b;

	json_each (item, c->rest) {
		if (!strcmp(json_key(item), "categories"))
			continue;
		buf_init(&b, SIZE_MAX);
		coco_put_key(&b, json_key(item), item);
		fprintf(out, "%s%s", before, b.p + 1);
		before = ",\n";
		buf_release(&b);
	}
	/* CVAT asks for them. */
	if (!json_get(c->rest, "info"))
		fprintf(out, "%s\"info\":{}", before), before = ",\n";
	if (!json_get(c->rest, "licenses"))
		fprintf(out,
			"%s\"licenses\":[{\"id\":1,\"name\":\"as the "
			"source\",\"url\":\"\"}]",
			before),
			before = ",\n";
	fprintf(out, "%s\"categories\":[", before);
	for (int i = UPPER; i <= TYPES; i++)
		fprintf(out,
			"%s{\"id\":%d,\"name\":\"%s\",\"supercategory\":"
			"\"clothing\"}",
			i > UPPER ? ",\n" : "\n", i, types[i]);
}

static int put_item(FILE *out, const struct json *item, bool first)
{
	fputs(first ? "\n" : ",\n", out);
	return json_print(item, out);
}

static int put_images(const struct coco *c, FILE *in, FILE *out, struct err *e)
{
	struct arena a = {0};
	int bad = 0;

	fputs("\n],\n\"images\":[", out);
	for (int i = 0; i < c->nimages && !bad; i++) {
		struct json *j = coco_item(in, c->images[i].span, &a, e);

		bad = j ? 0 : -1;
		if (j)
			put_item(out, j, i == 0);
		arena_reset(&a);
	}
	arena_release(&a);
	return bad;
}

static int put_anns(struct coco_remap *m, const struct coco *c, const int *type,
	FILE *in, FILE *out, struct err *e)
{
	struct arena a = {0};
	int bad = 0;

	fputs("\n],\n\"annotations\":[", out);
	for (int i = 0; i < c->nanns && !bad; i++) {
		struct json *j;

		if (!type[c->anns[i].category]) {
			m->dropped++;
			continue;
		}
		arena_reset(&a);
		j = coco_item(in, c->anns[i].span, &a, e);
		bad = j ? 0 : -1;
		if (bad)
			break;
		if (m->renumbered)
			json_put(&a, j, "id", json_int(&a, m->kept + 1));
		json_put(&a, j, "category_id",
			json_int(&a, type[c->anns[i].category]));
		put_item(out, j, m->kept++ == 0);
	}
	arena_release(&a);
	return bad;
}

int coco_remap_run(struct coco_remap *m, FILE *in, const char *name, FILE *out,
	struct err *e)
{
	struct coco c;
	int *type, mapped = 0;

	if (coco_read_from(&c, in, name, COCO_KEEP_REST, m->arena, e))
		return -1;
	type = arena_zero(m->arena, (size_t)c.ncategories, sizeof *type);
	for (int i = 0; i < c.ncategories; i++) {
		type[i] = type_of(m, c.categories[i].name);
		mapped += type[i] > 0;
	}
	if (!mapped)
		return err_set(e, ERR_DATA,
			"%s: none of its categories is in the map", name);
	for (int i = 0; i < c.nanns; i++)
		m->renumbered |= c.anns[i].id == 0;
	put_head(&c, out);
	if (put_images(&c, in, out, e) || put_anns(m, &c, type, in, out, e))
		return -1;
	fputs("\n]}\n", out);
	return ferror(out)
		       ? err_set(e, ERR_IO, "cannot write: %s", strerror(errno))
		       : 0;
}
