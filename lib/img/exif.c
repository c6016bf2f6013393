#include "img/img_int.h"
#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

/*
 * EXIF 2.3, 4.6: a TIFF header ("II" or "MM", 42, the offset of the first
 * directory), then entries of 12 bytes: tag, type, count, value.
 */
enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3 };

static uint32_t get(const uint8_t *p, int bytes, bool big)
{
	uint32_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint32_t)p[i] << 8 * (big ? bytes - 1 - i : i);
	return v;
}

int img_exif_turn(const uint8_t *p, size_t n)
{
	bool big;
	size_t at, count;

	if (n < 8 || (memcmp(p, "II", 2) && memcmp(p, "MM", 2)))
		return 1;
	big = *p == 'M';
	at = get(p + 4, 4, big);
	if (get(p + 2, 2, big) != 42 || at > n - 2)
		return 1;
	count = get(p + at, 2, big);
	at += 2;
	for (; count && n - at >= 12; count--, at += 12) {
		if (get(p + at, 2, big) != TAG_ORIENTATION ||
			get(p + at + 2, 2, big) != TYPE_SHORT)
			continue;
		uint32_t v = get(p + at + 8, 2, big);
		return v >= 1 && v <= 8 ? (int)v : 1;
	}
	return 1;
}

/* How the stored picture's axes run in the upright one: exchanged, and which
 * of them backwards. */
static bool swaps(int turn)
{
	return turn >= 5;
}

static bool back_x(int turn)
{
	return turn == 2 || turn == 3 || turn == 7 || turn == 8;
}

static bool back_y(int turn)
{
	return turn == 3 || turn == 4 || turn == 6 || turn == 7;
}

static struct img_area swapped(struct img_area a)
{
	return (struct img_area){a.y, a.x, a.h, a.w};
}

static struct img_area mirrored(struct img_area a, int turn, int w, int h)
{
	if (back_x(turn))
		a.x = w - (a.x + a.w);
	if (back_y(turn))
		a.y = h - (a.y + a.h);
	return a;
}

struct img_area img_turn_area(struct img_area a, int turn, int w, int h)
{
	a = mirrored(a, turn, w, h);
	return swaps(turn) ? swapped(a) : a;
}

struct img_area img_unturn_area(struct img_area a, int turn, int w, int h)
{
	return mirrored(swaps(turn) ? swapped(a) : a, turn, w, h);
}

void img_turn(struct img *im, int turn)
{
	bool swap = swaps(turn);
	struct img out;
	uint8_t *to;

	if (turn < 2 || turn > 8)
		return;
	img_init(&out, swap ? im->h : im->w, swap ? im->w : im->h);
	to = out.px;
	for (int y = 0; y < out.h; y++) {
		for (int x = 0; x < out.w; x++, to += 3) {
			int sx = swap ? y : x, sy = swap ? x : y;

			if (back_x(turn))
				sx = im->w - 1 - sx;
			if (back_y(turn))
				sy = im->h - 1 - sy;
			memcpy(to, im->px + ((size_t)sy * im->w + sx) * 3, 3);
		}
	}
	img_release(im);
	*im = out;
}
