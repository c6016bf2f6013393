#define _DEFAULT_SOURCE
#include "app/compute.h"
#include "app/configure.h"
#include "app/trainer.h"
#include "app/weights.h"
#include "base/file.h"
#include "base/num.h"
#include "rcnn/objective.h"

#include <dirent.h>
#include <string.h>

/* NAME=ann.json:imgdir; the folder begins behind the last colon. */
static int read_set(struct trainer *t, const char *arg, struct err *e)
{
	struct trainer_set *s = &t->sets[t->nsets];
	const char *eq = strchr(arg, '='), *colon = strrchr(arg, ':');
	char *ann;

	if (!eq || eq == arg || !colon || colon < eq || !colon[1])
		return err_set(e, ERR_USAGE,
			"--dataset: NAME=ann.json:imgdir expected, not '%s'",
			arg);
	if (t->nsets == TRAINER_SETS_MAX ||
		(size_t)(eq - arg) >= sizeof s->name)
		return err_set(
			e, ERR_USAGE, "--dataset: too many, or too long");
	memcpy(s->name, arg, (size_t)(eq - arg));
	s->name[eq - arg] = 0;
	ann = arena_dupn(&t->arena, eq + 1, (size_t)(colon - eq - 1));
	if (coco_read(&s->coco, ann, COCO_NEED_FILES, &t->arena, e))
		return -1;
	s->set = (struct loader_set){&s->coco, colon + 1};
	t->nsets++;
	return 0;
}

static const struct loader_set *find_set(
	const struct trainer *t, const char *name)
{
	for (int i = 0; i < t->nsets; i++)
		if (!strcmp(t->sets[i].name, name))
			return &t->sets[i].set;
	return NULL;
}

int trainer_sets(struct trainer *t, const struct opt_list *args, struct err *e)
{
	const struct key_strs *train = &t->config.train_datasets;
	const struct key_strs *test = &t->config.test_datasets;

	for (int i = 0; i < args->n; i++)
		if (read_set(t, args->v[i], e))
			return -1;
	if (!train->n)
		return err_set(e, ERR_CONFIG, "TRAIN.DATASETS names none");
	for (int i = 0; i < train->n; i++) {
		const struct loader_set *s = find_set(t, train->v[i]);

		if (!s)
			return err_set(e, ERR_CONFIG,
				"TRAIN.DATASETS: no --dataset %s=...",
				train->v[i]);
		t->train[t->ntrain++] = *s;
	}
	if ((t->config.eval_iters || t->config.eval_epochs > 0) && test->n) {
		t->test = find_set(t, test->v[0]);
		if (!t->test)
			return err_set(e, ERR_CONFIG,
				"TEST.DATASETS: no --dataset %s=...",
				test->v[0]);
	}
	return 0;
}

/* The newest model_iterN.safetensors in OUTPUT_DIR, or NULL. */
static char *newest(struct trainer *t)
{
	const char *dir = t->config.output_dir;
	DIR *d = opendir(dir);
	struct dirent *f;
	int64_t best = -1, n;
	char *found = NULL;

	while (d && (f = readdir(d))) {
		char digits[32];
		int end = 0;

		/* Not a temporary one that a killed run left behind. */
		if (sscanf(f->d_name, "model_iter%31[0-9].safetensors%n",
			    digits, &end) != 1 ||
			!end || f->d_name[end] ||
			!num_int(digits, best + 1, INT64_MAX, &n))
			continue;
		best = n;
		found = arena_printf(&t->arena, "%s/%s", dir, f->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

static int begin_weights(struct trainer *t, struct err *e)
{
	char *found = t->config.auto_resume ? newest(t) : NULL;

	if (!found)
		return *t->config.train_weights
			       ? weights_begin(&t->d, t->c, t->offline, e)
			       : 0;
	if (detector_resume(&t->d, found, e))
		return -1;
	cli_note(t->c, "resuming at iteration %lld from '%s'",
		(long long)t->d.iteration, found);
	return 0;
}

static void note_defect(void *arg, enum truth_defect d, const char *msg)
{
	struct trainer *t = arg;

	if (d == TRUTH_PHOTO)
		cli_warn(t->c, "%s", msg);
	else if (t->c->verbose)
		cli_note(t->c, "%s", msg);
}

static int begin_loader(struct trainer *t, struct err *e)
{
	const struct rcnn_config *c = &t->config;
	struct loader_options o = {.sets = t->train,
		.nsets = t->ntrain,
		.look = t->d.look,
		.nsizes = c->train_scales.n,
		.batch = (int)c->ims_per_batch,
		.seed = (uint64_t)c->rng_seed,
		.flip = c->use_flipped,
		.min_area = c->gt_min_area,
		.grouped = c->aspect_grouping,
		.edges = rcnn_config_convention(c)->pixel == 0,
		.note = note_defect,
		.arg = t};

	o.look.max_size = (int)c->train_max_size;
	for (int i = 0; i < o.nsizes; i++)
		o.sizes[i] = (int)c->train_scales.v[i];
	t->loader = loader_new(&o, e);
	if (!t->loader)
		return -1;
	for (int d = TRUTH_CROSSING; d < TRUTH_DEFECTS; d++)
		if (loader_defects(t->loader, d))
			cli_note(t->c, "%ld: %s", loader_defects(t->loader, d),
				truth_words(d));
	cli_note(t->c, "%d photographs to learn from, %d steps an epoch%s",
		loader_pictures(t->loader), loader_epoch(t->loader),
		c->use_flipped ? " (with their mirror images)" : "");
	return 0;
}

static void tell_need(struct trainer *t)
{
	int n = (int)t->config.ims_per_batch, h, w;
	struct nn_need need;
	char what[64];

	loader_largest(t->loader, &h, &w);
	need = rcnn_losses_need(&t->d.model, &t->d.tape, n, h, w);
	snprintf(what, sizeof what, "%d picture%s of %dx%d", n,
		n == 1 ? "" : "s", w, h);
	compute_tell_need(t->c, &need, what);
}

int trainer_begin(struct trainer *t, const char *extra, const char *device,
	const char *dtype, int threads, struct err *e)
{
	const char *dir = t->config.output_dir;

	if (detector_new(
		    &t->d, &t->config, t->train[0].coco, device, threads, e) ||
		compute_type(t->c, dtype, t->d.be, &t->d.model.dtype, e))
		return -1;
	if (t->test && t->test->coco->ncategories != t->d.ncategories)
		return err_set(e, ERR_DATA,
			"'%s' has %d categories, '%s' has %d",
			t->test->coco->path, t->test->coco->ncategories,
			t->train[0].coco->path, t->d.ncategories);
	if (file_mkdirs(dir, e) || begin_weights(t, e) || begin_loader(t, e))
		return -1;
	configure_schedule(t->c, &t->config, loader_pictures(t->loader));
	t->d.model.config = t->config;
	if (metrics_open(&t->metrics,
		    arena_printf(&t->arena, "%s/metrics.jsonl", dir), "iter",
		    t->d.iteration, e))
		return -1;
	if (extra &&
		metrics_open(&t->metrics, extra, "iter", t->d.iteration, e))
		return -1;
	cli_note(t->c, "%lld trained values of %d tensors",
		(long long)nn_params_count(&t->d.model.params),
		t->d.model.params.n);
	tell_need(t);
	return 0;
}

void trainer_release(struct trainer *t)
{
	metrics_close(&t->metrics);
	loader_free(t->loader);
	detector_release(&t->d);
	arena_release(&t->arena);
}
