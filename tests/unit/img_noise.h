/* JPEGs of noise, of every kind, and parts of them, for tests of what decodes
 * less than a whole. */
#ifndef UNIT_IMG_NOISE_H
#define UNIT_IMG_NOISE_H

#include "base/rng.h"
#include "img_file.h"

#include <jpeglib.h>

/* What a JPEG may be like. */
struct noise_kind {
	int h, v; /* of colours, stored at 1/h by 1/v */
	bool progressive, cmyk;
	int turn; /* by EXIF, 1: none */
};

static inline void noise_put_turn(struct jpeg_compress_struct *c, int turn)
{
	const JOCTET exif[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0,
		0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (JOCTET)turn, 0, 0};

	jpeg_write_marker(c, JPEG_APP0 + 1, exif, sizeof exif);
}

/* Noise of w by h, which no mistake of a pixel survives. */
static inline const char *noise_encode(const struct noise_kind *k, int w, int h)
{
	struct rng r = rng_new(3, RNG_DRAW);
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr err;
	unsigned char *p = NULL;
	unsigned long n = 0;
	static JSAMPLE row[4096];
	const char *path;

	c.err = jpeg_std_error(&err);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &p, &n);
	c.image_width = (JDIMENSION)w;
	c.image_height = (JDIMENSION)h;
	c.input_components = k->cmyk ? 4 : 3;
	c.in_color_space = k->cmyk ? JCS_CMYK : JCS_RGB;
	jpeg_set_defaults(&c);
	c.comp_info[0].h_samp_factor = k->h;
	c.comp_info[0].v_samp_factor = k->v;
	if (k->progressive)
		jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	if (k->turn != 1)
		noise_put_turn(&c, k->turn);
	for (int y = 0; y < h; y++) {
		JSAMPROW to = row;

		for (int i = 0; i < w * c.input_components; i++)
			row[i] = (JSAMPLE)rng_below(&r, 256);
		jpeg_write_scanlines(&c, &to, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	path = test_write("whole.jpg", p, n);
	free(p);
	return path;
}

static inline struct img_part noise_part(struct rng *r, int w, int h)
{
	struct img_part p = {(int)rng_below(r, (uint32_t)w),
		(int)rng_below(r, (uint32_t)h), 1, 1};

	p.w += (int)rng_below(r, (uint32_t)(w - p.x));
	p.h += (int)rng_below(r, (uint32_t)(h - p.y));
	return p;
}

#endif
