#include "data/crop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool wanted(const struct crop_filter *f, const struct record_box *box)
{
	if (box->has_score && box->score < f->score)
		return false;
	if (!f->nclasses)
		return true;
	for (int i = 0; box->category && i < f->nclasses; i++)
		if (!strcmp(box->category, f->classes[i]))
			return true;
	return false;
}

static double area(const struct record_box *box)
{
	return box->w * box->h;
}

/* Boxes are in one array: their addresses tell which came first. */
static int by_area(const void *p, const void *q)
{
	const struct record_box *a = *(const struct record_box *const *)p;
	const struct record_box *b = *(const struct record_box *const *)q;

	if (area(a) < area(b) || area(a) > area(b))
		return area(a) < area(b) ? 1 : -1;
	return a < b ? -1 : a > b;
}

/* Whether a is the better detection: unscored boxes are the worst. */
static bool better(const struct record_box *a, const struct record_box *b)
{
	return a->has_score && (!b->has_score || a->score > b->score);
}

const struct record_box *const *crop_choose(
	const struct crop_filter *f, const struct record *r, int *n)
{
	const struct record_box **chosen =
		arena_zero(r->arena, (size_t)r->nboxes + 1, sizeof *chosen);

	*n = 0;
	for (int i = 0; i < r->nboxes; i++)
		if (wanted(f, &r->boxes[i]))
			chosen[(*n)++] = &r->boxes[i];
	qsort(chosen, (size_t)*n, sizeof *chosen, by_area);
	if (!f->best || !*n)
		return chosen;
	for (int i = 1; i < *n; i++)
		if (better(chosen[i], chosen[0]))
			chosen[0] = chosen[i];
	*n = 1;
	return chosen;
}

/* Grow a stretch to a length around its middle and move it into 0..size. */
static void widen(double *from, double *to, double length, double size)
{
	double middle = (*from + *to) / 2;

	*from = middle - length / 2;
	*to = middle + length / 2;
	if (*from < 0) {
		*to -= *from;
		*from = 0;
	} else if (*to > size) {
		*from -= *to - size;
		*to = size;
	}
}

static int to_pixel(double v, int size)
{
	return (int)nearbyint(fmin(fmax(v, 0), size));
}

bool crop_pixels(const struct crop_rule *rule, const struct record_box *box,
	int w, int h, struct img_part *out)
{
	double x0 = box->x - rule->pad * box->w;
	double x1 = box->x + (1 + rule->pad) * box->w;
	double y0 = box->y - rule->pad * box->h;
	double y1 = box->y + (1 + rule->pad) * box->h;

	/* A box that is not in the picture must not be moved there. */
	if (box->x >= w || box->y >= h || box->x + box->w <= 0 ||
		box->y + box->h <= 0)
		return false;
	if (rule->aspect > 0 && x1 - x0 < (y1 - y0) * rule->aspect)
		widen(&x0, &x1, (y1 - y0) * rule->aspect, w);
	else if (rule->aspect > 0)
		widen(&y0, &y1, (x1 - x0) / rule->aspect, h);
	out->x = to_pixel(x0, w);
	out->y = to_pixel(y0, h);
	out->w = to_pixel(x1, w) - out->x;
	out->h = to_pixel(y1, h) - out->y;
	return out->w > 0 && out->h > 0;
}

void crop_describe(struct record *crop, const struct record *photo,
	const struct record_box *box, const struct img_part *part)
{
	struct arena *a = crop->arena;
	const int pixels[] = {part->x, part->y, part->w, part->h};
	struct json *list = json_array(a);

	for (int i = 0; i < 4; i++)
		json_add(list, json_int(a, pixels[i]));
	record_set_string(crop, "crop_of", photo->path);
	record_set_json(crop, "box", list);
	if (box->category)
		record_set_string(crop, "category", box->category);
	if (box->category_id)
		record_set_integer(crop, "category_id", box->category_id);
	if (box->has_score)
		record_set_number(crop, "score", box->score);
	json_each (m, photo->json)
		if (strcmp(json_key(m), "boxes") &&
			!json_get(crop->json, json_key(m)))
			record_set_json(crop, json_key(m), json_copy(a, m));
}
