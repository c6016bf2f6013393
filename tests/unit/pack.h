/* What a device makes of a pack (data/photo_pack.h). */
#ifndef UNIT_PACK_H
#define UNIT_PACK_H

#include "data/photo_pack.h"

/* Channel k of a pixel of a pack's picture i, as a device makes it. */
static inline float pack_pixel(const struct photo_pack *p,
	const struct photo_look *look, int i, int y, int x, int k)
{
	const uint8_t *px = p->block + ((const int64_t *)p->block)[i];
	const int32_t(*from)[2] =
		(const int32_t(*)[2])(p->block + photo_pack_from(p)) +
		i * (p->h + p->w);
	const float *part = (const float *)(p->block + photo_pack_part(p)) +
			    i * (p->h + p->w);
	struct photo_channel c[3];
	float v[2], t = part[y], s = part[p->h + x];

	photo_channels(look, c);
	if (from[y][0] < 0 || from[p->h + x][0] < 0)
		return 0;
	for (int j = 0; j < 2; j++) {
		int at = from[p->h + x][j] + c[k].from;

		v[j] = (float)px[from[y][0] + at] * (1 - t) +
		       (float)px[from[y][1] + at] * t;
	}
	return (v[0] * (1 - s) + v[1] * s - c[k].mean) * c[k].gain;
}

#endif
