#include "app/trainer.h"
#include "rcnn/objective.h"

#include <string.h>

static char *file_name(struct trainer *t, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", t->config.output_dir, name);
}

static int checkpoint(struct trainer *t, struct err *e)
{
	struct arena a = {0};
	char *path = arena_printf(&a, "%s/model_iter%07lld.safetensors",
		t->config.output_dir, (long long)t->d.iteration);
	int bad = detector_save(&t->d, path, true, e);

	if (!bad && t->c->verbose)
		cli_note(t->c, "wrote '%s'", path);
	arena_release(&a);
	return bad;
}

/* ---- one step ---- */

/* What the loader knows of the batch, as the losses want it: boxes in pixels
 * of the (mirrored) photograph, or of the network, as the convention has it. */
static struct rcnn_example *examples(
	struct arena *a, const struct loader_batch *b, bool photo)
{
	struct rcnn_example *ex = arena_zero(a, (size_t)b->n, sizeof *ex);

	for (int i = 0; i < b->n; i++) {
		const struct loader_picture *p = &b->picture[i];
		struct rcnn_truth *truth =
			arena_zero(a, (size_t)p->nboxes + 1, sizeof *truth);
		float scale = photo ? (float)p->scale : 1;

		for (int j = 0; j < p->nboxes; j++) {
			struct rcnn_box box;

			memcpy(&box, p->box[j], sizeof box);
			truth[j] = (struct rcnn_truth){
				rcnn_box_scale(&box, 1 / scale), p->classes[j],
				p->crowd[j] != 0};
		}
		ex[i] = (struct rcnn_example){
			{(float)p->w, (float)p->h, scale}, truth, p->nboxes};
	}
	return ex;
}

/* Say which step failed, how, and on which photographs. */
static int name_pictures(
	struct trainer *t, const struct loader_batch *b, struct err *e)
{
	struct arena *a = &t->d.step;
	const char *files = "", *why = arena_dup(a, e->msg);

	for (int i = 0; i < b->n; i++) {
		const struct loader_picture *p = &b->picture[i];

		files = arena_printf(a, "%s '%s'", files,
			t->train[p->set].coco->images[p->image].file);
	}
	return err_set(e, ERR_DATA, "iteration %lld: %s, photographs%s",
		(long long)t->d.iteration + 1, why, files);
}

static int step(struct trainer *t, struct rcnn_losses *l, double *norm,
	int *pictures, struct err *e)
{
	struct detector *d = &t->d;
	const struct loader_batch *b;
	struct nn_tensor x;

	if (loader_next(t->loader, d->iteration, &b, e))
		return -1;
	*pictures = b->n;
	x = detector_input(b);
	nn_tape_reset(&d->tape);
	d->tape.record = d->tape.train = true;
	nn_params_clear_grads(&d->model.params);
	rcnn_losses(&d->model, &d->tape, &x,
		examples(
			&d->step, b, rcnn_config_convention(&t->config)->photo),
		d->iteration, l);
	if (rcnn_update(&d->model, l, d->iteration, norm, e))
		return name_pictures(t, b, e);
	d->iteration++;
	return 0;
}

/* ---- what is said of it ---- */

static int report(struct trainer *t, const struct rcnn_losses *l, double norm,
	double rate, struct err *e)
{
	int64_t iter = t->d.iteration, left = t->config.max_iter - iter;
	double per_step = (double)t->config.ims_per_batch / rate;
	struct metric m[] = {{"iter", (double)iter, 0},
		{"lr", (double)rcnn_config_lr(&t->config, iter - 1), 9},
		{"loss", (double)l->total, 9},
		{"loss_rpn_cls", (double)l->rpn_cls, 9},
		{"loss_rpn_bbox", (double)l->rpn_box, 9},
		{"loss_cls", (double)l->cls, 9},
		{"loss_bbox", (double)l->box, 9},
		{"accuracy_cls", (double)l->accuracy, 4},
		{"fg_regions", l->fg, 0}, {"grad_norm", norm, 4},
		{"images_per_s", rate, 3},
		{"eta_s", (double)left * per_step, 0},
		{"memory_mib",
			(double)((t->d.step.held + t->d.pool.mark) >> 20), 0},
		{0}};

	return metrics_add(&t->metrics, m, e);
}

static bool tell(void *arg, const struct err *why)
{
	if (why)
		cli_warn(arg, "%s", why->msg);
	return !cli_stopped();
}

static int evaluate(struct trainer *t, struct err *e)
{
	struct arena a = {0};
	struct cocoeval v;
	struct metric m[COCOEVAL_FIGURES + 2] = {
		{"iter", (double)t->d.iteration, 0}};
	int bad = validate(&t->d, t->test, tell, t->c, &v, &a, e);

	for (int i = 0; i < COCOEVAL_FIGURES && !bad; i++)
		m[i + 1] = (struct metric){cocoeval_name(i), v.figure[i], 6};
	if (!bad)
		bad = metrics_add(&t->metrics, m, e);
	if (!bad)
		t->d.rated = t->d.iteration;
	if (!bad && v.figure[COCOEVAL_AP] > t->d.best) {
		t->d.best = v.figure[COCOEVAL_AP];
		bad = detector_save(&t->d,
			file_name(t, &a, "model_best.safetensors"), false, e);
	}
	if (!bad)
		cli_note(t->c, "iteration %lld: AP %.4f, AP50 %.4f",
			(long long)t->d.iteration, v.figure[COCOEVAL_AP],
			v.figure[COCOEVAL_AP50]);
	/* Told to stop meanwhile: that is no failure. */
	bad = bad && !cli_stopped() ? -1 : 0;
	arena_release(&a);
	return bad;
}

static bool every(int64_t n, int64_t iter)
{
	return n > 0 && iter % n == 0;
}

/* Whether a validation is due and was not done, or was interrupted. */
static bool unrated(const struct trainer *t)
{
	int64_t iter = t->d.iteration;

	return t->test && t->d.rated < iter &&
	       (every(t->config.eval_iters, iter) ||
		       iter == t->config.max_iter);
}

/* Whatever is due after a step. */
static int after(struct trainer *t, struct err *e)
{
	const struct rcnn_config *c = &t->config;
	int64_t iter = t->d.iteration,
		every_n = c->snapshot_iters / c->num_gpus;

	/* First what the checkpoint has to know of. */
	if (unrated(t) && !cli_stopped() && evaluate(t, e))
		return -1;
	if (every(every_n, iter) || cli_checkpoint_asked() || cli_stopped())
		return checkpoint(t, e);
	return 0;
}

int trainer_run(struct trainer *t, struct err *e)
{
	const struct rcnn_config *c = &t->config;
	double began = progress_clock();
	int pictures = 0, bad = 0;
	struct arena a = {0};

	if (unrated(t))
		bad = evaluate(t, e);
	progress_begin(&t->bar, t->c, "steps", (double)t->d.iteration,
		(double)c->max_iter);
	while (!bad && t->d.iteration < c->max_iter && !cli_stopped()) {
		struct rcnn_losses l;
		char extra[64];
		double norm;
		int n;

		bad = step(t, &l, &norm, &n, e);
		if (bad)
			break;
		pictures += n;
		snprintf(extra, sizeof extra, "loss %.4f", (double)l.total);
		progress_at(&t->bar, (double)t->d.iteration, extra);
		if (every(c->log_iters, t->d.iteration) ||
			t->d.iteration == c->max_iter) {
			bad = report(t, &l, norm,
				pictures / (progress_clock() - began), e);
			began = progress_clock();
			pictures = 0;
		}
		if (!bad)
			bad = after(t, e);
	}
	progress_end(&t->bar);
	if (!bad && t->d.iteration >= c->max_iter && !unrated(t))
		bad = detector_save(&t->d,
			file_name(t, &a, "model_final.safetensors"), false, e);
	arena_release(&a);
	return bad;
}
