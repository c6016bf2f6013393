#include "data/photo_pack.h"
#include "base/err.h"

#include <string.h>

static size_t taps_of(int n, int h, int w)
{
	return (size_t)n * ((size_t)h + (size_t)w);
}

size_t photo_pack_from(const struct photo_pack *p)
{
	return (size_t)p->most * sizeof(int64_t);
}

size_t photo_pack_part(const struct photo_pack *p)
{
	return photo_pack_from(p) +
	       taps_of(p->most, p->h, p->w) * sizeof(int32_t[2]);
}

size_t photo_pack_room(int n, int h, int w)
{
	return (size_t)n * sizeof(int64_t) +
	       taps_of(n, h, w) * (sizeof(int32_t[2]) + sizeof(float));
}

size_t photo_pack_bytes(const struct photo_pack *p)
{
	return atomic_load(&p->used);
}

void photo_pack_begin(struct photo_pack *p, int n, int h, int w)
{
	p->n = p->most = n;
	p->h = h;
	p->w = w;
	atomic_init(&p->used, photo_pack_room(n, h, w));
}

/* Of `there` rows or columns, of which n taps want two each, so many go. */
static int kept(int there, int n)
{
	return there < 2 * n ? there : 2 * n;
}

size_t photo_pack_most(const struct photo_look *look,
	const struct photo_fit *fit, int w, int h)
{
	if (look->resize == PHOTO_PIL)
		return (size_t)fit->w * (size_t)fit->h * 3;
	return (size_t)kept(w, fit->w) * (size_t)kept(h, fit->h) * 3;
}

/* Which of the source's rows or columns is the i-th that goes: all go, or the
 * two of each tap. */
static int source_of(const struct photo_tap *tap, bool all, int i)
{
	return all ? i : i % 2 ? tap[i / 2].b : tap[i / 2].a;
}

static void copy_pixels(
	uint8_t *to, const struct photo_source *s, int columns, int rows)
{
	bool all_columns = columns == s->im.w, all_rows = rows == s->im.h;
	size_t row = (size_t)s->im.w * 3;

	for (int y = 0; y < rows; y++, to += (size_t)columns * 3) {
		const uint8_t *from =
			s->im.px + (size_t)source_of(s->y, all_rows, y) * row;

		if (all_columns) {
			memcpy(to, from, row);
			continue;
		}
		for (int x = 0; x < columns; x++)
			memcpy(to + (size_t)x * 3,
				from + (size_t)source_of(s->x, false, x) * 3,
				3);
	}
}

/* n taps, and padding up to `side`; size: of a row or column, in bytes. */
static void write_taps(int32_t (*from)[2], float *part,
	const struct photo_tap *tap, int n, int side, bool all, int size)
{
	for (int i = 0; i < n; i++) {
		from[i][0] = (all ? tap[i].a : 2 * i) * size;
		from[i][1] = (all ? tap[i].b : 2 * i + 1) * size;
		part[i] = tap[i].t;
	}
	for (int i = n; i < side; i++) {
		from[i][0] = from[i][1] = -1;
		part[i] = 0;
	}
}

/* A picture's entries of the tables. */
static int64_t *start_of(const struct photo_pack *p, int i)
{
	return (int64_t *)p->block + i;
}

static int32_t (*from_of(const struct photo_pack *p, int i))[2]
{
	return (int32_t(*)[2])(p->block + photo_pack_from(p)) +
	       taps_of(i, p->h, p->w);
}

static float *part_of(const struct photo_pack *p, int i)
{
	return (float *)(p->block + photo_pack_part(p)) +
	       taps_of(i, p->h, p->w);
}

void photo_pack_add(struct photo_pack *p, int i, const struct photo_look *look,
	const struct photo_fit *fit, const struct img *im, bool flip)
{
	int32_t(*from)[2] = from_of(p, i);
	float *part = part_of(p, i);
	struct photo_source s;
	int columns, rows;
	size_t start;

	BUG_ON(i >= p->most || fit->w > p->w || fit->h > p->h);
	photo_source_init(&s, look, fit, im, flip);
	columns = kept(s.im.w, s.w);
	rows = kept(s.im.h, s.h);
	start = atomic_fetch_add(&p->used, (size_t)columns * (size_t)rows * 3);
	*start_of(p, i) = (int64_t)start;
	write_taps(from, part, s.y, s.h, p->h, rows == s.im.h, columns * 3);
	write_taps(
		from + p->h, part + p->h, s.x, s.w, p->w, columns == s.im.w, 3);
	copy_pixels(p->block + start, &s, columns, rows);
	photo_source_release(&s);
}

void photo_pack_move(struct photo_pack *p, int to, int from)
{
	size_t taps = taps_of(1, p->h, p->w);

	*start_of(p, to) = *start_of(p, from);
	memcpy(from_of(p, to), from_of(p, from), taps * sizeof(int32_t[2]));
	memcpy(part_of(p, to), part_of(p, from), taps * sizeof(float));
}
