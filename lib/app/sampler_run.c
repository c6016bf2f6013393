#include "app/sampler.h"
#include "cli/progress.h"
#include "data/sheet.h"

#include <math.h>
#include <string.h>

enum { JPG_QUALITY = 95 };

/* ---- records ---- */

static struct json *rounded(double v, struct arena *a)
{
	return json_num(a, round(v * 1e4) / 1e4);
}

/* What the picture was asked to be: of each key, values and their weights. */
static void say_labels(struct sampler *s, struct record *r, int i)
{
	const struct gan_labels *l = &s->labels;
	int64_t nz = s->run->net.nz;
	float *to = arena_alloc(
		r->arena, (size_t)dcgan_inputs(&s->run->net) * sizeof *to);
	struct json *all = json_object(r->arena);

	gan_series_inputs(&s->draw.series, i, to);
	for (int k = 0; k < l->nkeys; k++) {
		struct json *one = json_object(r->arena);

		for (int v = 0; v < l->key[k].n; v++) {
			float w = to[nz + gan_labels_at(l, k, v)];

			if (w != 0)
				json_put(r->arena, one, l->key[k].value[v],
					rounded((double)w, r->arena));
		}
		json_put(r->arena, all, l->key[k].name, one);
	}
	record_set_json(r, "labels", all);
}

static void say_nearest(const struct nearest_hit *hit, struct record *r)
{
	struct json *n = json_object(r->arena);

	json_put(r->arena, n, "path", json_str(r->arena, hit->path));
	json_put(r->arena, n, "distance", rounded(hit->distance, r->arena));
	json_put(r->arena, n, "ratio", rounded(hit->ratio, r->arena));
	json_put(r->arena, n, "copy", json_bool(r->arena, hit->copy));
	record_set_json(r, "nearest", n);
}

/* A file's record. */
static int say(
	struct sampler *s, struct record *r, int w, int h, int i, struct err *e)
{
	const struct sampler_options *o = s->o;
	char caption[GAN_SERIES_CAPTION];

	gan_series_caption(&s->draw.series, i, caption);
	record_set_size(r, w, h);
	record_set_integer(
		r, "seed", (int64_t)gan_series_seed(&s->draw.series, i));
	if (s->draw.series.kind != GAN_SERIES_SEEDS && !o->sheet.w)
		record_set_string(r, "place", caption);
	if (o->sheet.w) {
		record_set_integer(r, "columns", o->sheet.w);
		record_set_integer(r, "rows", o->sheet.h);
	}
	record_set_string(r, "model", o->model);
	if (s->labels.n && !o->sheet.w)
		say_labels(s, r, i);
	if (o->nearest && o->sheet.w)
		record_set_number(r, "copy_rate", (double)s->copies / s->count);
	else if (o->nearest)
		say_nearest(&s->hit, r);
	if (record_write(r, s->records, e))
		return -1;
	return cli_flush(e);
}

/* Names sort like the pictures. */
static void name(struct sampler *s, struct record *r, const char *what, int i,
	struct arena *a)
{
	static const char *const kinds[] = {
		"", "walk_", "like_", "cross_", "slide_"};
	const struct gan_series *t = &s->draw.series;
	const char *kind = kinds[t->kind];
	long long seed =
		(long long)(t->kind == GAN_SERIES_SEEDS ? t->seed + (uint64_t)i
							: t->seed);
	/* Others than seeds need a number of their own. */
	const char *place = t->kind == GAN_SERIES_SEEDS || *what
				    ? ""
				    : arena_printf(a, "_%05d", i);

	record_new(r,
		arena_printf(a, "%s/%s%s%08lld%s.%s", s->o->out, what, kind,
			seed, place, s->o->format),
		a);
}

/* ---- a sheet ---- */

static void find(struct sampler *s, const uint8_t *px)
{
	if (!s->o->nearest)
		return;
	nearest_find(&s->nearest, px, &s->hit);
	s->copies += s->hit.copy;
}

/* With nearest pictures, every second place is one's. */
static void draw_place(void *to, int i, uint8_t *px)
{
	struct sampler *s = to;
	size_t size =
		(size_t)s->run->net.width * (size_t)s->run->net.height * 3;

	if (s->o->nearest && i % 2) {
		memcpy(px, s->hit.px, size);
		return;
	}
	gan_draw(&s->draw, s->o->nearest ? i / 2 : i, px);
	find(s, px);
}

static void caption_place(void *to, int i, char text[SHEET_CAPTION])
{
	const struct sampler *s = to;

	if (s->o->nearest && i % 2)
		snprintf(text, SHEET_CAPTION,
			s->hit.copy ? "COPY %.2f" : "%.2f", s->hit.ratio);
	else
		gan_series_caption(
			&s->draw.series, s->o->nearest ? i / 2 : i, text);
}

static int write_sheet(struct sampler *s, struct err *e)
{
	const struct sampler_options *o = s->o;
	struct sheet sheet = {(int)o->sheet.w * (o->nearest ? 2 : 1),
		(int)o->sheet.h, (int)s->run->net.width,
		(int)s->run->net.height, o->captions ? caption_place : NULL};
	struct arena a = {0};
	struct record r;
	int w, h, bad;

	name(s, &r, "sheet_", 0, &a);
	bad = sheet_size(&sheet, &w, &h, e) ||
	      sheet_save(&sheet, draw_place, s, r.path, e) ||
	      say(s, &r, w, h, 0, e);
	arena_release(&a);
	return bad ? -1 : 0;
}

/* ---- files ---- */

static int write_pictures(struct sampler *s, struct err *e)
{
	struct arena a = {0};
	struct progress p;
	struct record r;
	struct img im;
	int bad = 0;

	img_init(&im, (int)s->run->net.width, (int)s->run->net.height);
	progress_begin(&p, s->c, "pictures", 0, s->count);
	for (int i = 0; i < s->count && !bad; i++) {
		arena_reset(&a);
		name(s, &r, "", i, &a);
		gan_draw(&s->draw, i, im.px);
		find(s, im.px);
		bad = img_save(&im, r.path, JPG_QUALITY, e) ||
		      say(s, &r, im.w, im.h, i, e);
		progress_at(&p, i + 1, NULL);
	}
	progress_end(&p);
	img_release(&im);
	arena_release(&a);
	return bad ? -1 : 0;
}

int sampler_run(struct sampler *s, struct err *e)
{
	int bad = s->o->sheet.w ? write_sheet(s, e) : write_pictures(s, e);

	if (!bad && s->o->nearest)
		cli_note(s->c,
			"%d of %d pictures are copies, or nearly, of pictures "
			"in '%s'",
			s->copies, s->count, s->o->nearest);
	return bad;
}
