/* What tests of pictures share: a folder that goes away, pictures to compare.
 */
#ifndef UNIT_IMG_FILE_H
#define UNIT_IMG_FILE_H

#include <stdlib.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "img/img.h"
#include "tap.h"

static char test_dir[] = "/tmp/img_test.XXXXXX";
static struct arena test_mem;

static inline void test_dir_make(void)
{
	if (!mkdtemp(test_dir))
		exit(1);
}

static inline const char *test_path(const char *name)
{
	return arena_printf(&test_mem, "%s/%s", test_dir, name);
}

/* The names of all files that a test wrote; the folder must then be empty. */
static inline void test_dir_remove(const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		unlink(test_path(names[i]));
	ok(!rmdir(test_dir), "no other file is left behind");
	arena_release(&test_mem);
}

static inline const char *test_write(const char *name, const void *p, size_t n)
{
	const char *path = test_path(name);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(p, 1, n, f) != n || fclose(f))
		exit(1);
	return path;
}

/* A picture in which neighbours differ a little and no two corners are alike.
 */
static inline void test_picture(struct img *im, int w, int h)
{
	img_init(im, w, h);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			uint8_t *p = im->px + ((size_t)y * w + x) * 3;

			p[0] = (uint8_t)(x * 255 / w);
			p[1] = (uint8_t)(y * 255 / h);
			p[2] = (uint8_t)((x + y) * 127 / (w + h));
		}
}

/* The largest difference of a channel; 256 for pictures of other sizes. */
static inline int test_differ(const struct img *a, const struct img *b)
{
	int most = 0;

	if (a->w != b->w || a->h != b->h)
		return 256;
	for (size_t i = 0; i < (size_t)a->w * a->h * 3; i++)
		most = abs(a->px[i] - b->px[i]) > most
			       ? abs(a->px[i] - b->px[i])
			       : most;
	return most;
}

static inline uint32_t test_pixel(const struct img *im, int x, int y)
{
	const uint8_t *p = im->px + ((size_t)y * im->w + x) * 3;

	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

#endif
