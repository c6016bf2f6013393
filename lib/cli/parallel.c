#include "cli/parallel.h"
#include "base/mem.h"

#include <pthread.h>

/*
 * A thread reads a line and takes it with the reading lock held, which makes
 * the order; works on it; waits until all lines before it are given.
 */
struct crew {
	struct cli *c;
	const struct parallel_steps *steps;
	void *to;
	struct lines in;
	pthread_mutex_t reading;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t given; /* turn, idle or bad has changed */
	long taken, turn;     /* lines */
	int threads, busy;    /* those that have not left; that have a line */
	bool ended, bad;      /* no more input; e ends the program */
	struct err e;
};

/* The next line, and its number in the order of all; false at the end. */
static bool next_line(struct crew *w, struct parallel_line *l, long *number)
{
	int got;

	if (w->ended || w->bad)
		return false;
	got = lines_next(&w->in, &l->why);
	if (got == 0) {
		w->ended = true;
		return false;
	}
	pthread_mutex_lock(&w->lock);
	/* Whoever waited for input may find that all is over. */
	bool late = w->bad;
	if (!late) {
		w->busy++;
		*number = w->taken++;
	}
	pthread_mutex_unlock(&w->lock);
	if (late)
		return false;
	l->in = w->in;
	l->bad = got < 0;
	if (got > 0) {
		l->in.line = arena_dupn(&l->arena, w->in.line, w->in.n);
		l->own = arena_zero(&l->arena, 1, w->steps->own);
		l->bad = w->steps->take(l, w->to);
	} else {
		l->in.line = NULL; /* the message names the place */
		w->ended = l->why.code != ERR_DATA;
	}
	return true;
}

int parallel_reject(struct cli *c, const struct parallel_line *l, struct err *e)
{
	*e = l->why;
	if (l->in.line)
		return filter_skip(c, &l->in, e);
	return e->code == ERR_DATA ? cli_reject(c, e) : -1;
}

static int give(struct crew *w, struct parallel_line *l)
{
	return l->bad ? parallel_reject(w->c, l, &w->e)
		      : w->steps->give(w->c, l, w->to, &w->e);
}

static void in_turn(struct crew *w, struct parallel_line *l, long number)
{
	pthread_mutex_lock(&w->lock);
	while (w->turn != number)
		pthread_cond_wait(&w->given, &w->lock);
	if (!w->bad)
		w->bad = give(w, l);
	w->turn++;
	w->busy--;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->lock);
}

static void *work(void *p)
{
	struct crew *w = p;
	struct parallel_line l = {0};
	long number;
	bool any;

	for (;;) {
		pthread_mutex_lock(&w->reading);
		any = next_line(w, &l, &number);
		pthread_mutex_unlock(&w->reading);
		if (!any)
			break;
		if (!l.bad)
			l.bad = w->steps->work(&l, w->to);
		in_turn(w, &l, number);
		arena_reset(&l.arena);
	}
	arena_release(&l.arena);
	pthread_mutex_lock(&w->lock);
	w->threads--;
	pthread_cond_broadcast(&w->given);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void start(struct crew *w, int jobs)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < jobs; i++) {
		pthread_t t;

		pthread_mutex_lock(&w->lock);
		w->threads++;
		pthread_mutex_unlock(&w->lock);
		if (!pthread_create(&t, &detached, work, w))
			continue;
		/* Fewer will do, if there are any. */
		pthread_mutex_lock(&w->lock);
		w->threads--;
		pthread_mutex_unlock(&w->lock);
		if (i == 0) {
			w->threads = 1;
			work(w);
		}
		break;
	}
	pthread_attr_destroy(&detached);
}

int parallel_lines(struct cli *c, int jobs, const struct parallel_steps *steps,
	void *to, struct err *e)
{
	struct crew *w = mem_alloc(1, sizeof *w);
	bool bad, left;

	mem_keep();
	*w = (struct crew){.c = c, .steps = steps, .to = to};
	pthread_mutex_init(&w->reading, NULL);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->given, NULL);
	lines_open(&w->in, c->argc, c->argv);
	if (jobs > 1) {
		start(w, jobs);
	} else {
		w->threads = 1;
		work(w);
	}
	pthread_mutex_lock(&w->lock);
	while (w->threads && !(w->bad && !w->busy))
		pthread_cond_wait(&w->given, &w->lock);
	bad = w->bad;
	left = w->threads;
	if (bad)
		*e = w->e;
	pthread_mutex_unlock(&w->lock);
	/* One may still wait for input that never comes, which is no reason to
	 * wait for it: it has what it needs and ends with the program. */
	if (!left) {
		lines_close(&w->in);
		mem_free(w);
	}
	return bad ? -1 : 0;
}
