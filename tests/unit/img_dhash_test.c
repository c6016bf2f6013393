#define _XOPEN_SOURCE 700
#include "img/dhash.h"
#include "img_file.h"

/* 9 by 8 tiles of 20 by 30 pixels, which shrinking makes pixels of: a tile is
 * brighter than the one to its left where the pattern has a bit. */
static void tiles(struct img *im, uint64_t pattern)
{
	img_init(im, 9 * 20, 8 * 30);
	for (int y = 0; y < 8; y++) {
		int grey = 128;

		for (int x = 0; x < 9; x++) {
			if (x > 0)
				grey += pattern >> (63 - (y * 8 + x - 1)) & 1
						? 12
						: -12;
			img_fill_rect(im, x * 20, y * 30, 20, 30,
				(uint32_t)grey * 0x010101);
		}
	}
}

static void check_bits(void)
{
	static const uint64_t patterns[] = {0, UINT64_MAX, 0x0123456789abcdef,
		1, (uint64_t)1 << 63, 0xf0e1d2c3b4a59687};

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct img im;

		tiles(&im, patterns[i]);
		ok(img_dhash(&im) == patterns[i], "bits of %016llx",
			(unsigned long long)patterns[i]);
		img_release(&im);
	}
}

static void check_size(void)
{
	struct img im, other;
	uint64_t hash;

	tiles(&im, 0x3c96a55a0ff01234);
	hash = img_dhash(&im);
	img_resize(&other, &im, 77, 200);
	ok(img_dhash_distance(img_dhash(&other), hash) <= 2,
		"a smaller one of another shape has nearly the same hash");
	img_release(&other);
	img_flip(&im);
	ok(img_dhash_distance(img_dhash(&im), hash) > 16,
		"mirrored it is another picture");
	img_release(&im);
	img_init(&im, 1, 1);
	ok(img_dhash(&im) == 0, "a picture of one pixel has a hash");
	img_release(&im);
}

int main(void)
{
	check_bits();
	check_size();
	is_int(img_dhash_distance(0, UINT64_MAX), 64, "opposites");
	is_int(img_dhash_distance(5, 6), 2, "5 and 6 differ in two bits");
	return done();
}
