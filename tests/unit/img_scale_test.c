#define _XOPEN_SOURCE 700
#include "img_file.h"
#include "base/rng.h"

static void noise(struct img *im, int w, int h)
{
	struct rng r = rng_new(7, RNG_DRAW);

	img_init(im, w, h);
	for (int i = 0; i < w * h * 3; i++)
		im->px[i] = (uint8_t)rng_below(&r, 256);
}

/* How much of source pixel j output pixel i takes, by the definition. */
static double weight(int i, int j, int in, int out)
{
	double scale = (double)in / out, reach = scale > 1 ? scale : 1;
	double d = fabs(j + 0.5 - (i + 0.5) * scale) / reach;

	return d < 1 ? 1 - d : 0;
}

/* Every source pixel for every output pixel, in double precision. */
static double naive(const struct img *im, int x, int y, int k, int w, int h)
{
	double sum = 0, all = 0;

	for (int j = 0; j < im->h; j++)
		for (int i = 0; i < im->w; i++) {
			double part =
				weight(x, i, im->w, w) * weight(y, j, im->h, h);

			sum += part * im->px[(j * im->w + i) * 3 + k];
			all += part;
		}
	return sum / all;
}

static void check_against_naive(void)
{
	static const int sizes[][4] = {{17, 13, 5, 4}, {5, 4, 17, 13},
		{30, 7, 10, 21}, {16, 16, 8, 8}, {9, 9, 9, 3}, {1, 1, 6, 5},
		{23, 19, 1, 1}, {3, 2, 2, 3}};
	struct img im, out;

	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		int w = sizes[s][2], h = sizes[s][3];
		double most = 0;

		noise(&im, sizes[s][0], sizes[s][1]);
		img_resize(&out, &im, w, h);
		for (int i = 0; i < w * h * 3; i++) {
			double want =
				naive(&im, i / 3 % w, i / 3 / w, i % 3, w, h);

			most = fmax(most, fabs(out.px[i] - want));
		}
		ok(most < 0.502, "%d by %d to %d by %d: off by %.4f", im.w,
			im.h, w, h, most);
		img_release(&out);
		img_release(&im);
	}
}

static void check_flat(void)
{
	struct img im, out;
	int same = 1;

	for (int v = 0; v < 256; v += 51) {
		img_init(&im, 37, 23);
		memset(im.px, v, 37 * 23 * 3);
		img_resize(&out, &im, 61, 5);
		for (int i = 0; i < 61 * 5 * 3; i++)
			same &= out.px[i] == v;
		img_release(&out);
		img_release(&im);
	}
	ok(same, "what is of one colour stays so");
	noise(&im, 20, 30);
	img_resize(&out, &im, 20, 30);
	is_int(test_differ(&im, &out), 0, "the same size, the same picture");
	img_release(&out);
	img_release(&im);
}

int main(void)
{
	check_against_naive();
	check_flat();
	return done();
}
