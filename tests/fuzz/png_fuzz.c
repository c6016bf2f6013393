/* A PNG: what is decoded has the size that its header told. */
#include "fuzz.h"
#include "img/img.h"

/* Larger ones are decoded the same way, only longer. */
enum { PIXELS_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = fuzz_file(data, n);
	enum img_format format;
	struct img im;
	struct err e;
	int w, h;

	/* JPEGs have a target of their own. */
	if (img_format(path, &format, &e) || format != IMG_PNG ||
		img_size(path, &w, &h, &e) || (int64_t)w * h > PIXELS_MAX)
		return 0;
	if (!img_load(&im, path, 0, &e)) {
		BUG_ON(im.w != w || im.h != h);
		img_release(&im);
	}
	return 0;
}
