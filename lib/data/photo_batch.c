#include "data/photo_batch.h"
#include "base/mem.h"

#include <signal.h>
#include <string.h>

void photo_batch_begin(struct photo_batch *b, int most, int w, int h)
{
	/* A picture is never more bytes than floats. */
	size_t size = (size_t)most * (size_t)h * (size_t)w * 3 * sizeof(float);

	if (b->bytes)
		size += photo_pack_room(most, h, w);
	if (size > b->size) {
		data_memory_free(&b->memory, b->room);
		b->room = data_memory_alloc(&b->memory, size);
		b->size = size;
	}
	b->x = b->bytes ? NULL : b->room;
	b->pack.block = b->room;
	if ((size_t)most > b->shots) {
		b->shots = (size_t)most;
		b->shot = mem_grow(b->shot, b->shots, sizeof *b->shot);
	}
	b->n = 0;
	b->most = most;
	b->w = w;
	b->h = h;
	if (b->bytes)
		photo_pack_begin(&b->pack, most, h, w);
}

static size_t floats_of(const struct photo_batch *b)
{
	return (size_t)b->h * (size_t)b->w * 3;
}

/* Into place i. */
static int load(struct photo_batch *b, int i, const struct photo_look *look,
	int size, bool flip, const char *path, struct err *e)
{
	float *to = b->x ? b->x + (size_t)i * floats_of(b) : NULL;
	struct photo_shot *s = &b->shot[i];
	struct img_window win;
	int bad = 0, w, h;

	if (img_size(path, &w, &h, e))
		return -1;
	*s = (struct photo_shot){w, h, photo_fit(look, size, w, h)};
	if (photo_load(&win, path, &s->fit, e))
		return -1;
	if (win.w != w || win.h != h || photo_padded(look, s->fit.w) != b->w ||
		photo_padded(look, s->fit.h) != b->h) {
		bad = err_set(e, ERR_DATA,
			"'%s' has %d by %d pixels, which is not what it had a "
			"moment ago",
			path, win.w, win.h);
	} else if (b->bytes) {
		photo_pack_add(&b->pack, i, look, &s->fit, &win.im, flip);
	} else {
		memset(to, 0, floats_of(b) * sizeof *to);
		photo_fill(to, b->w, look, &s->fit, &win.im, flip);
	}
	img_release(&win.im);
	return bad;
}

int photo_batch_add(struct photo_batch *b, const struct photo_look *look,
	int size, bool flip, const char *path, struct err *e)
{
	BUG_ON(b->n == b->most);
	if (load(b, b->n, look, size, flip, path, e))
		return -1;
	b->pack.n = ++b->n;
	return 0;
}

void photo_batch_release(struct photo_batch *b)
{
	data_memory_free(&b->memory, b->room);
	mem_free(b->shot);
	*b = (struct photo_batch){0};
}

/* ---- many at once ---- */

static void move(struct photo_batch *b, int to, int from)
{
	size_t floats = floats_of(b);

	b->shot[to] = b->shot[from];
	if (b->bytes)
		photo_pack_move(&b->pack, to, from);
	else
		memcpy(b->x + (size_t)to * floats, b->x + (size_t)from * floats,
			floats * sizeof *b->x);
}

static void *work(void *arg)
{
	struct photo_load *l = arg;
	int i;

	while ((i = atomic_fetch_add(&l->next, 1)) < l->n) {
		struct photo_ask *ask = &l->ask[i];

		ask->bad = load(l->b, i, l->look, l->size, l->flip, ask->path,
			&ask->why);
	}
	return NULL;
}

void photo_load_begin(struct photo_load *l, struct photo_batch *b,
	const struct photo_look *look, int size, bool flip,
	struct photo_ask *ask, int n, int threads)
{
	sigset_t all, old;

	BUG_ON(b->n || n > b->most);
	l->b = b;
	l->look = look;
	l->size = size;
	l->flip = flip;
	l->ask = ask;
	l->n = n;
	l->threads = 0;
	atomic_init(&l->next, 0);
	threads = threads < n ? threads : n;
	threads = threads < PHOTO_THREADS_MAX ? threads : PHOTO_THREADS_MAX;
	/* Signals are the caller's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	/* Fewer will do. */
	while (l->threads < threads &&
		!pthread_create(&l->thread[l->threads], NULL, work, l))
		l->threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void photo_load_end(struct photo_load *l)
{
	struct photo_batch *b = l->b;

	work(l);
	for (int i = 0; i < l->threads; i++)
		pthread_join(l->thread[i], NULL);
	for (int i = 0; i < l->n; i++) {
		if (l->ask[i].bad)
			continue;
		if (i != b->n)
			move(b, b->n, i);
		b->n++;
	}
	b->pack.n = b->n;
}
