#include "app/trainer_int.h"
#include "app/validate.h"

static bool tell(void *arg, const struct err *why)
{
	if (why)
		cli_warn(arg, "%s", why->msg);
	return !cli_stopped();
}

static int record(struct trainer *t, const struct validation *v, struct err *e)
{
	struct metric m[COCOEVAL_FIGURES + 8];
	int n = 0;

	m[n++] = (struct metric){"iter", (double)t->d.iteration, 0};
	for (int i = 0; i < COCOEVAL_FIGURES; i++)
		m[n++] =
			(struct metric){cocoeval_name(i), v->eval.figure[i], 6};
	m[n++] = (struct metric){"val_loss", v->loss, 6};
	m[n++] = (struct metric){"val_loss_rpn_cls", v->rpn_cls, 6};
	m[n++] = (struct metric){"val_loss_rpn_bbox", v->rpn_box, 6};
	m[n++] = (struct metric){"val_loss_cls", v->cls, 6};
	m[n++] = (struct metric){"val_loss_bbox", v->box, 6};
	m[n] = (struct metric){0};
	return metrics_add(&t->metrics, m, e);
}

static int rate(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;
	struct arena a = {0};
	struct validation v;
	double ap, best = d->best;
	int bad;

	if (d->ema.on)
		nn_ema_swap(&d->ema, &d->model.params);
	bad = validate(d, t->test, tell, t->c, &v, &a, e);
	if (d->ema.on)
		nn_ema_swap(&d->ema, &d->model.params);
	arena_release(&a);
	/* Told to stop meanwhile: that is no failure. */
	if (bad)
		return cli_stopped() ? 0 : -1;
	ap = v.eval.figure[COCOEVAL_AP];
	if (record(t, &v, e))
		return -1;
	d->rated = d->iteration;
	d->stale = ap > best ? 0 : d->stale + 1;
	cli_note(t->c, "iteration %lld: AP %.4f, AP50 %.4f, loss %.4f",
		(long long)d->iteration, ap, v.eval.figure[COCOEVAL_AP50],
		v.loss);
	if (!(ap > best))
		return 0;
	d->best = ap; /* the file says it, too */
	if (!trainer_save_weights(t, TRAINER_BEST, e))
		return 0;
	d->best = best;
	return -1;
}

int trainer_rate(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;

	/* A process that fails ends the others, which wait here. */
	if (!t->ranks.rank && rate(t, e))
		return -1;
	nn_ranks_share(&t->ranks, &d->rated, sizeof d->rated);
	nn_ranks_share(&t->ranks, &d->stale, sizeof d->stale);
	nn_ranks_share(&t->ranks, &d->best, sizeof d->best);
	return 0;
}

bool trainer_tired(const struct trainer *t)
{
	return t->test && t->config.patience &&
	       t->d.stale >= t->config.patience;
}
