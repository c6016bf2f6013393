#include "data/loader_int.h"
#include "base/mem.h"
#include "data/order.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum {
	THREADS_MAX = 64,
	AHEAD = 2,       /* batches in the ring besides one a thread */
	TRIES_MAX = 1000 /* photographs that may fail in a row */
};

/* Batch `iter`, or what became of it. */
struct slot {
	struct loader_batch b;
	void *room;               /* of its x or its pack */
	struct batch_item *items; /* [batch] */
	struct variation *vary;   /* [batch] */
	int64_t iter;             /* -1: none yet */
	bool busy;                /* a thread is filling it */
	int bad;                  /* -1: could not be loaded, for this reason */
	struct err why;
};

/* A photograph that could not be read, to be told by loader_next. */
struct news {
	struct news *next;
	char *msg;
};

struct loader {
	struct loader_options o;
	struct stock stock;
	int epoch;     /* batches in one */
	double waited; /* seconds, for batches */

	pthread_t thread[THREADS_MAX];
	int threads, started;
	bool stop;

	/* All sides', under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t made, room;
	struct order order;
	bool *unreadable;  /* [stock.n] */
	struct err last;   /* why the last of them is */
	struct slot *slot; /* [ring] batch i is in i % ring */
	int ring;
	int64_t at;   /* batch taken last: it and those after are kept */
	int64_t next; /* batch that a thread takes next */
	struct news *news, **news_end;
};

/* ---- the threads ---- */

/* The items of a batch: the first of its group, from where it begins, whose
 * photographs are not known to be unreadable. false when none is left. */
static bool choose_of(struct loader *l, struct order_pick p, struct slot *s)
{
	int n = l->order.group[p.group].n, got = 0;

	for (int64_t k = 0; got < l->o.batch && (k < n || got > 0); k++) {
		int32_t item = order_item(&l->order, p, (int)(k % n));
		bool flipped = item >= l->stock.n;
		int entry = flipped ? item - l->stock.n : item;

		if (!l->unreadable[entry])
			s->items[got++] = (struct batch_item){entry, flipped};
	}
	return got > 0;
}

/* With nothing left of a shape, the other's better than an end. */
static bool choose(struct loader *l, struct slot *s)
{
	struct order_pick p;
	bool any;

	pthread_mutex_lock(&l->lock);
	p = order_batch(&l->order, s->iter * l->o.ranks + l->o.rank);
	any = choose_of(l, p, s) ||
	      choose_of(l, (struct order_pick){!p.group, 0}, s);
	if (!any)
		s->why = l->last;
	pthread_mutex_unlock(&l->lock);
	return any;
}

/* Never again; the first to find it out tells it. */
static void strike(struct loader *l, int entry, const struct err *why)
{
	struct news *n;

	pthread_mutex_lock(&l->lock);
	l->last = *why;
	if (!l->unreadable[entry]) {
		l->unreadable[entry] = true;
		n = mem_alloc(1, sizeof *n);
		n->msg = mem_dup(why->msg);
		*l->news_end = n;
		l->news_end = &n->next;
	}
	pthread_mutex_unlock(&l->lock);
}

/* No photograph is the data set's fault, whatever was the last one's. */
static int none(struct slot *s, const char *which)
{
	s->why.code = ERR_DATA;
	return err_wrap(&s->why, "%s cannot be read", which);
}

static int load(struct loader *l, struct slot *s)
{
	uint64_t first = (uint64_t)(s->iter * l->o.ranks); /* of the step */
	uint32_t nsizes = (uint32_t)l->o.nsizes;
	struct rng r = rng_item(l->o.seed, RNG_AUGMENT, first);
	int size = l->o.sizes[rng_below(&r, nsizes)], bad;

	/* All loaders have pictures of one size, varied in their own ways. */
	r = rng_item(l->o.seed, RNG_AUGMENT, first + (uint64_t)l->o.rank);
	rng_below(&r, nsizes);
	for (int i = 0; i < l->o.batch; i++)
		s->vary[i] = vary_draw(&l->o.vary, &r);
	for (int i = 0; i < TRIES_MAX; i++) {
		if (!choose(l, s))
			return none(s, "all photographs");
		if (!batch_fill(&s->b, &l->o, &l->stock, s->items, s->vary,
			    l->o.batch, size, &bad, &s->why))
			return 0;
		/* What this machine is to blame for, other photographs would
		 * meet with too. */
		if (s->why.code != ERR_DATA && s->why.code != ERR_NOINPUT)
			return -1;
		strike(l, s->items[bad].entry, &s->why);
	}
	return none(s, "a thousand photographs in a row");
}

static void *work(void *arg)
{
	struct loader *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		struct slot *s = &l->slot[l->next % l->ring];

		/* After a jump, a slot may still be filled for before it. */
		if (l->next >= l->at - l->o.stay + l->ring || s->busy) {
			pthread_cond_wait(&l->room, &l->lock);
			continue;
		}
		if (s->iter == l->next++)
			continue; /* it is there from before a jump */
		s->iter = l->next - 1;
		s->busy = true;
		pthread_mutex_unlock(&l->lock);
		s->bad = load(l, s);
		pthread_mutex_lock(&l->lock);
		s->busy = false;
		pthread_cond_broadcast(&l->made);
		pthread_cond_broadcast(&l->room);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* ---- the ring ---- */

size_t loader_batch_bytes(const struct loader *l)
{
	return batch_bytes(&l->o, &l->stock);
}

static void make_slots(struct loader *l)
{
	size_t n = (size_t)l->o.batch, bytes = loader_batch_bytes(l);

	l->slot = mem_alloc((size_t)l->ring, sizeof *l->slot);
	for (int i = 0; i < l->ring; i++) {
		struct slot *s = &l->slot[i];

		s->iter = -1;
		s->items = mem_alloc(n, sizeof *s->items);
		s->vary = mem_alloc(n, sizeof *s->vary);
		s->room = data_memory_alloc(&l->o.memory, bytes);
		s->b.room = bytes;
		s->b.x = l->o.bytes ? NULL : s->room;
		s->b.pack.block = s->room;
	}
}

static void free_slots(struct loader *l)
{
	for (int i = 0; l->slot && i < l->ring; i++) {
		struct slot *s = &l->slot[i];

		data_memory_free(&l->o.memory, s->room);
		arena_release(&s->b.arena);
		mem_free(s->items);
		mem_free(s->vary);
	}
	mem_free(l->slot);
}

static int start(struct loader *l, struct err *e)
{
	sigset_t all, old;
	int bad = 0;

	if (!l->slot)
		make_slots(l);
	mem_keep();
	/* Signals are the main thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (!bad && l->started < l->threads) {
		bad = pthread_create(&l->thread[l->started], NULL, work, l);
		l->started += !bad;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (bad && !l->started)
		return err_set(
			e, ERR_OS, "cannot start a thread: %s", strerror(bad));
	l->threads = l->started;
	return 0;
}

/* ---- its user ---- */

struct loader *loader_new(const struct loader_options *o, struct err *e)
{
	struct loader *l = mem_alloc(1, sizeof *l);
	const struct stock *st = &l->stock;
	uint8_t *group;
	int n;

	BUG_ON(o->nsets < 1 || o->batch < 1 || o->nsizes < 1);
	l->o = *o;
	if (!l->o.ranks)
		l->o.ranks = 1;
	if (!(l->o.vary.crop > 0))
		l->o.vary.crop = 1;
	l->news_end = &l->news;
	l->threads = o->threads < 1 ? 1 : o->threads;
	if (l->threads > THREADS_MAX)
		l->threads = THREADS_MAX;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->made, NULL);
	pthread_cond_init(&l->room, NULL);
	if (stock_fill(&l->stock, o, e)) {
		loader_free(l);
		return NULL;
	}
	n = o->flip ? 2 * st->n : st->n;
	group = mem_alloc((size_t)n, 1);
	for (int i = 0; i < n && o->grouped; i++)
		group[i] = batch_tall(o, st, i % st->n);
	order_init(&l->order, group, n, o->batch, o->seed);
	mem_free(group);
	l->epoch = (l->order.rows + l->o.ranks - 1) / l->o.ranks;
	l->unreadable = mem_alloc((size_t)st->n, sizeof *l->unreadable);
	l->ring = l->threads + AHEAD + l->o.stay;
	return l;
}

void loader_free(struct loader *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->room);
	pthread_mutex_unlock(&l->lock);
	for (int i = 0; i < l->started; i++)
		pthread_join(l->thread[i], NULL);
	while (l->news) {
		struct news *n = l->news;

		l->news = n->next;
		mem_free(n->msg);
		mem_free(n);
	}
	free_slots(l);
	pthread_cond_destroy(&l->made);
	pthread_cond_destroy(&l->room);
	pthread_mutex_destroy(&l->lock);
	order_release(&l->order);
	mem_free(l->unreadable);
	stock_release(&l->stock);
	mem_free(l);
}

long loader_defects(const struct loader *l, enum truth_defect d)
{
	return l->stock.defects[d];
}

void loader_largest(const struct loader *l, int *h, int *w)
{
	batch_largest(&l->o, &l->stock, h, w);
}

size_t loader_bytes(const struct loader *l)
{
	return (size_t)l->ring * loader_batch_bytes(l) +
	       (size_t)l->threads * batch_work_bytes(&l->o, &l->stock);
}

int loader_pictures(const struct loader *l)
{
	return l->stock.n;
}

int loader_epoch(const struct loader *l)
{
	return l->epoch;
}

/* Tell what the thread found, without keeping it waiting meanwhile. */
static void tell_news(struct loader *l)
{
	struct news *n;

	pthread_mutex_lock(&l->lock);
	n = l->news;
	l->news = NULL;
	l->news_end = &l->news;
	pthread_mutex_unlock(&l->lock);
	while (n) {
		struct news *next = n->next;

		l->stock.defects[TRUTH_PHOTO]++;
		if (l->o.note)
			l->o.note(l->o.arg, TRUTH_PHOTO, n->msg);
		mem_free(n->msg);
		mem_free(n);
		n = next;
	}
}

static double clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int loader_next(struct loader *l, int64_t iter, const struct loader_batch **b,
	struct err *e)
{
	double began = clock_now();
	struct slot *s;

	BUG_ON(iter < 0);
	if (!l->started && start(l, e))
		return -1;
	s = &l->slot[iter % l->ring];
	pthread_mutex_lock(&l->lock);
	if (iter < l->at || iter > l->next)
		l->next = iter;
	l->at = iter;
	pthread_cond_broadcast(&l->room);
	while (s->iter != iter || s->busy)
		pthread_cond_wait(&l->made, &l->lock);
	pthread_mutex_unlock(&l->lock);
	l->waited += clock_now() - began;
	tell_news(l);
	if (s->bad) {
		if (e)
			*e = s->why;
		return -1;
	}
	*b = &s->b;
	return 0;
}

const struct loader_batch *loader_ready(struct loader *l)
{
	int64_t iter = l->at + 1;
	const struct slot *s = &l->slot[iter % l->ring];
	bool there;

	pthread_mutex_lock(&l->lock);
	there = s->iter == iter && !s->busy && !s->bad;
	pthread_mutex_unlock(&l->lock);
	return there ? &s->b : NULL;
}

double loader_waited(const struct loader *l)
{
	return l->waited;
}
