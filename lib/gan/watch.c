#include "gan/watch.h"

#include <math.h>

/* Of D's loss: every picture is told with a probability of 0.99 or so. */
#define SURE 0.02
/* Share of the real pictures' spread, and images to learn it in. */
#define ALIKE 0.5
enum { LEARNT = 50000 };

int64_t gan_watch_saturated(struct gan_run *run, const struct gan_report *r)
{
	bool sure = !r->skipped && r->sign >= 1 && r->loss_d < SURE;

	run->saturated = sure ? run->saturated + 1 : 0;
	return run->saturated;
}

double gan_watch_spread(const uint8_t *px, int n, size_t size)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++) {
			const uint8_t *a = px + (size_t)i * size;
			const uint8_t *b = px + (size_t)j * size;
			int64_t square = 0;

			for (size_t k = 0; k < size; k++) {
				int d = a[k] - b[k];

				square += d * d;
			}
			sum += sqrt((double)square / (double)size);
		}
	return n > 1 ? sum / (0.5 * n * (n - 1)) : 0;
}

bool gan_watch_collapsed(struct gan_run *run, double share)
{
	bool was = run->varied;

	run->varied |= share >= ALIKE;
	return share < ALIKE && (was || run->images >= LEARNT);
}
