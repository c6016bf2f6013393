#include "app/trainer_int.h"

static bool every(int64_t n, int64_t iter)
{
	return n > 0 && iter % n == 0;
}

static bool at_end(const struct trainer *t)
{
	return t->d.iteration >= t->config.max_iter || trainer_tired(t);
}

/* Whether a validation is due and was not done, or was interrupted. */
static bool unrated(const struct trainer *t)
{
	int64_t iter = t->d.iteration;

	return t->test && t->d.rated < iter &&
	       (every(t->config.eval_iters, iter) ||
		       iter == t->config.max_iter);
}

/* ---- what is said of the steps ---- */

/* Since the last record. */
struct stretch {
	double began;  /* seconds on the clock, but for what was no step */
	double waited; /* in all, for the loader, when it began */
	int pictures;
};

static struct stretch stretch_begin(const struct trainer *t)
{
	return (struct stretch){progress_clock(), loader_waited(t->loader), 0};
}

static int report(struct trainer *t, const struct trainer_step *s,
	const struct stretch *since, struct err *e)
{
	const struct rcnn_losses *l = &s->losses;
	int64_t iter = t->d.iteration, left = t->config.max_iter - iter;
	double seconds = progress_clock() - since->began;
	double rate = since->pictures / seconds;
	double waited = loader_waited(t->loader) - since->waited;
	double per_step =
		(double)(t->config.ims_per_batch * t->ranks.size) / rate;
	struct metric m[] = {{"iter", (double)iter, 0},
		{"lr", (double)rcnn_config_lr(&t->config, iter - 1), 9},
		{"loss", (double)l->total, 6},
		{"loss_rpn_cls", (double)l->rpn_cls, 6},
		{"loss_rpn_bbox", (double)l->rpn_box, 6},
		{"loss_cls", (double)l->cls, 6},
		{"loss_bbox", (double)l->box, 6},
		{"accuracy_cls", (double)l->accuracy, 4},
		{"fg_regions", l->fg, 0}, {"grad_norm", s->norm, 4},
		{"images_per_s", rate, 3}, {"data_wait", waited / seconds, 4},
		{"eta_s", (double)left * per_step, 0},
		{"memory_mib",
			(double)((t->d.step.held + t->d.pool.mark) >> 20), 0},
		{0}};

	return metrics_add(&t->metrics, m, e);
}

/* ---- the loop ---- */

/* What signals asked of any process, as all of them know it from now on: to
 * stop, which is to write a checkpoint too, or that alone. */
static void heed(struct trainer *t)
{
	int asked = nn_ranks_most(
		&t->ranks, 2 * cli_signal() + (cli_checkpoint_asked() ? 1 : 0));

	if (asked > 1)
		cli_stop(asked / 2);
	t->stop = asked > 1;
	t->save |= asked % 2 != 0;
}

/* So many steps of the schedule's pictures. */
static bool snapshot(const struct trainer *t, int64_t iter)
{
	int64_t n = t->config.snapshot_iters / t->config.num_gpus;

	return every(n < 1 ? 1 : n, iter);
}

/* Whether nobody looks at the weights after the next step. */
static bool goes_on(const struct trainer *t)
{
	int64_t iter = t->d.iteration + 1;

	return iter < t->config.max_iter && !snapshot(t, iter) &&
	       !(t->test && every(t->config.eval_iters, iter)) && !t->save &&
	       !t->stop;
}

/* Whatever is due after a step. */
static int after(struct trainer *t, struct stretch *since, struct err *e)
{
	double began = progress_clock();
	int64_t iter = t->d.iteration;
	/* The last is what a longer run goes on from. */
	bool due = snapshot(t, iter) || iter >= t->config.max_iter;
	int bad = 0;

	heed(t);
	/* What is due now waits for the step that is under way; for that, no
	 * other is asked for. */
	if (t->nasked)
		return 0;
	/* First what the checkpoint has to know of. */
	if (unrated(t) && !t->stop) {
		bad = trainer_rate(t, e);
		heed(t);
	}
	/* No good weights are kept while there may be bad ones. */
	if (!bad && ((due && !t->d.skips) || t->save || t->stop ||
			    trainer_tired(t))) {
		t->save = false;
		bad = trainer_checkpoint(t, e);
	}
	/* The rate is that of the steps. */
	since->began += progress_clock() - began;
	return bad;
}

static int steps(struct trainer *t, struct err *e)
{
	const struct rcnn_config *c = &t->config;
	struct stretch since = stretch_begin(t);
	int bad = 0;

	heed(t);
	while (!bad && !at_end(t) && (t->nasked || !t->stop)) {
		struct trainer_step s;
		char extra[64];

		if (trainer_step(t, goes_on(t), &s, e))
			return -1;
		since.pictures += s.pictures;
		snprintf(extra, sizeof extra, "loss %.4f",
			(double)s.losses.total);
		progress_at(&t->bar, (double)t->d.iteration, extra);
		if (s.pictures && (every(c->log_iters, t->d.iteration) ||
					  t->d.iteration == c->max_iter)) {
			bad = report(t, &s, &since, e);
			since = stretch_begin(t);
		}
		if (!bad)
			bad = after(t, &since, e);
	}
	return bad;
}

int trainer_run(struct trainer *t, struct err *e)
{
	int bad = 0;

	if (at_end(t) && !unrated(t))
		cli_note(t->c,
			"'%s' has a run that is over: another OUTPUT_DIR, or a "
			"larger SOLVER.MAX_ITER, for more",
			t->config.output_dir);
	if (unrated(t))
		bad = trainer_rate(t, e);
	progress_begin(&t->bar, t->c, "steps", (double)t->d.iteration,
		(double)t->config.max_iter);
	if (!bad)
		bad = steps(t, e);
	progress_end(&t->bar);
	if (bad || !at_end(t) || unrated(t))
		return bad;
	if (trainer_tired(t))
		cli_note(t->c,
			"iteration %lld: %lld validations without a better AP "
			"than %.4f, it ends here",
			(long long)t->d.iteration, (long long)t->d.stale,
			t->d.best);
	/* What a run left that was killed before it could. */
	trainer_thin_out(t);
	return trainer_save_weights(t, TRAINER_FINAL, e);
}
