#include "gan/gan_train.h"
#include "gan/gan_file.h"
#include "gan/ring.h"

#include <string.h>
#include <unistd.h>

/* The checkpoint's labels are those that the pictures have. */
static int same_labels(const struct nn_st *st, const struct gan_run *run,
	const struct gan_labels *labels, struct err *e)
{
	struct gan_labels old = {0};
	const char *a, *b;
	int bad;

	if (!run->net.labels)
		return 0;
	bad = gan_file_labels(st, run, &old, e);
	if (!bad) {
		a = gan_labels_text(&old, &old.arena);
		b = gan_labels_text(labels, &old.arena);
		if (strcmp(a, b))
			bad = err_set(e, ERR_USAGE,
				"--labels: the pictures' labels are not those "
				"of the checkpoint");
	}
	gan_labels_release(&old);
	return bad;
}

static int resume_from(struct gan *m, const struct gan_wish *wish,
	const struct gan_labels *labels, struct nn_backend *be,
	const char *model, struct err *e)
{
	struct gan_run run, old;
	struct nn_st st;
	int bad;

	if (gan_file_open(&st, model, &old, e))
		return -1;
	bad = gan_plan(&run, wish, labels ? labels->n : 0, &old, e) ||
	      same_labels(&st, &run, labels, e);
	if (!bad) {
		gan_init(m, &run, be);
		m->labels = labels;
		bad = gan_file_load(&st, m, e);
		if (bad)
			gan_release(m);
	}
	nn_st_close(&st);
	return bad ? -1 : 0;
}

int gan_start(struct gan *m, const struct gan_wish *wish,
	const struct gan_labels *labels, struct nn_backend *be,
	const char *model, bool resume, struct err *e)
{
	struct gan_run run;

	if (!access(model, F_OK)) {
		if (resume)
			return resume_from(m, wish, labels, be, model, e);
		return err_set(e, ERR_CREATE,
			"'%s' is there already: --resume goes on with it",
			model);
	}
	if (gan_plan(&run, wish, labels ? labels->n : 0, NULL, e))
		return -1;
	gan_init(m, &run, be);
	m->labels = labels;
	return 0;
}

/* Did we come past a multiple of every? */
static bool due(int64_t before, int64_t now, int64_t every)
{
	return every && before / every < now / every;
}

struct loop {
	struct gan *m;
	const struct gan_loop *how;
	int64_t saved, sampled, scored; /* images, the last time */
	bool save;                      /* is asked for */
};

static int save(struct loop *l, const char *path, struct err *e)
{
	/* With the statistics of what it draws now. */
	gan_best(l->m);
	return gan_file_save(path, l->m, l->m->labels, e);
}

static int checkpoint(struct loop *l, struct err *e)
{
	const struct gan_loop *how = l->how;

	l->saved = l->m->run.images;
	if (save(l, how->model, e))
		return -1;
	return how->keep ? gan_ring_keep(how->model, l->saved, how->keep, e)
			 : 0;
}

static int sample(struct loop *l, struct err *e)
{
	l->sampled = l->m->run.images;
	return l->how->sample(l->how->to, e);
}

static int score(struct loop *l, struct err *e)
{
	struct gan_run *run = &l->m->run;
	double score = GAN_NO_SCORE;

	l->scored = run->images;
	if (l->how->score(l->how->to, &score, e))
		return -1;
	if (score >= run->best)
		return 0;
	run->best = score;
	return l->how->best ? save(l, l->how->best, e) : 0;
}

/*
 * Labels from the first step on make few pictures a label into one picture
 * each (Shahbazi et al. 2022, "Collapse by conditioning"): they come in over
 * this part of the span.
 */
static const double labels_from = 0.1, labels_whole = 0.25;

static void bring_in_labels(const struct gan_run *run, struct gan_batch *b)
{
	double at = run->span ? (double)run->images / (double)run->span : 1;
	double share = (at - labels_from) / (labels_whole - labels_from);

	if (share >= 1)
		return;
	for (int64_t i = 0; i < b->n * run->net.labels; i++)
		b->label[i] *= share > 0 ? (float)share : 0;
}

/* Ask for the next step. */
static void ask(struct loop *l, struct gan_batch *b)
{
	struct gan *m = l->m;

	b->n = (int)m->run.batch;
	b->n = l->how->batch(l->how->to, m->run.images, b);
	bring_in_labels(&m->run, b);
	gan_noise(m, b);
	gan_ask(m, b);
}

/* Whether to ask for another before the last is told: nobody looks at the
 * networks in between. */
static bool goes_on(struct loop *l, int64_t before)
{
	const struct gan_loop *how = l->how;
	int64_t now = l->m->run.images;

	l->save |= how->save_asked();
	return gan_asks_ahead(l->m) && now < how->images && !l->save &&
	       !due(before, now, how->sample_every) &&
	       !due(before, now, how->score_every) &&
	       !due(before, now, how->save_every) && !how->stopped();
}

static int step(struct loop *l, struct gan_batch *b, struct err *e)
{
	const struct gan_loop *how = l->how;
	struct gan *m = l->m;
	struct gan_report r;
	int64_t before, now;

	if (!m->nasked)
		ask(l, b);
	if (goes_on(l, m->run.images - b->n))
		ask(l, b);
	if (gan_told(m, &r, e) || how->report(how->to, &r, e))
		return -1;
	/* What is due waits for the step that is under way. */
	if (m->nasked)
		return 0;
	before = r.images - r.n;
	now = r.images;
	if (due(before, now, how->sample_every) && sample(l, e))
		return -1;
	if (due(before, now, how->score_every) && score(l, e))
		return -1;
	l->save |= how->save_asked();
	if (!l->save && !due(before, now, how->save_every))
		return 0;
	l->save = false;
	return checkpoint(l, e);
}

int gan_train(struct gan *m, const struct gan_loop *how, struct err *e)
{
	const struct gan_run *run = &m->run;
	struct loop l = {m, how, run->images, run->images, run->images, false};
	struct gan_batch b;
	int bad = 0;

	gan_batch_init(&b, run, (int)run->batch);
	b.store = how->store;
	while (!bad &&
		(m->nasked || (run->images < how->images && !how->stopped())))
		bad = step(&l, &b, e);
	/* Whoever stops it is in a hurry. */
	if (!bad && !how->stopped()) {
		if (l.sampled < run->images)
			bad = sample(&l, e);
		if (!bad && how->score_every && l.scored < run->images)
			bad = score(&l, e);
	}
	if (!bad && l.saved < run->images)
		bad = checkpoint(&l, e);
	gan_batch_release(&b);
	return bad ? -1 : 0;
}
