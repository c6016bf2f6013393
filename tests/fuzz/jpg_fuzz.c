/* A JPEG: what is decoded has the size that its header told, and a part of it
 * that is decoded alone is covered. The first byte chooses the part. */
#include "fuzz.h"
#include "img/img.h"

/* Larger ones are decoded the same way, only longer. */
enum { PIXELS_MAX = 1 << 18 };

static void check_part(const char *path, int w, int h, unsigned how)
{
	struct img_ask ask = {.shrink = 1 << (how & 3)};
	struct img_part *p = &ask.part;
	struct img_window win;
	struct err e;

	p->x = (int)(how >> 2 & 7) * w / 9;
	p->y = (int)(how >> 5) * h / 9;
	p->w = (w - p->x + 1) / 2;
	p->h = (h - p->y + 1) / 2;
	if (img_load_window(&win, path, &ask, &e))
		return;
	BUG_ON(win.x > p->x || win.y > p->y ||
		win.x + win.im.w / win.scale < p->x + p->w ||
		win.y + win.im.h / win.scale < p->y + p->h);
	img_release(&win.im);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = fuzz_file(data + 1, n ? n - 1 : 0);
	enum img_format format;
	struct img im;
	struct err e;
	int w, h;

	/* PNGs have a target of their own. */
	if (!n || img_format(path, &format, &e) || format != IMG_JPG ||
		img_size(path, &w, &h, &e) || (int64_t)w * h > PIXELS_MAX)
		return 0;
	if (!img_load(&im, path, 0, &e)) {
		BUG_ON(im.w != w || im.h != h);
		img_release(&im);
	}
	check_part(path, w, h, data[0]);
	return 0;
}
