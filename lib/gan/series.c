#include "gan/series.h"
#include "gan/latent.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- one seed ---- */

static void draw_labels(const struct gan_series *s, struct rng *r, float *to)
{
	const struct gan_labels *l = s->labels;

	gan_labels_draw(l, r, to);
	for (int k = 0; k < l->nkeys; k++)
		for (int v = 0; s->fixed[k] && v < l->key[k].n; v++) {
			int at = gan_labels_at(l, k, v);

			to[at] = s->label[at];
		}
}

/* What one seed means: the same numbers whatever the series. */
static void inputs_of(const struct gan_series *s, uint64_t seed, float *to)
{
	const struct dcgan_config *c = s->config;
	/* Training draws from items of the stream, never from its trunk. */
	struct rng r = rng_new(seed, RNG_LATENT);

	gan_latent(c, &r, to);
	memset(to + c->nz, 0, (size_t)c->labels * sizeof *to);
	if (s->labels && c->labels)
		draw_labels(s, &r, to + c->nz);
}

/* ---- between two ---- */

/* The angle between two vectors of noise. */
static double angle(const float *a, const float *b, int64_t n)
{
	double ab = 0, aa = 0, bb = 0, cosine;

	for (int64_t i = 0; i < n; i++) {
		ab += (double)a[i] * (double)b[i];
		aa += (double)a[i] * (double)a[i];
		bb += (double)b[i] * (double)b[i];
	}
	cosine = aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 1;
	return acos(fmin(fmax(cosine, -1), 1));
}

/* a becomes what is t of the way to b: noise on the great circle (uniform
 * noise, which lies in a cube, on the line), labels on the line. */
static void between(
	const struct dcgan_config *c, float *a, const float *b, double t)
{
	double at = 1 - t, bt = t, w;

	if (c->latent != DCGAN_UNIFORM && (w = angle(a, b, c->nz)) > 1e-6 &&
		w < acos(-1) - 1e-6) {
		at = sin((1 - t) * w) / sin(w);
		bt = sin(t * w) / sin(w);
	}
	for (int64_t i = 0; i < c->nz; i++)
		a[i] = (float)(at * (double)a[i] + bt * (double)b[i]);
	for (int64_t i = c->nz; i < dcgan_inputs(c); i++)
		a[i] = (float)((1 - t) * (double)a[i] + t * (double)b[i]);
}

/* Where on a walk picture i is: seed + *leg, and so much further. */
static double walk_at(const struct gan_series *s, int i, int *leg)
{
	int legs = s->loop ? s->seeds : s->seeds - 1;
	int steps = s->loop ? s->count : s->count - 1;
	double at = steps > 0 ? (double)i * legs / steps : 0;

	*leg = (int)at;
	return at - *leg;
}

static uint64_t walk_seed(const struct gan_series *s, int leg)
{
	return s->seed + (uint64_t)(leg % s->seeds);
}

/* ---- kinds ---- */

static int row_of(const struct gan_series *s, int i)
{
	return s->columns ? i / s->columns : i;
}

static int column_of(const struct gan_series *s, int i)
{
	return s->columns ? i % s->columns : i;
}

uint64_t gan_series_seed(const struct gan_series *s, int i)
{
	int leg;

	switch (s->kind) {
	case GAN_SERIES_WALK:
		walk_at(s, i, &leg);
		return walk_seed(s, leg);
	case GAN_SERIES_CROSS:
	case GAN_SERIES_SLIDE:
		return s->seed + (uint64_t)row_of(s, i);
	default:
		return s->seed + (uint64_t)i;
	}
}

static uint64_t mate_of(const struct gan_series *s, int i)
{
	return s->other + (uint64_t)column_of(s, i);
}

/* A row goes from one end to the other. */
static double amount_of(const struct gan_series *s, int i)
{
	if (s->columns < 2)
		return s->amount;
	return s->amount * (2.0 * column_of(s, i) / (s->columns - 1) - 1);
}

/* to, the noise of `other`, with some of what differs. */
static void vary(const struct gan_series *s, float *to, const float *by)
{
	const struct dcgan_config *c = s->config;
	double keep = c->latent == DCGAN_UNIFORM
			      ? 1 - s->spread
			      : sqrt(1 - s->spread * s->spread);

	for (int64_t i = 0; i < c->nz; i++)
		to[i] = (float)(keep * (double)to[i] +
				s->spread * (double)by[i]);
}

void gan_series_inputs(const struct gan_series *s, int i, float *to)
{
	const struct dcgan_config *c = s->config;
	float second[DCGAN_NZ_MAX + DCGAN_LABELS_MAX];
	double shorter = s->truncation > 0 ? s->truncation : 1;
	int leg;

	switch (s->kind) {
	case GAN_SERIES_WALK: {
		double t = walk_at(s, i, &leg);

		inputs_of(s, walk_seed(s, leg), to);
		inputs_of(s, walk_seed(s, leg + 1), second);
		between(c, to, second, t);
		break;
	}
	case GAN_SERIES_LIKE:
		inputs_of(s, s->other, to);
		inputs_of(s, gan_series_seed(s, i), second);
		vary(s, to, second);
		break;
	case GAN_SERIES_CROSS:
		inputs_of(s, gan_series_seed(s, i), to);
		inputs_of(s, mate_of(s, i), second);
		between(c, to, second, s->share);
		break;
	default:
		inputs_of(s, gan_series_seed(s, i), to);
	}
	if (s->kind == GAN_SERIES_SLIDE)
		for (int64_t k = 0; k < c->nz; k++)
			to[k] += (float)(amount_of(s, i) * s->direction[k]);
	if (s->kind != GAN_SERIES_SEEDS)
		gan_latent_project(c, to);
	for (int64_t k = 0; k < c->nz && shorter < 1; k++)
		to[k] = (float)(shorter * (double)to[k]);
}

void gan_series_caption(
	const struct gan_series *s, int i, char text[GAN_SERIES_CAPTION])
{
	unsigned long long seed = gan_series_seed(s, i);
	int leg;

	switch (s->kind) {
	case GAN_SERIES_WALK: {
		double t = walk_at(s, i, &leg);

		snprintf(text, GAN_SERIES_CAPTION, t > 0 ? "%llu+%.2f" : "%llu",
			seed, t);
		break;
	}
	case GAN_SERIES_CROSS:
		snprintf(text, GAN_SERIES_CAPTION, "%llux%llu", seed,
			(unsigned long long)mate_of(s, i));
		break;
	case GAN_SERIES_SLIDE:
		snprintf(text, GAN_SERIES_CAPTION, "%llu%+.1f", seed,
			amount_of(s, i));
		break;
	default:
		snprintf(text, GAN_SERIES_CAPTION, "%llu", seed);
	}
}
