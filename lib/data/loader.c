#include "data/loader_int.h"
#include "base/mem.h"
#include "data/order.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum {
	RING = 3,        /* the batch in use, and two ahead */
	TRIES_MAX = 1000 /* photographs that may fail in a row */
};

struct slot {
	struct loader_batch b;
	int bad; /* -1: could not be loaded, for this reason */
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
	int epoch; /* batches in one */

	/* The thread's own. */
	struct order order;
	struct batch_item *items; /* [batch] */
	bool *unreadable;         /* [stock.n] */
	struct err last;          /* why the last of them is */

	/* Both sides', under the lock. */
	pthread_t thread;
	bool started, stop;
	pthread_mutex_t lock;
	pthread_cond_t made, room;
	struct slot ring[RING]; /* batch i is in i % RING */
	int64_t at;             /* batch in use: it and those after are kept */
	int64_t next;           /* batch that is being made; at..next-1 are */
	long jumps;             /* how often the two were moved */
	struct news *news, **news_end;
};

/* ---- the thread ---- */

static void add_news(struct loader *l, const char *msg)
{
	struct news *n = mem_alloc(1, sizeof *n);

	n->msg = mem_dup(msg);
	pthread_mutex_lock(&l->lock);
	*l->news_end = n;
	l->news_end = &n->next;
	pthread_mutex_unlock(&l->lock);
}

/* The items of a batch: the first of its group, from where it begins, whose
 * photographs are not known to be unreadable. false when none is left. */
static bool choose(struct loader *l, struct order_pick p)
{
	int n = l->order.group[p.group].n, got = 0;

	for (int64_t k = 0; got < l->o.batch && (k < n || got > 0); k++) {
		int32_t item = order_item(&l->order, p, (int)(k % n));
		bool flipped = item >= l->stock.n;
		int entry = flipped ? item - l->stock.n : item;

		if (!l->unreadable[entry])
			l->items[got++] = (struct batch_item){entry, flipped};
	}
	return got > 0;
}

static int load(struct loader *l, struct slot *s, int64_t iter)
{
	struct order_pick p = order_batch(&l->order, iter);
	struct order_pick other = {!p.group, 0};
	struct rng r = rng_item(l->o.seed, RNG_AUGMENT, (uint64_t)iter);
	int size = l->o.sizes[rng_below(&r, (uint32_t)l->o.nsizes)];
	int bad;

	for (int i = 0; i < TRIES_MAX; i++) {
		/* With nothing left of a shape, the other's better than an
		 * end. */
		if (!choose(l, p) && !choose(l, other))
			return err_set(&s->why, ERR_DATA,
				"none of the photographs can be read: %s",
				l->last.msg);
		if (!batch_fill(&s->b, &l->o, &l->stock, l->items, l->o.batch,
			    size, &bad, &l->last))
			return 0;
		l->unreadable[l->items[bad].entry] = true;
		add_news(l, l->last.msg);
	}
	return err_set(&s->why, ERR_DATA,
		"%d photographs in a row cannot be read: %s", TRIES_MAX,
		l->last.msg);
}

static void *work(void *arg)
{
	struct loader *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		int64_t iter = l->next;
		struct slot *s = &l->ring[iter % RING];
		long jumps = l->jumps;

		if (iter >= l->at + RING) {
			pthread_cond_wait(&l->room, &l->lock);
			continue;
		}
		pthread_mutex_unlock(&l->lock);
		s->bad = load(l, s, iter);
		pthread_mutex_lock(&l->lock);
		/* After a jump it is not what is waited for. */
		if (jumps == l->jumps)
			l->next = iter + 1;
		pthread_cond_signal(&l->made);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static int start(struct loader *l, struct err *e)
{
	sigset_t all, old;
	int bad;

	/* Signals are the main thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	bad = pthread_create(&l->thread, NULL, work, l);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (bad)
		return err_set(
			e, ERR_OS, "cannot start a thread: %s", strerror(bad));
	l->started = true;
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
	l->news_end = &l->news;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->made, NULL);
	pthread_cond_init(&l->room, NULL);
	if (stock_fill(&l->stock, o, e)) {
		loader_free(l);
		return NULL;
	}
	n = o->flip ? 2 * st->n : st->n;
	group = mem_alloc((size_t)n, 1);
	for (int i = 0; i < n && o->grouped; i++) {
		const struct stock_entry *s = &st->entry[i % st->n];
		const struct coco_image *im =
			&o->sets[s->set].coco->images[s->image];

		group[i] = im->width < im->height;
	}
	order_init(&l->order, group, n, o->batch, o->seed);
	mem_free(group);
	l->epoch = l->order.rows;
	l->items = mem_alloc((size_t)o->batch, sizeof *l->items);
	l->unreadable = mem_alloc((size_t)st->n, sizeof *l->unreadable);
	return l;
}

void loader_free(struct loader *l)
{
	if (!l)
		return;
	if (l->started) {
		pthread_mutex_lock(&l->lock);
		l->stop = true;
		pthread_cond_signal(&l->room);
		pthread_mutex_unlock(&l->lock);
		pthread_join(l->thread, NULL);
	}
	while (l->news) {
		struct news *n = l->news;

		l->news = n->next;
		mem_free(n->msg);
		mem_free(n);
	}
	for (int i = 0; i < RING; i++)
		loader_batch_release(&l->ring[i].b);
	pthread_cond_destroy(&l->made);
	pthread_cond_destroy(&l->room);
	pthread_mutex_destroy(&l->lock);
	order_release(&l->order);
	mem_free(l->items);
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

int loader_next(struct loader *l, int64_t iter, const struct loader_batch **b,
	struct err *e)
{
	struct slot *s = &l->ring[iter % RING];

	BUG_ON(iter < 0);
	pthread_mutex_lock(&l->lock);
	if (iter < l->at || iter > l->next) {
		l->next = iter;
		l->jumps++;
	}
	l->at = iter;
	pthread_cond_signal(&l->room);
	pthread_mutex_unlock(&l->lock);
	if (!l->started && start(l, e))
		return -1;
	pthread_mutex_lock(&l->lock);
	while (l->next <= iter)
		pthread_cond_wait(&l->made, &l->lock);
	pthread_mutex_unlock(&l->lock);
	tell_news(l);
	if (s->bad) {
		if (e)
			*e = s->why;
		return -1;
	}
	*b = &s->b;
	return 0;
}
