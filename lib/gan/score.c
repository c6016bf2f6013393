#include "gan/score.h"
#include "base/mem.h"
#include "base/rng.h"
#include "gan/frechet.h"
#include "gan/kernel_distance.h"
#include "gan/neighbours.h"

#include <math.h>
#include <string.h>

const struct gan_metric_info gan_metrics[GAN_METRICS] = {
	[GAN_SWD] = {"SWD", false, 3,
		"sliced Wasserstein distance of patches, times 1000"},
	[GAN_NND] = {"nnd", false, 4,
		"mean distance of a real picture from the nearest drawn one, "
		"values from -1 to 1"},
	[GAN_FD] = {"FD", true, 5, "Frechet distance of features"},
	[GAN_KD] = {"KD", true, 4, "kernel distance of features, times 1000"},
	[GAN_KD_STD] = {"KD-std", true, 4,
		"deviation of the kernel distance over subsets"},
	[GAN_PRECISION] = {"precision", false, 4,
		"share of drawn pictures among the real ones"},
	[GAN_RECALL] = {"recall", false, 4,
		"share of real pictures among the drawn ones"},
	[GAN_DENSITY] = {"density", false, 4,
		"how many real pictures' neighbourhoods hold a drawn one"},
	[GAN_COVERAGE] = {"coverage", false, 4,
		"share of real pictures with a drawn one in their "
		"neighbourhood"},
	[GAN_ONE_NN] = {"1nn", false, 4,
		"how often the nearest picture tells real from drawn; 0.5 is "
		"best"},
	[GAN_COPIES] = {"copies", false, 4,
		"share of drawn pictures that are a real one, or nearly"},
};

const char *gan_metric_name(
	enum gan_metric m, const char *extractor, struct arena *a)
{
	static const char *const defined[GAN_METRICS] = {
		[GAN_FD] = "FID", [GAN_KD] = "KID", [GAN_KD_STD] = "KID-std"};
	const struct gan_metric_info *i = &gan_metrics[m];

	if (!i->of_features)
		return i->name;
	if (!strcmp(extractor, GAN_EXTRACTOR_FID))
		return defined[m];
	return arena_printf(a, "%s-%s", i->name, extractor);
}

/* ---- sets ---- */

static size_t pixels_of(const struct gan_set *s)
{
	return (size_t)s->w * (size_t)s->h * 3;
}

/* n pictures of a set from number `from` on. */
static struct gan_set part(const struct gan_set *s, int from, int n)
{
	struct gan_set p = *s;

	p.n = n;
	if (s->px)
		p.px += (size_t)from * pixels_of(s);
	if (s->feature)
		p.feature += (size_t)from * (size_t)s->d;
	return p;
}

static void release(struct gan_set *s)
{
	mem_free((void *)s->px);
	mem_free((void *)s->feature);
	*s = (struct gan_set){0};
}

/* A set of n of s's pictures, in the seed's order, with the features of the
 * extractor where it has none. Sets of as many pictures get the same order. */
static struct gan_set copy(const struct gan_set *s, int n,
	struct gan_extractor *extractor, uint64_t seed)
{
	struct gan_set to = *s;
	struct rng r = rng_item(seed, RNG_SCORE, 1ULL << 49);
	int32_t *order = mem_alloc((size_t)s->n, sizeof *order);
	size_t size = pixels_of(s), d = (size_t)s->d;
	uint8_t *px = s->px ? mem_alloc((size_t)n, size) : NULL;
	float *v = s->feature ? mem_alloc((size_t)n * d, sizeof *v) : NULL;

	for (int32_t i = 0; i < s->n; i++)
		order[i] = i;
	rng_shuffle(&r, order, s->n);
	for (int i = 0; i < n; i++) {
		size_t from = (size_t)order[i];

		if (px)
			memcpy(px + (size_t)i * size, s->px + from * size,
				size);
		if (v)
			memcpy(v + (size_t)i * d, s->feature + from * d,
				d * sizeof *v);
	}
	mem_free(order);
	if (px && !v && extractor) {
		to.d = extractor->d;
		v = mem_alloc((size_t)n * (size_t)to.d, sizeof *v);
		extractor->look(extractor->self, px, n, s->w, s->h, v);
	}
	to.n = n;
	to.px = px;
	to.feature = v;
	return to;
}

/* ---- rating ---- */

/* Pictures as vectors, the bytes as numbers. */
static float *vectors(const struct gan_set *s)
{
	size_t n = (size_t)s->n * pixels_of(s);
	float *v = mem_alloc(n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (float)s->px[i];
	return v;
}

static void rate_pixels(const struct gan_set *a, const struct gan_set *b,
	uint64_t seed, struct gan_score *s)
{
	int d = (int)pixels_of(a);
	struct gan_rows x = {vectors(a), a->n, d}, y = {vectors(b), b->n, d};
	double *far = mem_alloc((size_t)a->n, sizeof *far), sum = 0;
	const uint8_t *other[] = {b->px};

	gan_nearest(&x, &y, 0, NULL, far);
	for (int i = 0; i < a->n; i++)
		sum += far[i];
	s->v[GAN_NND] = sum / a->n / 127.5;
	mem_free(far);
	mem_free((void *)x.v);
	mem_free((void *)y.v);
	if (!gan_swd_levels(a->w, a->h))
		return;
	gan_swd(&s->swd, a->px, other, 1, a->n, a->w, a->h, seed);
	s->v[GAN_SWD] = s->swd.mean;
}

static void rate_features(const struct gan_set *a, const struct gan_set *b,
	uint64_t seed, struct gan_score *s)
{
	struct gan_rows x = {a->feature, a->n, a->d};
	struct gan_rows y = {b->feature, b->n, b->d};
	struct gan_kernel_distance k;
	struct gan_prdc p;

	s->v[GAN_FD] = gan_frechet(&x, &y);
	gan_kernel_distance(&k, &x, &y, seed);
	s->v[GAN_KD] = k.mean * 1000;
	s->v[GAN_KD_STD] = k.std * 1000;
	gan_prdc(&p, &x, &y, GAN_K);
	s->v[GAN_PRECISION] = p.precision;
	s->v[GAN_RECALL] = p.recall;
	s->v[GAN_DENSITY] = p.density;
	s->v[GAN_COVERAGE] = p.coverage;
	s->v[GAN_ONE_NN] = gan_one_nn(&x, &y);
}

/* Copies are seen in features, or else in the pictures themselves. */
static double copies(const struct gan_set *a, const struct gan_set *b)
{
	bool features = a->feature && b->feature;
	int d = features ? a->d : (int)pixels_of(a);
	struct gan_rows x = {a->feature, a->n, d}, y = {b->feature, b->n, d};
	double share;

	if (!features && !(a->px && b->px))
		return NAN;
	if (!features) {
		x.v = vectors(a);
		y.v = vectors(b);
	}
	share = gan_copies(&x, &y, NULL);
	if (!features) {
		mem_free((void *)x.v);
		mem_free((void *)y.v);
	}
	return share;
}

/* b by the first pictures of a, as many on both sides; copies of `all`. */
static void rate(const struct gan_set *a, const struct gan_set *b,
	const struct gan_set *all, uint64_t seed, struct gan_score *s)
{
	int n = a->n < b->n ? a->n : b->n;
	struct gan_set x = part(a, 0, n), y = part(b, 0, n);

	*s = (struct gan_score){.n = n};
	for (int i = 0; i < GAN_METRICS; i++)
		s->v[i] = NAN;
	if (x.px && y.px)
		rate_pixels(&x, &y, seed, s);
	if (x.feature && y.feature)
		rate_features(&x, &y, seed, s);
	s->v[GAN_COPIES] = copies(all, b);
}

/* ---- the judge ---- */

static int check_count(int n, const char *what, struct err *e)
{
	if (n >= GAN_PICTURES_LEAST)
		return 0;
	return err_set(e, ERR_DATA,
		"%d %s pictures are too few: at least %d are needed", n, what,
		GAN_PICTURES_LEAST);
}

/* Whether the extractor can look at a set, where it has to. */
static int check_size(
	const struct gan_judge *j, const struct gan_set *s, struct err *e)
{
	if (!j->extractor || !s->px || s->feature)
		return 0;
	return gan_extractor_check(j->extractor, s->w, s->h, e);
}

static void rate_noise(struct gan_judge *j)
{
	size_t size = pixels_of(&j->real), n = (size_t)j->half * size;
	uint8_t *px = mem_alloc(n, 1);
	struct rng r = rng_item(j->seed, RNG_SCORE, 1ULL << 50);
	struct gan_set noise = {j->half, j->real.w, j->real.h, px, NULL, 0};
	struct gan_set half = part(&j->real, 0, j->half), seen;

	for (size_t i = 0; i < n; i++)
		px[i] = (uint8_t)rng_u32(&r);
	seen = copy(&noise, noise.n, j->extractor, j->seed);
	rate(&half, &seen, &j->real, j->seed, &j->noise);
	release(&seen);
	mem_free(px);
}

int gan_judge_init(struct gan_judge *j, const struct gan_set *real,
	struct gan_extractor *extractor, uint64_t seed, struct err *e)
{
	struct gan_set a, b;

	*j = (struct gan_judge){
		.extractor = extractor, .half = real->n / 2, .seed = seed};
	if (check_count(real->n, "real", e) || check_size(j, real, e))
		return -1;
	j->real = copy(real, real->n, extractor, seed);
	a = part(&j->real, 0, j->half);
	b = part(&j->real, j->half, j->half);
	rate(&a, &b, &a, seed, &j->floor);
	for (int i = 0; i < GAN_METRICS; i++)
		j->noise.v[i] = NAN;
	/* Features that came from elsewhere say nothing about noise. */
	if (j->real.px && (extractor || !j->real.feature))
		rate_noise(j);
	return 0;
}

void gan_judge_release(struct gan_judge *j)
{
	release(&j->real);
}

int gan_judge_set(const struct gan_judge *j, const struct gan_set *drawn,
	struct gan_score *score, struct err *e)
{
	int n = drawn->n < j->real.n ? drawn->n : j->real.n;
	struct gan_set half = part(&j->real, 0, j->half), b;

	if (check_count(drawn->n, "drawn", e) || check_size(j, drawn, e))
		return -1;
	if (drawn->px && j->real.px &&
		(drawn->w != j->real.w || drawn->h != j->real.h))
		return err_set(e, ERR_DATA,
			"drawn pictures are %dx%d, real ones %dx%d", drawn->w,
			drawn->h, j->real.w, j->real.h);
	b = copy(drawn, n, j->extractor, j->seed);
	if (!(b.feature && j->real.feature) && !(b.px && j->real.px)) {
		release(&b);
		return err_set(e, ERR_DATA,
			"one set has pictures, the other one features: what "
			"the features are made by is needed");
	}
	if (b.feature && j->real.feature && b.d != j->real.d) {
		err_set(e, ERR_DATA,
			"drawn pictures have %d features, real ones %d", b.d,
			j->real.d);
		release(&b);
		return -1;
	}
	rate(&half, &b, &j->real, j->seed, score);
	release(&b);
	return 0;
}

int gan_judge_drawn(const struct gan_judge *j, int n,
	void (*draw)(void *to, int i, uint8_t *px), void *to,
	struct gan_score *score, struct err *e)
{
	struct gan_set s = {
		n ? n : j->half, j->real.w, j->real.h, NULL, NULL, 0};
	size_t size = pixels_of(&s);
	uint8_t *px = mem_alloc((size_t)s.n, size);
	int bad;

	for (int i = 0; i < s.n; i++)
		draw(to, i, px + (size_t)i * size);
	s.px = px;
	bad = gan_judge_set(j, &s, score, e);
	mem_free(px);
	return bad;
}
