/* A JPEG that is cut, without decoding and by its planes: the file that comes
 * of it has the size of what was cut. The first byte chooses the part. */
#include "fuzz.h"
#include "img/img.h"

/* Larger ones are cut the same way, only longer. */
enum { PIXELS_MAX = 1 << 18 };

static void check_size(const char *path, const struct img_part *p)
{
	struct err e;
	int w, h;

	BUG_ON(img_size(path, &w, &h, &e));
	BUG_ON(w != p->w || h != p->h);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = fuzz_file(data + 1, n ? n - 1 : 0);
	char to[64];
	struct img_planes planes;
	struct img_part p;
	struct err e;
	int w, h;

	if (!n || img_size(path, &w, &h, &e) || (int64_t)w * h > PIXELS_MAX)
		return 0;
	p.x = (data[0] & 15) * w / 17;
	p.y = (data[0] >> 4) * h / 17;
	p.w = (w - p.x + 1) / 2;
	p.h = (h - p.y + 1) / 2;
	snprintf(to, sizeof to, "/tmp/cut_fuzz.%ld", (long)getpid());
	if (img_planes_load(&planes, path, &p, &e) > 0) {
		BUG_ON(img_planes_save(&planes, &p, to, 0, &e));
		check_size(to, &p);
	}
	img_planes_release(&planes);
	if (img_cut_jpg(path, &p, to, &e))
		return 0;
	BUG_ON(p.x < 0 || p.y < 0 || p.x + p.w > w || p.y + p.h > h);
	check_size(to, &p);
	return 0;
}
