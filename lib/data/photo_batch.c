#include "data/photo_batch.h"
#include "base/mem.h"

#include <string.h>

void photo_batch_begin(struct photo_batch *b, int most, int w, int h)
{
	size_t floats = (size_t)most * (size_t)h * (size_t)w * 3;

	if (floats > b->floats) {
		b->x = mem_grow(b->x, floats, sizeof *b->x);
		b->floats = floats;
	}
	if ((size_t)most > b->shots) {
		b->shots = (size_t)most;
		b->shot = mem_grow(b->shot, b->shots, sizeof *b->shot);
	}
	b->n = 0;
	b->most = most;
	b->w = w;
	b->h = h;
}

int photo_batch_add(struct photo_batch *b, const struct photo_look *look,
	int size, bool flip, const char *path, struct err *e)
{
	size_t floats = (size_t)b->h * (size_t)b->w * 3;
	float *to = b->x + (size_t)b->n * floats;
	struct photo_shot *s = &b->shot[b->n];
	struct img_window win;
	int bad = 0, w, h;

	BUG_ON(b->n == b->most);
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
	} else {
		memset(to, 0, floats * sizeof *to);
		photo_fill(to, b->w, look, &s->fit, &win.im, flip);
		b->n++;
	}
	img_release(&win.im);
	return bad;
}

void photo_batch_release(struct photo_batch *b)
{
	mem_free(b->x);
	mem_free(b->shot);
	*b = (struct photo_batch){0};
}
