#define _XOPEN_SOURCE 700
#include "img_file.h"

/* The picture as letters: '.' for black. */
static const char *look(const struct img *im)
{
	char *s = arena_zero(&test_mem, 1, (size_t)(im->w + 1) * im->h + 1);
	char *p = s;

	for (int y = 0; y < im->h; y++) {
		for (int x = 0; x < im->w; x++) {
			uint32_t v = test_pixel(im, x, y);

			*p++ = (char)(v ? (v & 255) : '.');
		}
		*p++ = '|';
	}
	return s;
}

static void check_rects(void)
{
	struct img im;

	img_init(&im, 6, 4);
	img_fill_rect(&im, 1, 1, 2, 2, 'a');
	is_str(look(&im), "......|.aa...|.aa...|......|", "a rectangle");
	img_fill_rect(&im, -5, 3, 7, 9, 'b');
	img_fill_rect(&im, 5, -3, 1000, 4, 'c');
	img_fill_rect(&im, 9, 0, 2, 2, 'x');
	img_fill_rect(&im, 0, 0, 0, 2, 'x');
	img_fill_rect(&im, 2, 2, -1, 2, 'x');
	img_fill_rect(&im, 2147483647, 0, 2147483647, 4, 'x');
	is_str(look(&im), ".....c|.aa...|.aa...|bb....|", "clipped ones");
	img_frame(&im, 0, 0, 6, 4, 1, 'f');
	is_str(look(&im), "ffffff|faa..f|faa..f|ffffff|", "a frame");
	img_frame(&im, 1, 1, 3, 2, 1, 'g');
	is_str(look(&im), "ffffff|fggg.f|fggg.f|ffffff|",
		"one without a middle");
	img_release(&im);
}

static void check_parts(void)
{
	struct img im, part;

	img_init(&im, 3, 2);
	for (int i = 0; i < 6; i++)
		im.px[i * 3 + 2] = (uint8_t)('a' + i);
	img_crop(&part, &im, &(struct img_part){1, 0, 2, 2});
	is_str(look(&part), "bc|ef|", "a part");
	img_flip(&im);
	is_str(look(&im), "cba|fed|", "flipped");
	img_blit(&im, 2, 1, &part);
	is_str(look(&im), "cba|feb|", "put on it, over the border");
	img_blit(&im, -1, -1, &part);
	is_str(look(&im), "fba|feb|", "and over the other");
	img_blit(&im, 3, 0, &part);
	is_str(look(&im), "fba|feb|", "and beside it");
	img_release(&part);
	img_release(&im);
}

static void check_text(void)
{
	struct img im, big;
	int same = 1;

	img_init(&im, 12, 8);
	img_text(&im, 0, 0, 1, "T.", 'x');
	is_str(look(&im),
		"xxxxx.......|..x.........|..x.........|..x.........|"
		"..x.........|..x....xx...|..x....xx...|............|",
		"two letters");
	img_init(&big, 24, 16);
	img_text(&big, 0, 0, 2, "T.", 'x');
	for (int i = 0; i < 24 * 16; i++)
		same &= test_pixel(&big, i % 24, i / 24) ==
			test_pixel(&im, i % 24 / 2, i / 24 / 2);
	ok(same, "and twice as large");
	img_text(&im, -4, 6, 3, "W\xc3\xa9\x7f\x01", 'y');
	ok(!strncmp(look(&im), "xxxxx.......|", 13) && strchr(look(&im), 'y'),
		"clipped, with bytes that are no letters");
	img_release(&big);
	img_release(&im);
}

int main(void)
{
	check_rects();
	check_parts();
	check_text();
	arena_release(&test_mem);
	return done();
}
