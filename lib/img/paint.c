#include "img/img.h"
#include "base/mem.h"

#include <string.h>

static uint8_t *at(const struct img *im, int x, int y)
{
	return im->px + ((size_t)y * im->w + x) * 3;
}

void img_crop(
	struct img *out, const struct img *im, const struct img_part *part)
{
	BUG_ON(part->x < 0 || part->y < 0 || part->w < 1 || part->h < 1 ||
		part->x > im->w - part->w || part->y > im->h - part->h);
	img_init(out, part->w, part->h);
	for (int y = 0; y < part->h; y++)
		memcpy(at(out, 0, y), at(im, part->x, part->y + y),
			(size_t)part->w * 3);
}

void img_flip(struct img *im)
{
	for (int y = 0; y < im->h; y++) {
		uint8_t *l = at(im, 0, y), *r = at(im, im->w - 1, y);

		for (; l < r; l += 3, r -= 3)
			for (int k = 0; k < 3; k++) {
				uint8_t t = l[k];

				l[k] = r[k];
				r[k] = t;
			}
	}
}

/* Clip a stretch of n from `from` to 0..size; false when nothing is left. */
static bool clip(int *from, int *n, int size)
{
	int64_t end = (int64_t)*from + *n;

	if (*from < 0)
		*from = 0;
	if (end > size)
		end = size;
	if (end <= *from)
		return false;
	*n = (int)(end - *from);
	return true;
}

void img_blit(struct img *im, int x, int y, const struct img *from)
{
	int left = x, top = y, w = from->w, h = from->h;

	if (!clip(&left, &w, im->w) || !clip(&top, &h, im->h))
		return;
	for (int i = 0; i < h; i++)
		memcpy(at(im, left, top + i), at(from, left - x, top + i - y),
			(size_t)w * 3);
}

void img_fill_rect(struct img *im, int x, int y, int w, int h, uint32_t rgb)
{
	uint8_t c[3] = {
		(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb};

	if (!clip(&x, &w, im->w) || !clip(&y, &h, im->h))
		return;
	for (int i = 0; i < h; i++)
		for (int j = 0; j < w; j++)
			memcpy(at(im, x + j, y + i), c, 3);
}

void img_frame(
	struct img *im, int x, int y, int w, int h, int thick, uint32_t rgb)
{
	int rest = h - 2 * thick;

	if (rest <= 0 || w <= 2 * thick) {
		img_fill_rect(im, x, y, w, h, rgb);
		return;
	}
	img_fill_rect(im, x, y, w, thick, rgb);
	img_fill_rect(im, x, y + h - thick, w, thick, rgb);
	img_fill_rect(im, x, y + thick, thick, rest, rgb);
	img_fill_rect(im, x + w - thick, y + thick, thick, rest, rgb);
}
