#include "data/coco_keys.h"

#include <string.h>

enum { KEYS_MAX = 10 };

/* A key that the caller writes if its value is of that kind. */
struct own {
	const char *key;
	enum { ANY, WHOLE, NUMBER, OBJECT } kind;
};

static const struct passage {
	struct own own[KEYS_MAX];
	const char *clash[KEYS_MAX]; /* means something else there */
	const char *pack;            /* the object in which that travels */
} passages[] = {
	[COCO_IMAGE_TO_RECORD] = {.own = {{"id", ANY}, {"file_name", ANY},
					  {"width", ANY}, {"height", ANY}},
		.clash = {"path", "boxes", "image_id", "coco", "coco_file",
			"record"},
		.pack = "coco"},
	[COCO_RECORD_TO_IMAGE] = {.own = {{"path", ANY}, {"boxes", ANY},
					  {"width", ANY}, {"height", ANY},
					  {"image_id", WHOLE},
					  {"coco_file", OBJECT}},
		.clash = {"id", "file_name", "image_id", "coco_file", "coco",
			"record"},
		.pack = "record"},
	[COCO_ANN_TO_BOX] = {.own = {{"id", ANY}, {"image_id", ANY},
				     {"category_id", ANY}, {"bbox", ANY},
				     {"area", ANY}, {"iscrowd", ANY},
				     {"segmentation", ANY}},
		.clash = {"category", "score", "coco", "record"},
		.pack = "coco"},
	[COCO_BOX_TO_ANN] = {.own = {{"id", WHOLE}, {"category_id", ANY},
				     {"category", ANY}, {"bbox", ANY},
				     {"area", NUMBER}, {"iscrowd", ANY},
				     {"segmentation", ANY}},
		.clash = {"id", "image_id", "area", "coco", "record"},
		.pack = "record"},
};

static bool is_own(const struct passage *p, const struct json *item)
{
	enum json_kind kind = json_kind(item);
	int64_t n;

	for (const struct own *o = p->own; o->key; o++) {
		if (strcmp(o->key, json_key(item)))
			continue;
		return o->kind == ANY ||
		       (o->kind == WHOLE && json_to_int(item, &n)) ||
		       (o->kind == NUMBER && kind == JSON_NUMBER) ||
		       (o->kind == OBJECT && kind == JSON_OBJECT);
	}
	return false;
}

static bool clashes(const struct passage *p, const struct json *item)
{
	/* A score that is one means the same on both sides. */
	if (!strcmp(json_key(item), "score") && json_kind(item) == JSON_NUMBER)
		return false;
	for (const char *const *key = p->clash; *key; key++)
		if (!strcmp(*key, json_key(item)))
			return true;
	return false;
}

/* Whether an item is what the way back would have packed. */
static bool packed(const struct passage *back, const struct json *item)
{
	if (strcmp(json_key(item), back->pack) ||
		json_kind(item) != JSON_OBJECT || !json_first(item))
		return false;
	json_each (member, item)
		if (!clashes(back, member))
			return false;
	return true;
}

void coco_put_key(struct buf *b, const char *key, const struct json *value)
{
	buf_str(b, ",");
	json_quote(b, key);
	buf_str(b, ":");
	json_print_buf(value, b);
}

static void put_all(struct buf *b, const struct json *obj)
{
	json_each (item, obj)
		coco_put_key(b, json_key(item), item);
}

void coco_put_keys(struct buf *b, const struct json *obj, enum coco_way way)
{
	const struct passage *p = &passages[way], *back = &passages[way ^ 1];
	bool any = false;

	json_each (item, obj) {
		if (is_own(p, item))
			continue;
		if (packed(back, item))
			put_all(b, item);
		else if (!clashes(p, item))
			coco_put_key(b, json_key(item), item);
		else
			any = true;
	}
	if (!any)
		return;
	buf_printf(b, ",\"%s\":{", p->pack);
	any = false;
	json_each (item, obj) {
		if (is_own(p, item) || packed(back, item) || !clashes(p, item))
			continue;
		if (any)
			buf_str(b, ",");
		any = true;
		json_quote(b, json_key(item));
		buf_str(b, ":");
		json_print_buf(item, b);
	}
	buf_str(b, "}");
}
