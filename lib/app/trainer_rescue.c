#include "app/trainer_int.h"
#include "base/file.h"

/* Everything that was learnt since the newest checkpoint is given up, but not
 * the place in the data: the same batches would lead to the same end. */
static int go_back(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;
	struct arena a = {0};
	char *found = trainer_newest(t, &a);
	int64_t iteration = d->iteration, rated = d->rated, stale = d->stale;
	double best = d->best;
	int bad;

	if (found)
		bad = detector_resume(d, found, e);
	else
		bad = trainer_start_weights(t, e);
	if (!bad)
		cli_warn(t->c, "iteration %lld: back to the weights of %s",
			(long long)iteration,
			found ? found : "the beginning");
	d->iteration = d->rolled = iteration;
	d->rated = rated;
	d->stale = stale;
	d->best = best;
	d->skips = 0;
	arena_release(&a);
	return bad;
}

/* Whether the newest checkpoint is the one that was gone back to last time. */
static bool been_there(const struct trainer *t)
{
	struct arena a = {0};
	const char *name = trainer_newest(t, &a);
	int64_t at = name ? trainer_checkpoint_number(file_base(name)) : 0;

	arena_release(&a);
	return t->d.rolled && at < t->d.rolled;
}

int trainer_pass_over(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;
	long long most = t->config.max_skips;
	struct metric m[] = {{"iter", (double)d->iteration + 1, 0},
		{"skipped", (double)d->skips + 1, 0}, {0}};

	if (!most)
		return -1;
	if (d->skips + 1 >= most && been_there(t))
		return err_wrap(e,
			"%lld batches in a row, again, and there is nothing "
			"else to go back to: try a lower SOLVER.BASE_LR or "
			"SOLVER.CLIP_NORM 10",
			most);
	d->iteration++;
	d->skips++;
	cli_warn(t->c, "%s: passed over, %lld of at most %lld in a row",
		e->msg, (long long)d->skips, most);
	if (metrics_add(&t->metrics, m, e))
		return -1;
	return d->skips < most ? 0 : go_back(t, e);
}
