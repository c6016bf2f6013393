#define _DEFAULT_SOURCE
#include "app/detector.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "conf/conf.h"
#include "nn/device.h"

#include <math.h>
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
	d->look.shrink = c->pixel_shrink;
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
		nn_ema_release(&d->ema);
		rcnn_model_release(&d->model);
		nn_pool_release(&d->pool);
		d->be->close(d->be);
	}
	arena_release(&d->step);
	arena_release(&d->run);
	*d = (struct detector){0};
}

/* ---- metadata ---- */

/* A count in the metadata; 0 where there is none. */
static int64_t read_count(const struct nn_st *st, const char *key, int64_t most)
{
	const char *text = nn_st_meta(st, key);
	int64_t n;

	return text && num_int(text, 0, most, &n) ? n : 0;
}

static void read_progress(struct detector *d, const struct nn_st *st)
{
	const char *best = nn_st_meta(st, "best_ap");

	d->iteration = read_count(st, "iteration", INT64_MAX);
	d->rated = read_count(st, "rated", d->iteration);
	d->stale = read_count(st, "stale", INT64_MAX);
	d->skips = read_count(st, "skips", d->iteration);
	d->rolled = read_count(st, "rolled", d->iteration);
	d->rolled_to = read_count(st, "rolled_to", d->iteration);
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
	return err_wrap(e, "'%.200s'", st->path);
}

static int read_metadata(struct detector *d, const struct nn_st *st,
	struct rcnn_config *config, struct err *e)
{
	const char *format = nn_st_meta(st, "format");
	int got = detector_config(st, config, e);

	if (got < 0)
		return -1;
	if (!got || !format || strcmp(format, "deepstyle-rcnn") ||
		!nn_st_meta(st, "categories"))
		return err_set(
			e, ERR_DATA, "'%.200s': no detector of ours", st->path);
	d->ncategories = detector_categories(st, &d->run, &d->category, e);
	if (d->ncategories < 0) {
		d->ncategories = 0;
		return err_wrap(e, "'%.200s'", st->path);
	}
	if (d->ncategories + 1 != config->num_classes)
		return err_set(e, ERR_DATA,
			"'%.200s': %d categories, but %lld classes", st->path,
			d->ncategories, (long long)config->num_classes);
	read_progress(d, st);
	return 0;
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

/*
 * Whether the tensors are as large as the configuration says, by those from
 * which the sizes of all others follow: before memory is taken for a network
 * that the file cannot fill.
 */
static int check_sizes(
	const struct nn_st *st, const struct rcnn_config *c, struct err *e)
{
	int64_t wide = c->mlp_head_dim, k = c->roi_xform_resolution;
	int64_t inner = rcnn_config_inner(c, RESNET_STAGES - 1);
	const struct {
		const char *name;
		int64_t rows, columns;
	} sizes[] = {{"backbone.body.layer4.0.conv2.weight", inner,
			     inner / c->num_groups},
		{"backbone.fpn.layer_blocks.0.0.weight", c->fpn_dim,
			c->fpn_dim},
		{"roi_heads.box_head.fc6.weight", wide, c->fpn_dim * k * k},
		{"roi_heads.box_predictor.cls_score.weight", c->num_classes,
			wide}};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct nn_st_entry *t = nn_st_find(st, sizes[i].name);

		if (!t)
			return err_set(e, ERR_DATA, "tensor '%s' is missing",
				sizes[i].name);
		if (t->rank < 2 || t->shape[0] != sizes[i].rows ||
			t->shape[1] != sizes[i].columns)
			return err_set(e, ERR_DATA,
				"tensor '%s' is not %lld by %lld, as its "
				"config has it",
				sizes[i].name, (long long)sizes[i].rows,
				(long long)sizes[i].columns);
	}
	return 0;
}

/* Of a parameter, which may lie on a device. */
static int64_t count_bad(struct nn_backend *be, const struct nn_tensor *x)
{
	float *copy = be->host ? NULL : mem_alloc(nn_bytes(x), 1);
	const float *v = copy ? copy : x->data;
	int64_t bad = 0;

	if (copy)
		be->copy(be, copy, x->data, nn_bytes(x));
	for (int64_t k = 0; k < nn_count(x); k++)
		bad += !isfinite(v[k]);
	mem_free(copy);
	return bad;
}

static int check_finite(const struct nn_params *ps, struct err *e)
{
	for (int i = 0; i < ps->n; i++) {
		int64_t bad = count_bad(ps->be, &ps->p[i]->x);

		if (bad)
			return err_set(e, ERR_DATA,
				"tensor '%s' has %lld values that are not "
				"finite",
				ps->p[i]->name, (long long)bad);
	}
	return 0;
}

static int open_file(struct detector *d, const struct nn_st *st,
	const char *device, int threads, struct err *e)
{
	struct rcnn_config config;

	if (read_metadata(d, st, &config, e))
		return -1;
	if (check_sizes(st, &config, e))
		return err_wrap(e, "'%.200s'", st->path);
	if (set_up(d, &config, device, threads, e) ||
		nn_st_load(st, "", &d->model.params, false, false, NULL, e))
		return -1;
	if (check_finite(&d->model.params, e))
		return err_wrap(e, "'%.200s'", st->path);
	return 0;
}

int detector_open(struct detector *d, const char *path, const char *device,
	int threads, struct err *e)
{
	struct nn_st st;
	int bad;

	*d = (struct detector){.best = -1};
	if (nn_st_open(&st, path, e))
		return -1;
	bad = open_file(d, &st, device, threads, e);
	nn_st_close(&st);
	if (bad)
		detector_release(d);
	return bad ? -1 : 0;
}

static const char *count_text(struct arena *a, int64_t n)
{
	return arena_printf(a, "%lld", (long long)n);
}

int detector_save(const struct detector *d, const char *path, bool with_state,
	struct err *e)
{
	struct nn_st_part part[] = {{"", (struct nn_params *)&d->model.params},
		{"ema.", (struct nn_params *)&d->ema.mean}};
	struct arena a = {0};
	struct buf b;
	char *config = detector_config_text(&d->model.config);
	int bad;

	buf_init(&b, CONFIG_MAX);
	struct nn_meta meta[] = {{"format", "deepstyle-rcnn"},
		{"config", config ? config : ""},
		{"categories", detector_categories_text(d, &a, &b)},
		{"iteration", count_text(&a, d->iteration)},
		{"rated", count_text(&a, d->rated)},
		{"best_ap", arena_printf(&a, "%.17g", d->best)},
		{"stale", count_text(&a, d->stale)},
		{"skips", count_text(&a, d->skips)},
		{"rolled", count_text(&a, d->rolled)},
		{"rolled_to", count_text(&a, d->rolled_to)}};
	bad = nn_st_save(path, part, with_state && d->ema.on ? 2 : 1,
		with_state, meta, sizeof meta / sizeof *meta, e);
	free(config);
	buf_release(&b);
	arena_release(&a);
	return bad;
}

int detector_resume(struct detector *d, const char *path, struct err *e)
{
	struct nn_st st;
	int bad, missing = 0;

	if (nn_st_open(&st, path, e))
		return -1;
	bad = detector_check_categories(d, &st, e) ||
	      nn_st_load(&st, "", &d->model.params, true, false, NULL, e);
	if (!bad && d->ema.on)
		bad = nn_st_load(
			&st, "ema.", &d->ema.mean, false, true, &missing, e);
	if (!bad && missing)
		nn_ema_restart(&d->ema, &d->model.params);
	if (!bad)
		read_progress(d, &st);
	nn_st_close(&st);
	return bad ? -1 : 0;
}

/* ---- use ---- */

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
