#define _DEFAULT_SOURCE
#include "app/detector.h"
#include "base/buf.h"
#include "base/num.h"
#include "conf/conf.h"
#include "json/json.h"
#include "nn/device.h"

#include <stdlib.h>
#include <string.h>

enum { CONFIG_MAX = 1 << 20 };

static int set_up(struct detector *d, const struct rcnn_config *c,
	const char *device, int threads, struct err *e)
{
	static const enum photo_resize resize[] = {
		[RCNN_RESIZE_OPENCV] = PHOTO_OPENCV,
		[RCNN_RESIZE_TORCH] = PHOTO_TORCH,
		[RCNN_RESIZE_PIL] = PHOTO_PIL,
	};

	d->be = nn_device_open(device, threads, e);
	if (!d->be)
		return -1;
	nn_pool_init(&d->pool, d->be);
	d->tape = (struct nn_tape){
		.be = d->be, .arena = &d->step, .pool = &d->pool};
	d->look = (struct photo_look){.max_size = (int)c->test_max_size,
		.stride = (int)c->coarsest_stride};
	d->look.rgb = !strcmp(c->pixel_order, "rgb");
	d->look.resize = resize[rcnn_config_convention(c)->resize];
	memcpy(d->look.mean, c->pixel_means.v, sizeof d->look.mean);
	memcpy(d->look.std, c->pixel_stds.v, sizeof d->look.std);
	rcnn_model_init(&d->model, d->be, c, (uint64_t)c->rng_seed);
	return 0;
}

int detector_new(struct detector *d, const struct rcnn_config *config,
	const struct coco *classes, const char *device, int threads,
	struct err *e)
{
	*d = (struct detector){.ncategories = classes->ncategories, .best = -1};
	if (config->num_classes != classes->ncategories + 1)
		return err_set(e, ERR_CONFIG,
			"MODEL.NUM_CLASSES is %lld, but '%s' has %d categories "
			"and the background makes %d",
			(long long)config->num_classes, classes->path,
			classes->ncategories, classes->ncategories + 1);
	d->category = arena_zero(
		&d->run, (size_t)d->ncategories, sizeof *d->category);
	for (int i = 0; i < d->ncategories; i++) {
		d->category[i].id = classes->categories[i].id;
		d->category[i].name =
			arena_dup(&d->run, classes->categories[i].name);
	}
	return set_up(d, config, device, threads, e);
}

void detector_release(struct detector *d)
{
	if (d->be) {
		rcnn_model_release(&d->model);
		nn_pool_release(&d->pool);
		d->be->close(d->be);
	}
	loader_batch_release(&d->one);
	arena_release(&d->step);
	arena_release(&d->run);
	*d = (struct detector){0};
}

/* ---- metadata ---- */

static int read_categories(struct detector *d, const char *text, struct err *e)
{
	struct json *list = json_parse(text, strlen(text), &d->run, e);

	if (!list || json_kind(list) != JSON_ARRAY)
		return err_set(e, ERR_DATA, "\"categories\" is no array");
	d->category = arena_zero(
		&d->run, (size_t)json_count(list), sizeof *d->category);
	json_each (item, list) {
		struct coco_category *c = &d->category[d->ncategories++];

		c->name = json_get_str(item, "name");
		if (!c->name || !json_get_int(item, "id", &c->id))
			return err_set(e, ERR_DATA,
				"\"categories\" needs id and name of each");
	}
	return 0;
}

static void read_progress(struct detector *d, const struct nn_st *st)
{
	const char *iteration = nn_st_meta(st, "iteration");
	const char *rated = nn_st_meta(st, "rated");
	const char *best = nn_st_meta(st, "best_ap");

	if (!iteration || !num_int(iteration, 0, INT64_MAX, &d->iteration))
		d->iteration = 0;
	if (!rated || !num_int(rated, 0, d->iteration, &d->rated))
		d->rated = 0;
	if (!best || !num_real(best, -1, 1, &d->best))
		d->best = -1;
}

int detector_config(
	const struct nn_st *st, struct rcnn_config *config, struct err *e)
{
	const char *text = nn_st_meta(st, "config");

	if (!text)
		return 0;
	*config = rcnn_config_default;
	if (!conf_parse(text, strlen(text), "its config", rcnn_keys, config,
		    NULL, NULL, e) &&
		!rcnn_config_check(config, e))
		return 1;
	/* A configuration in it is data too. */
	if (e)
		e->code = ERR_DATA;
	return err_wrap(e, "%s", st->path);
}

static int read_metadata(struct detector *d, const struct nn_st *st,
	struct rcnn_config *config, struct err *e)
{
	const char *format = nn_st_meta(st, "format");
	const char *categories = nn_st_meta(st, "categories");
	int got = detector_config(st, config, e);

	if (got < 0)
		return -1;
	if (!got || !format || strcmp(format, "deepstyle-rcnn") || !categories)
		return err_set(
			e, ERR_DATA, "%s: no detector of ours", st->path);
	if (read_categories(d, categories, e))
		return err_wrap(e, "%s", st->path);
	if (d->ncategories + 1 != config->num_classes)
		return err_set(e, ERR_DATA,
			"%s: %d categories, but %lld classes", st->path,
			d->ncategories, (long long)config->num_classes);
	read_progress(d, st);
	return 0;
}

static const char *categories_text(
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

/* keys_dump prints to a stream; here it is wanted as a string. */
char *detector_config_text(const struct rcnn_config *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (f) {
		keys_dump(rcnn_keys, c, f);
		fclose(f);
	}
	return text;
}

/* ---- files ---- */

int detector_open(struct detector *d, const char *path, const char *device,
	int threads, struct err *e)
{
	struct rcnn_config config;
	struct nn_st st;
	int bad;

	*d = (struct detector){.best = -1};
	if (nn_st_open(&st, path, e))
		return -1;
	bad = read_metadata(d, &st, &config, e) ||
	      set_up(d, &config, device, threads, e) ||
	      nn_st_load(&st, "", &d->model.params, false, false, NULL, e);
	nn_st_close(&st);
	if (bad)
		detector_release(d);
	return bad ? -1 : 0;
}

int detector_save(const struct detector *d, const char *path, bool with_state,
	struct err *e)
{
	struct nn_st_part part = {"", (struct nn_params *)&d->model.params};
	struct arena a = {0};
	struct buf b;
	char *config = detector_config_text(&d->model.config);
	char iteration[24], rated[24], best[32];
	int bad;

	buf_init(&b, CONFIG_MAX);
	snprintf(iteration, sizeof iteration, "%lld", (long long)d->iteration);
	snprintf(rated, sizeof rated, "%lld", (long long)d->rated);
	snprintf(best, sizeof best, "%.17g", d->best);
	struct nn_meta meta[] = {{"format", "deepstyle-rcnn"},
		{"config", config ? config : ""},
		{"categories", categories_text(d, &a, &b)},
		{"iteration", iteration}, {"rated", rated}, {"best_ap", best}};
	bad = nn_st_save(path, &part, 1, with_state, meta,
		sizeof meta / sizeof *meta, e);
	free(config);
	buf_release(&b);
	arena_release(&a);
	return bad;
}

int detector_resume(struct detector *d, const char *path, struct err *e)
{
	struct nn_st st;
	int bad;

	if (nn_st_open(&st, path, e))
		return -1;
	bad = nn_st_load(&st, "", &d->model.params, true, false, NULL, e);
	read_progress(d, &st);
	nn_st_close(&st);
	return bad;
}

/* ---- use ---- */

struct nn_tensor detector_input(const struct loader_batch *b)
{
	return (struct nn_tensor){.type = NN_F32,
		.rank = 4,
		.dim = {b->n, b->h, b->w, 3},
		.data = b->x};
}

int detector_photo(struct detector *d, const char *path,
	const struct rcnn_detect_rule *rule, struct detector_view *view,
	struct rcnn_detection **found, struct err *e)
{
	const struct rcnn_config *c = &d->model.config;
	const struct loader_picture *p;
	struct rcnn_sight sight;
	struct rcnn_found list;
	struct nn_tensor x;

	if (loader_one(&d->one, &d->look, rcnn_config_test_scale(c), path, e))
		return -1;
	p = d->one.picture;
	*view = (struct detector_view){p->photo_w, p->photo_h};
	x = detector_input(&d->one);
	nn_tape_reset(&d->tape);
	d->tape.record = d->tape.train = false;
	sight = (struct rcnn_sight){{(float)p->w, (float)p->h, (float)p->scale},
		(float)p->photo_w, (float)p->photo_h};
	rcnn_detect(&d->model, &d->tape, &x, &sight, rule, &list);
	*found = list.list;
	return list.n;
}

void detector_box(const struct detector *d, const struct rcnn_detection *found,
	double box[4])
{
	const struct rcnn_box *b = &found->box;
	/* Corners may be pixels, both inside; a record's are edges. */
	double pixel = (double)rcnn_config_convention(&d->model.config)->pixel;

	box[0] = (double)b->x1;
	box[1] = (double)b->y1;
	box[2] = (double)b->x2 - (double)b->x1 + pixel;
	box[3] = (double)b->y2 - (double)b->y1 + pixel;
}
