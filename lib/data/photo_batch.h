/*
 * To use a network: photographs of one size as a batch of floats, one below
 * the other, without anything to learn; or as the bytes from which a device
 * makes them.
 *
 *	struct photo_batch b = {0};
 *
 *	photo_batch_begin(&b, 2, photo_padded(&look, fit.w), ...);
 *	bad = photo_batch_add(&b, &look, 800, false, "a.jpg", e) ||
 *		photo_batch_add(&b, &look, 800, false, "b.jpg", e);
 *	use(b.x, b.n, b.h, b.w);
 *	photo_batch_release(&b);
 *
 * Or many at once, by threads, while the caller does something else:
 *
 *	struct photo_ask ask[] = {{.path = "a.jpg"}, {.path = "b.jpg"}};
 *	struct photo_load load;
 *
 *	photo_load_begin(&load, &b, &look, 800, false, ask, 2, 4);
 *	...
 *	photo_load_end(&load);
 */
#ifndef DATA_PHOTO_BATCH_H
#define DATA_PHOTO_BATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include "data/memory.h"
#include "data/photo_pack.h"

struct photo_shot {
	int w, h; /* of the photograph, as shown */
	struct photo_fit fit;
};

struct photo_batch {
	/* The caller's, before it begins. */
	bool bytes;                /* pack instead of x */
	struct data_memory memory; /* of either */

	int n, h, w; /* padded */
	float *x;    /* [n][h][w][3]; or NULL */
	struct photo_pack pack;
	struct photo_shot *shot;

	int most;   /* photographs that there is room for */
	void *room; /* of x or pack */
	size_t size, shots;
};

/* Empty it, and make room for so many photographs, w x h with their padding.
 * Memory that it had is used again. */
void photo_batch_begin(struct photo_batch *b, int most, int w, int h);
/* Add one, scaled to `size`, perhaps mirrored. Errors are img_load's, and
 * ERR_DATA for one of another size; the batch is then as it was. */
int photo_batch_add(struct photo_batch *b, const struct photo_look *look,
	int size, bool flip, const char *path, struct err *e);
void photo_batch_release(struct photo_batch *b);

struct photo_ask {
	const char *path;
	bool bad; /* it is not in the batch, for the reason why */
	struct err why;
};

enum { PHOTO_THREADS_MAX = 64 };

/* Under way; its own until the end. */
struct photo_load {
	struct photo_batch *b;
	const struct photo_look *look;
	int size, n;
	bool flip;
	struct photo_ask *ask;
	atomic_int next; /* that nobody has taken */
	pthread_t thread[PHOTO_THREADS_MAX];
	int threads;
};

/* Begin to add n photographs to a batch that was just begun, in their order, by
 * so many threads; with 0 all of it is done at the end. Everything that is
 * passed must stay. */
void photo_load_begin(struct photo_load *l, struct photo_batch *b,
	const struct photo_look *look, int size, bool flip,
	struct photo_ask *ask, int n, int threads);
/* Wait, and help. Those that could not be added are left out. */
void photo_load_end(struct photo_load *l);

#endif
