#include "app/neighbour.h"
#include "base/mem.h"
#include "gan/neighbours.h"

enum { ASKED = 255 };

/* The numbers of some pictures: features, or pixels from -1 to 1. */
static void numbers(
	const struct nearest *n, const uint8_t *px, int count, float *to)
{
	const struct gan_set *s = &n->real.set;

	if (n->extractor) {
		n->extractor->look(
			n->extractor->self, px, count, s->w, s->h, to);
		return;
	}
	for (size_t i = 0; i < (size_t)count * (size_t)n->d; i++)
		to[i] = (float)px[i] / 127.5f - 1;
}

/* The median distance of a real picture from its nearest: of some of them,
 * evenly taken, from all. */
static double usual(const struct gan_rows *real)
{
	double far[ASKED];
	int n = real->n < ASKED ? real->n : ASKED;

	for (int i = 0; i < n; i++) {
		int at = (int)((int64_t)i * real->n / n);

		gan_nearest_one(real->v + (size_t)at * (size_t)real->d, real,
			at, &far[i]);
	}
	return gan_median(far, n);
}

int nearest_open(struct nearest *n, const struct score_how *how,
	const char *from, int w, int h, struct gan_extractor *extractor,
	struct err *e)
{
	const struct gan_set *s = &n->real.set;
	struct gan_rows rows;

	*n = (struct nearest){.extractor = extractor};
	if (score_side_open(&n->real, how, from, e))
		return -1;
	if (n->real.kind != SCORE_PICTURES)
		return err_set(e, ERR_USAGE, "'%s' names no pictures", from);
	if (score_side_load(&n->real, w, h, 0, e))
		return -1;
	if (s->n < 2)
		return err_set(e, ERR_DATA,
			"'%s' has %d pictures; 2 are needed", from, s->n);
	n->d = extractor ? extractor->d : w * h * 3;
	n->v = mem_alloc((size_t)s->n * (size_t)n->d, sizeof *n->v);
	n->one = mem_alloc((size_t)n->d, sizeof *n->one);
	numbers(n, s->px, s->n, n->v);
	rows = (struct gan_rows){n->v, s->n, n->d};
	n->usual = usual(&rows);
	return 0;
}

void nearest_release(struct nearest *n)
{
	score_side_release(&n->real);
	mem_free(n->v);
	mem_free(n->one);
	*n = (struct nearest){0};
}

void nearest_find(struct nearest *n, const uint8_t *px, struct nearest_hit *hit)
{
	const struct gan_set *s = &n->real.set;
	const struct gan_rows real = {n->v, s->n, n->d};
	int at;

	numbers(n, px, 1, n->one);
	at = gan_nearest_one(n->one, &real, -1, &hit->distance);
	hit->path = n->real.path_of[at];
	hit->px = s->px + (size_t)at * (size_t)s->w * (size_t)s->h * 3;
	hit->ratio = n->usual > 0 ? hit->distance / n->usual : 0;
	hit->copy = hit->distance < n->usual / 2 || hit->distance == 0;
}
