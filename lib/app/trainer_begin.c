#include "app/compute.h"
#include "app/configure.h"
#include "app/trainer_int.h"
#include "app/weights.h"
#include "base/file.h"
#include "base/host.h"
#include "base/mem.h"

#include <unistd.h>

/* From TRAIN.WEIGHTS, if there are any. */
static int given_weights(struct trainer *t, struct err *e)
{
	return *t->config.train_weights
		       ? weights_begin(&t->d, t->c, t->offline, e)
		       : 0;
}

int trainer_start_weights(struct trainer *t, struct err *e)
{
	struct rcnn_model *m = &t->d.model;
	enum nn_type dtype = m->dtype;

	rcnn_model_release(m);
	rcnn_model_init(m, t->d.be, &t->config, (uint64_t)t->config.rng_seed);
	m->dtype = dtype;
	if (given_weights(t, e))
		return -1;
	if (t->d.ema.on)
		nn_ema_restart(&t->d.ema, &m->params);
	return 0;
}

static int begin_weights(struct trainer *t, struct err *e)
{
	char *found =
		t->config.auto_resume ? trainer_newest(t, &t->arena) : NULL;

	if (!found && given_weights(t, e))
		return -1;
	if (t->config.ema_decay > 0)
		nn_ema_init(&t->d.ema, &t->d.model.params);
	if (!found)
		return 0;
	if (detector_resume(&t->d, found, e))
		return -1;
	cli_note(t->c, "resuming at iteration %lld from '%s'",
		(long long)t->d.iteration, found);
	return 0;
}

/* Of annotations the lint has told. */
static void note_defect(void *arg, enum truth_defect d, const char *msg)
{
	struct trainer *t = arg;

	if (d == TRUTH_PHOTO)
		cli_warn(t->c, "%s", msg);
}

/* As many as keep a network on the same processors fed: decoding takes a small
 * part of what learning takes. */
static int loaders(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN) / 4;

	return n < 1 ? 1 : n > 8 ? 8 : (int)n;
}

static int begin_loader(struct trainer *t, struct err *e)
{
	const struct rcnn_config *c = &t->config;
	struct loader_options o = {.sets = t->train,
		.nsets = t->ntrain,
		.look = t->d.look,
		.nsizes = c->train_scales.n,
		.batch = (int)c->ims_per_batch,
		.rank = t->ranks.rank,
		.ranks = t->ranks.size,
		.seed = (uint64_t)c->rng_seed,
		.flip = c->use_flipped,
		.vary = {.jitter = (float)c->jitter,
			.hue = (float)c->hue,
			.crop = (float)c->crop,
			.stretch = (float)c->stretch,
			.erase = (float)c->erase},
		.min_area = c->gt_min_area,
		.grouped = c->aspect_grouping,
		.keep_empty = c->keep_empty,
		.inside = t->lint.policy == LINT_DROP,
		.edges = rcnn_config_convention(c)->pixel == 0,
		.bytes = !t->d.be->host,
		.memory = detector_memory(&t->d),
		.threads = t->loaders ? t->loaders : loaders(),
		/* A step more may be under way (trainer_step). */
		.stay = t->d.be->host ? 0 : 1,
		.note = note_defect,
		.arg = t};

	o.look.max_size = (int)c->train_max_size;
	for (int i = 0; i < o.nsizes; i++)
		o.sizes[i] = (int)c->train_scales.v[i];
	t->loader = loader_new(&o, e);
	if (!t->loader)
		return -1;
	if (t->ranks.size > 1)
		cli_note(t->c, "%d processes, %d of them on this machine",
			t->ranks.size, t->ranks.locals);
	cli_note(t->c, "%d photographs to learn from, %d steps an epoch%s",
		loader_pictures(t->loader), loader_epoch(t->loader),
		c->use_flipped ? " (with their mirror images)" : "");
	return 0;
}

/* A checkpoint, the best and the last weights are to be written at least. */
static void check_disk(struct trainer *t)
{
	size_t weights = 4 * (size_t)nn_params_count(&t->d.model.params);
	size_t need = weights * (t->d.ema.on ? 5 : 4);
	size_t room = host_disk(t->config.output_dir);

	if (room < need)
		cli_warn(t->c,
			"'%s' has %zu MiB free, %zu are needed for checkpoints",
			t->config.output_dir, room >> 20, need >> 20);
}

static int check_need(struct trainer *t, struct err *e)
{
	int n = (int)t->config.ims_per_batch, h, w;
	struct nn_footprint need;
	char what[64];
	size_t all;

	loader_largest(t->loader, &h, &w);
	need = rcnn_losses_footprint(&t->d.model, &t->d.tape, n, h, w);
	snprintf(what, sizeof what, "%d picture%s of %dx%d", n,
		n == 1 ? "" : "s", w, h);
	compute_tell_need(t->c, &need, what);
	nn_prefetch_init(&t->ahead, t->d.be, loader_batch_bytes(t->loader));
	for (int i = 0; i < 2; i++)
		nn_readback_init(&t->asked[i].readback.readback, t->d.be, i);
	all = need.total + loader_bytes(t->loader) +
	      nn_prefetch_bytes(&t->ahead);
	if (t->d.ema.on)
		all += nn_params_bytes(&t->d.ema.mean, 0);
	return compute_check_need(t->c, all * (size_t)t->ranks.locals,
		"fewer TRAIN.IMS_PER_BATCH, smaller TRAIN.SCALES, or --dtype "
		"bf16 need less",
		e);
}

/* All processes go on from the same step, or they would wait for ever. */
static int check_begun(struct trainer *t, struct err *e)
{
	int at = (int)t->d.iteration;
	int most = nn_ranks_most(&t->ranks, at);
	int least = -nn_ranks_most(&t->ranks, -at);

	if (most == least)
		return 0;
	return err_set(e, ERR_NOINPUT,
		"'%s' is not the same folder to all processes: one goes on at "
		"iteration %d, another at %d",
		t->config.output_dir, least, most);
}

/* The files that the first process writes while it trains. */
static int begin_files(struct trainer *t, const char *extra, struct err *e)
{
	const char *dir = t->config.output_dir;

	if (t->ranks.rank)
		return 0;
	if (!t->unsaved &&
		metrics_open(&t->metrics,
			arena_printf(&t->arena, "%s/metrics.jsonl", dir),
			"iter", t->d.iteration, e))
		return -1;
	if (extra &&
		metrics_open(&t->metrics, extra, "iter", t->d.iteration, e))
		return -1;
	if (!t->unsaved) {
		trainer_sweep(t);
		check_disk(t);
	}
	return 0;
}

int trainer_begin(struct trainer *t, const char *extra, const char *device,
	const char *dtype, int threads, struct err *e)
{
	char room[NN_RANKS_CARD];

	device = nn_ranks_card(&t->ranks, device, room);
	if (detector_new(
		    &t->d, &t->config, t->train[0].coco, device, threads, e) ||
		nn_ranks_meet(&t->ranks, t->d.be, e) ||
		compute_type(t->c, dtype, t->d.be, &t->d.model.dtype, e))
		return -1;
	if (t->test && t->test->coco->ncategories != t->d.ncategories)
		return err_set(e, ERR_DATA,
			"'%s' has %d categories, '%s' has %d",
			t->test->coco->path, t->test->coco->ncategories,
			t->train[0].coco->path, t->d.ncategories);
	if (!t->unsaved && !t->ranks.rank &&
		file_mkdirs(t->config.output_dir, e))
		return -1;
	if (begin_weights(t, e) || check_begun(t, e) || begin_loader(t, e))
		return -1;
	if (!t->unsaved) {
		configure_schedule(t->c, &t->config, loader_pictures(t->loader),
			t->ranks.size);
		t->d.model.config = t->config;
	}
	if (begin_files(t, extra, e))
		return -1;
	cli_note(t->c, "%lld trained values of %d tensors",
		(long long)nn_params_count(&t->d.model.params),
		t->d.model.params.n);
	return check_need(t, e);
}

void trainer_release(struct trainer *t)
{
	metrics_close(&t->metrics);
	/* Batches of the loader's may be on their way. */
	nn_prefetch_release(&t->ahead);
	loader_free(t->loader);
	for (int i = 0; i < 2; i++)
		nn_readback_release(&t->asked[i].readback.readback);
	nn_snapshot_release(&t->snapshot);
	mem_free(t->saved);
	detector_release(&t->d);
	arena_release(&t->arena);
}
