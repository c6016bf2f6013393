#include "data/record.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* false when the key is there with something else than a string. */
static bool get_string(
	const struct json *obj, const char *key, const char **v, struct err *e)
{
	struct json *j = json_get(obj, key);

	if (json_kind(j) == JSON_NULL)
		return true;
	*v = json_to_str(j);
	if (!*v)
		err_set(e, ERR_DATA, "\"%s\" is %s, not a string", key,
			json_kind_name(j));
	return *v;
}

/* false when the key is there with something else than a number from 0. */
static bool get_whole(
	const struct json *obj, const char *key, int64_t *v, struct err *e)
{
	struct json *j = json_get(obj, key);

	if (json_kind(j) == JSON_NULL)
		return true;
	if (json_to_int(j, v) && *v >= 0)
		return true;
	err_set(e, ERR_DATA, "\"%s\" is not a whole number from 0", key);
	return false;
}

static bool get_bbox(struct record_box *b, struct err *e)
{
	double v[4] = {0};
	int n = 0;
	struct json *list = json_get(b->json, "bbox");
	bool ok = json_kind(list) == JSON_ARRAY;

	json_each (item, list) {
		ok = ok && n < 4 && json_to_num(item, &v[n]);
		n++;
	}
	if (!ok || n != 4) {
		err_set(e, ERR_DATA, "\"bbox\" is not four numbers");
		return false;
	}
	if (v[2] < 0 || v[3] < 0) {
		err_set(e, ERR_DATA, "\"bbox\" has a negative size");
		return false;
	}
	/* JSON has no word for the corner or area of such a box. */
	if (!isfinite(v[0] + v[2]) || !isfinite(v[1] + v[3]) ||
		!isfinite(v[2] * v[3])) {
		err_set(e, ERR_DATA, "\"bbox\" is not of finite size");
		return false;
	}
	b->x = v[0];
	b->y = v[1];
	b->w = v[2];
	b->h = v[3];
	return true;
}

static bool get_box(struct record_box *b, struct json *j, struct err *e)
{
	struct json *score = json_get(j, "score");

	*b = (struct record_box){.json = j};
	if (!get_bbox(b, e) || !get_string(j, "category", &b->category, e) ||
		!get_whole(j, "category_id", &b->category_id, e))
		return false;
	if (json_kind(score) == JSON_NULL)
		return true;
	b->has_score = json_to_num(score, &b->score);
	if (!b->has_score)
		err_set(e, ERR_DATA, "\"score\" is %s, not a number",
			json_kind_name(score));
	return b->has_score;
}

static int get_boxes(struct record *r, struct err *e)
{
	struct json *list = json_get(r->json, "boxes");
	int n = 0;

	if (json_kind(list) == JSON_NULL)
		return 0;
	if (json_kind(list) != JSON_ARRAY)
		return err_set(e, ERR_DATA, "\"boxes\" is %s, not an array",
			json_kind_name(list));
	r->boxes = arena_zero(
		r->arena, (size_t)json_count(list), sizeof *r->boxes);
	json_each (item, list) {
		if (!get_box(&r->boxes[n], item, e))
			return err_wrap(e, "box %d", n + 1);
		n++;
	}
	r->nboxes = n;
	return 0;
}

static int parse_path(
	struct record *r, const char *line, size_t n, struct err *e)
{
	if (n == 0)
		return err_set(e, ERR_DATA, "empty line");
	if (json_utf8_span(line, n) < n)
		return err_set(e, ERR_DATA, "path is not UTF-8");
	if (memchr(line, 0, n))
		return err_set(e, ERR_DATA, "NUL in a path");
	record_new(r, arena_dupn(r->arena, line, n), r->arena);
	return 0;
}

int record_parse(struct record *r, const char *line, size_t n, struct arena *a,
	struct err *e)
{
	*r = (struct record){.arena = a};
	if (n == 0 || line[0] != '{')
		return parse_path(r, line, n, e);
	r->json = json_parse(line, n, a, e);
	if (!r->json || !get_string(r->json, "path", &r->path, e))
		return -1;
	if (!r->path || !*r->path)
		return err_set(e, ERR_DATA, "no \"path\"");
	if (!get_whole(r->json, "width", &r->width, e) ||
		!get_whole(r->json, "height", &r->height, e))
		return -1;
	return get_boxes(r, e);
}

void record_new(struct record *r, const char *path, struct arena *a)
{
	*r = (struct record){.arena = a, .json = json_object(a)};
	record_set_path(r, path);
}

void record_set_path(struct record *r, const char *path)
{
	record_set_string(r, "path", path);
	r->path = json_get_str(r->json, "path");
}

void record_set_size(struct record *r, int64_t width, int64_t height)
{
	record_set_integer(r, "width", width);
	record_set_integer(r, "height", height);
	r->width = width;
	r->height = height;
}

static struct json *new_box(struct arena *a, struct record_box *b)
{
	const double v[4] = {b->x, b->y, b->w, b->h};
	struct json *bbox = json_array(a);

	b->json = b->json ? json_copy(a, b->json) : json_object(a);
	for (int i = 0; i < 4; i++)
		json_add(bbox, json_num(a, v[i]));
	json_put(a, b->json, "bbox", bbox);
	if (b->category)
		json_put(a, b->json, "category", json_str(a, b->category));
	if (b->category_id)
		json_put(
			a, b->json, "category_id", json_int(a, b->category_id));
	if (b->has_score)
		json_put(a, b->json, "score", json_num(a, b->score));
	return b->json;
}

void record_set_boxes(struct record *r, const struct record_box *boxes, int n)
{
	struct json *list = json_array(r->arena);
	struct record_box *copy = arena_zero(r->arena, (size_t)n, sizeof *copy);

	for (int i = 0; i < n; i++) {
		copy[i] = boxes[i];
		json_add(list, new_box(r->arena, &copy[i]));
	}
	json_put(r->arena, r->json, "boxes", list);
	r->boxes = copy;
	r->nboxes = n;
}

void record_set_number(struct record *r, const char *key, double v)
{
	json_put(r->arena, r->json, key, json_num(r->arena, v));
}

void record_set_integer(struct record *r, const char *key, int64_t v)
{
	json_put(r->arena, r->json, key, json_int(r->arena, v));
}

void record_set_string(struct record *r, const char *key, const char *v)
{
	json_put(r->arena, r->json, key, json_str(r->arena, v));
}

void record_set_json(struct record *r, const char *key, struct json *v)
{
	json_put(r->arena, r->json, key, v);
}

int record_write(const struct record *r, FILE *f, struct err *e)
{
	if (json_print(r->json, f) || putc('\n', f) == EOF)
		return err_set(e, ERR_IO, "cannot write a record: %s",
			strerror(errno));
	return 0;
}
