#include "data/coco_records.h"
#include "data/coco_keys.h"

void coco_rectangle(const double box[4], double corners[8])
{
	double x = box[0], y = box[1], x2 = x + box[2], y2 = y + box[3];
	const double all[8] = {x, y, x2, y, x2, y2, x, y2};

	for (int i = 0; i < 8; i++)
		corners[i] = all[i];
}

/* One polygon, and it is the box. */
static bool is_rectangle(const struct json *segmentation, const double box[4])
{
	const struct json *polygon = json_first(segmentation);
	double corners[8], v;
	int n = 0;

	if (json_kind(segmentation) != JSON_ARRAY || !polygon ||
		json_next(polygon) || json_count(polygon) != 8)
		return false;
	coco_rectangle(box, corners);
	json_each (item, polygon)
		if (!json_to_num(item, &v) || v != corners[n++])
			return false;
	return true;
}

static void put_box(struct buf *b, const struct coco *c,
	const struct coco_ann *ann, const struct json *j)
{
	const struct json *area = json_get(j, "area");
	const struct json *crowd = json_get(j, "iscrowd");
	const struct json *segmentation = json_get(j, "segmentation");
	int64_t n;

	buf_str(b, "{\"bbox\":");
	json_print_buf(json_get(j, "bbox"), b);
	buf_str(b, ",\"category\":");
	json_quote(b, c->categories[ann->category].name);
	coco_put_key(b, "category_id", json_get(j, "category_id"));
	/* A record's own id, which was no number, comes back instead. */
	if (!json_get(json_get(j, "record"), "id"))
		coco_put_key(b, "id", json_get(j, "id"));
	if (area && ann->area != ann->box[2] * ann->box[3])
		coco_put_key(b, "area", area);
	if (crowd && !(json_to_int(crowd, &n) && n == 0))
		coco_put_key(b, "iscrowd", crowd);
	if (segmentation && !is_rectangle(segmentation, ann->box))
		coco_put_key(b, "segmentation", segmentation);
	coco_put_keys(b, j, COCO_ANN_TO_BOX);
	buf_str(b, "}");
}

static int put_boxes(struct buf *b, const struct coco *c, int i, FILE *f,
	struct arena *a, struct err *e)
{
	struct arena_mark mark = arena_mark(a);

	buf_str(b, ",\"boxes\":[");
	for (int k = c->first[i]; k < c->first[i + 1]; k++) {
		struct json *j = coco_item(f, c->anns[k].span, a, e);

		if (!j)
			return -1;
		if (k > c->first[i])
			buf_str(b, ",");
		put_box(b, c, &c->anns[k], j);
		arena_back(a, mark);
	}
	buf_str(b, "]");
	return 0;
}

int coco_print_record(
	struct buf *b, const struct coco *c, int i, FILE *f, struct err *e)
{
	struct arena a = {0};
	struct json *j = coco_item(f, c->images[i].span, &a, e);
	int bad = j ? 0 : -1;

	buf_clear(b);
	if (!bad) {
		buf_str(b, "{\"path\":");
		json_quote(b, c->images[i].file);
		if (json_get(j, "width"))
			coco_put_key(b, "width", json_get(j, "width"));
		if (json_get(j, "height"))
			coco_put_key(b, "height", json_get(j, "height"));
		bad = put_boxes(b, c, i, f, &a, e);
	}
	if (!bad) {
		if (!json_get(json_get(j, "record"), "image_id"))
			coco_put_key(b, "image_id", json_get(j, "id"));
		coco_put_keys(b, j, COCO_IMAGE_TO_RECORD);
		if (i == 0 && !json_get(json_get(j, "record"), "coco_file"))
			coco_put_key(b, "coco_file", c->rest);
		buf_str(b, "}");
		if (b->overflow)
			bad = err_set(e, ERR_DATA,
				"%s: image %lld: a record of more than %zu "
				"bytes",
				c->path, (long long)c->images[i].id, b->max);
	}
	arena_release(&a);
	return bad;
}
