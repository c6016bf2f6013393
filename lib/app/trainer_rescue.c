#include "app/trainer_int.h"

/*
 * The checkpoint to go back to: the newest from before the batches that were
 * passed over; but when none was written since it was last gone back, one older
 * than that time's. -1 when there is nothing left to try; 0, the beginning.
 */
static int64_t goal(const struct trainer *t)
{
	const struct detector *d = &t->d;
	int64_t at = trainer_newest_before(t, d->iteration - d->skips + 1);

	if (!d->rolled || at > d->rolled)
		return at;
	return d->rolled_to ? trainer_newest_before(t, d->rolled_to) : -1;
}

/* Everything that was learnt since is given up, but not the place in the data:
 * the same batches would lead to the same end. */
static int go_back(struct trainer *t, int64_t to, struct err *e)
{
	struct detector *d = &t->d;
	struct arena a = {0};
	char *path = trainer_checkpoint_path(t, &a, to);
	struct detector now = *d;
	int bad =
		to ? detector_resume(d, path, e) : trainer_start_weights(t, e);

	if (!bad)
		cli_warn(t->c, "iteration %lld: back to the weights of %s",
			(long long)now.iteration, to ? path : "the beginning");
	d->iteration = d->rolled = now.iteration;
	d->rolled_to = to;
	d->rated = now.rated;
	d->stale = now.stale;
	d->best = now.best;
	d->skips = 0;
	/* With other weights: what was asked of these is no step. */
	t->nasked = 0;
	arena_release(&a);
	return bad;
}

int trainer_pass_over(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;
	long long most = t->config.max_skips;
	struct metric m[] = {{"iter", (double)d->iteration + 1, 0},
		{"skipped", (double)d->skips + 1, 0}, {0}};
	int64_t to;

	if (!most)
		return -1;
	d->iteration++;
	d->skips++;
	to = d->skips < most ? 0 : goal(t);
	if (to < 0)
		return err_wrap(e,
			"%lld batches in a row, again, and there is nothing "
			"else to go back to: try a lower SOLVER.BASE_LR or "
			"SOLVER.CLIP_NORM 10",
			most);
	cli_warn(t->c, "%s: passed over, %lld of at most %lld in a row", e->msg,
		(long long)d->skips, most);
	if (metrics_add(&t->metrics, m, e))
		return -1;
	return d->skips < most ? 0 : go_back(t, to, e);
}
