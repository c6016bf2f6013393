#include "base/mem.h"
#include "data/cocoeval_int.h"

#include <limits.h>
#include <string.h>

enum { T = COCOEVAL_THRESHOLDS, R = COCOEVAL_RECALLS };

static const int cut_at[CUTS] = {1, 10, MAX_DETS};

struct evaluation {
	const struct coco *truth;
	const struct coco_det *det;
	int ndet, k; /* k: categories */
	/* Places in the truth's anns and in det, by category, then by image in
	 * the order of the ids, then as they came. */
	int *truths, *dets;
	int *first_truth, *first_det; /* [k + 1] of each category */
	double *precision;            /* [AREAS][T][R][k] */
	double *recall;               /* [AREAS][CUTS][T][k] */
};

/* ==== Order ==== */

/* A stable sort of places by key[place]: to, and where each key begins. */
static void count_sort(const int *key, int nkeys, const int *places, int *to,
	int n, int *begin)
{
	memset(begin, 0, ((size_t)nkeys + 1) * sizeof *begin);
	for (int i = 0; i < n; i++)
		begin[key[i] + 1]++;
	for (int i = 0; i < nkeys; i++)
		begin[i + 1] += begin[i];
	for (int i = 0; i < n; i++)
		to[begin[key[places[i]]]++] = places[i];
	memmove(begin + 1, begin, (size_t)nkeys * sizeof *begin);
	begin[0] = 0;
}

/* 0..n-1 by category and image. */
static int *sort_places(const struct coco *c, const int *category,
	const int *image, int n, int *first, struct arena *a)
{
	int *places = arena_zero(a, (size_t)n, sizeof *places);
	struct arena_mark mark = arena_mark(a);
	int *tmp = arena_zero(a, (size_t)n, sizeof *tmp);
	int *begin = arena_zero(a, (size_t)c->nimages + 1, sizeof *begin);

	for (int i = 0; i < n; i++)
		places[i] = i;
	count_sort(image, c->nimages, places, tmp, n, begin);
	count_sort(category, c->ncategories, tmp, places, n, first);
	arena_back(a, mark);
	return places;
}

static void sort_all(struct evaluation *v, int *rank, struct arena *a)
{
	const struct coco *c = v->truth;
	int most = c->nanns > v->ndet ? c->nanns : v->ndet;
	int *category = arena_zero(a, (size_t)most, sizeof *category);
	int *image = arena_zero(a, (size_t)most, sizeof *image);

	for (int i = 0; i < c->nimages; i++)
		rank[c->image_ids[i].at] = i;
	for (int i = 0; i < c->nanns; i++) {
		category[i] = c->anns[i].category;
		image[i] = rank[c->anns[i].image];
	}
	v->truths =
		sort_places(c, category, image, c->nanns, v->first_truth, a);
	for (int i = 0; i < v->ndet; i++) {
		category[i] = v->det[i].category;
		image[i] = rank[v->det[i].image];
	}
	v->dets = sort_places(c, category, image, v->ndet, v->first_det, a);
}

/* ==== One category ==== */

/* Where numpy.linspace(0, 1, 101) has its points. */
static double recall_at(int i)
{
	return i == R - 1 ? 1.0 : i * (1.0 / 100);
}

/*
 * Precision and recall down the list of hits. Both change for the better at a
 * hit that finds something and nowhere else, so these are all that must be
 * looked at; ignored hits count for nothing.
 */
struct curve {
	int tp, fp;
	double *precision, *recall; /* [tp] */
};

static void read_off(const struct curve *c, double *precision, size_t stride)
{
	int at = 0;

	for (int i = c->tp - 1; i > 0; i--)
		if (c->precision[i] > c->precision[i - 1])
			c->precision[i - 1] = c->precision[i];
	for (int r = 0; r < R; r++) {
		while (at < c->tp && c->recall[at] < recall_at(r))
			at++;
		precision[(size_t)r * stride] =
			at < c->tp ? c->precision[at] : 0;
	}
}

/* Down the list of hits, all thresholds at once. */
static void draw_curves(
	struct curve curve[T], const struct cocoeval_class *c, int area)
{
	double positives = c->positives[area];

	for (int i = 0; i < c->nhit; i++) {
		const struct cocoeval_hit *hit = &c->hit[c->by[i].at];
		unsigned counts = ~(unsigned)hit->ignored[area];
		unsigned wrong = counts & ~(unsigned)hit->found[area];

		for (int t = 0; t < T; t++) {
			struct curve *u = &curve[t];

			u->fp += wrong >> t & 1;
			if (!((counts & hit->found[area]) >> t & 1))
				continue;
			u->recall[u->tp] = (u->tp + 1) / positives;
			u->precision[u->tp] =
				(u->tp + 1) /
				((double)u->fp + (u->tp + 1) + 0x1p-52);
			u->tp++;
		}
	}
}

static double *at_precision(
	const struct evaluation *v, int area, int t, int category)
{
	return v->precision +
	       ((size_t)area * T + (size_t)t) * R * (size_t)v->k + category;
}

static double *at_recall(
	const struct evaluation *v, int area, int cut, int t, int category)
{
	return v->recall +
	       (((size_t)area * CUTS + (size_t)cut) * T + (size_t)t) *
		       (size_t)v->k +
	       category;
}

static void rate_area(const struct evaluation *v,
	const struct cocoeval_class *c, int category, int area)
{
	struct arena_mark mark = arena_mark(c->arena);
	size_t positives = (size_t)c->positives[area];
	struct curve curve[T] = {{0}};

	for (int t = 0; t < T; t++) {
		/* What counts is found once. */
		curve[t].precision = arena_alloc(
			c->arena, 2 * positives * sizeof *curve[t].precision);
		curve[t].recall = curve[t].precision + positives;
	}
	draw_curves(curve, c, area);
	for (int t = 0; t < T; t++) {
		*at_recall(v, area, CUTS - 1, t, category) =
			curve[t].tp / (double)positives;
		read_off(&curve[t], at_precision(v, area, t, category),
			(size_t)v->k);
	}
	arena_back(c->arena, mark);
}

/* Recall with fewer detections an image, of which no precision is asked. */
static void rate_cut(const struct evaluation *v, const struct cocoeval_class *c,
	int category, int cut)
{
	int tp[T] = {0};

	for (int i = 0; i < c->nhit; i++)
		for (int t = 0; t < T && c->hit[i].in_image < cut_at[cut]; t++)
			tp[t] += c->hit[i].found[0] >> t & 1 &
				 ~(c->hit[i].ignored[0] >> t);
	for (int t = 0; t < T; t++)
		*at_recall(v, 0, cut, t, category) =
			tp[t] / (double)c->positives[0];
}

/* The best of the detections d0..d1-1 into c->det. */
static void take_best(
	const struct evaluation *v, struct cocoeval_class *c, int d0, int d1)
{
	/* What lies behind the hits so far is free. */
	struct cocoeval_scored *s = c->by + c->nhit;
	int n = d1 - d0;

	for (int i = 0; i < n; i++)
		s[i] = (struct cocoeval_scored){
			v->det[v->dets[d0 + i]].score, v->dets[d0 + i]};
	cocoeval_sort(s, c->tmp, n);
	c->ndet = n < MAX_DETS ? n : MAX_DETS;
	for (int i = 0; i < c->ndet; i++)
		c->det[i] = &v->det[s[i].at];
}

/* Match image by image. */
static void match_all(const struct evaluation *v, const int *rank,
	struct cocoeval_class *c, int category)
{
	int g = v->first_truth[category], gend = v->first_truth[category + 1];
	int d = v->first_det[category], dend = v->first_det[category + 1];

	while (g < gend || d < dend) {
		int grank = g < gend ? rank[v->truth->anns[v->truths[g]].image]
				     : INT_MAX;
		int drank = d < dend ? rank[v->det[v->dets[d]].image] : INT_MAX;
		int now = grank < drank ? grank : drank, d0 = d;

		for (c->ntruth = 0; g < gend; g++) {
			const struct coco_ann *t =
				&v->truth->anns[v->truths[g]];

			if (rank[t->image] != now)
				break;
			c->truth[c->ntruth++] = t;
		}
		while (d < dend && rank[v->det[v->dets[d]].image] == now)
			d++;
		take_best(v, c, d0, d);
		cocoeval_match(c);
	}
}

static void rate_category(const struct evaluation *v, const int *rank,
	int category, int *positives, struct arena *a)
{
	size_t ng = (size_t)(v->first_truth[category + 1] -
			     v->first_truth[category]);
	size_t nd =
		(size_t)(v->first_det[category + 1] - v->first_det[category]);
	struct cocoeval_class c = {.arena = a};

	c.truth = arena_alloc(a, ng * sizeof *c.truth);
	c.det = arena_alloc(a, MAX_DETS * sizeof *c.det);
	c.hit = arena_alloc(a, nd * sizeof *c.hit);
	c.by = arena_alloc(a, nd * sizeof *c.by);
	c.tmp = arena_alloc(a, nd * sizeof *c.tmp);
	match_all(v, rank, &c, category);
	*positives = c.positives[0];
	if (c.positives[0])
		for (int cut = 0; cut < CUTS - 1; cut++)
			rate_cut(v, &c, category, cut);
	cocoeval_sort(c.by, c.tmp, c.nhit);
	for (int area = 0; area < AREAS; area++)
		if (c.positives[area])
			rate_area(v, &c, category, area);
}

/* ==== Means ==== */

/* numpy's pairwise summation of what it takes at a time. */
static double sum_pairs(const double *x, size_t n)
{
	double r[8], s = 0;
	size_t i, half;

	if (n < 8) {
		for (i = 0; i < n; i++)
			s += x[i];
		return s;
	}
	if (n > 128) {
		half = n / 2;
		half -= half % 8;
		return sum_pairs(x, half) + sum_pairs(x + half, n - half);
	}
	for (int j = 0; j < 8; j++)
		r[j] = x[j];
	for (i = 8; i < n - n % 8; i += 8)
		for (int j = 0; j < 8; j++)
			r[j] += x[i + (size_t)j];
	s = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
	for (; i < n; i++)
		s += x[i];
	return s;
}

/* numpy's sum: the same additions in the same order. */
static double sum(const double *x, size_t n)
{
	enum { AT_A_TIME = 8192 }; /* its buffer */
	double s = 0;

	for (size_t i = 0; i < n; i += AT_A_TIME)
		s += sum_pairs(x + i, n - i < AT_A_TIME ? n - i : AT_A_TIME);
	return s;
}

/* The mean of those of n values, stride apart, that are known. */
static double mean(const double *x, size_t n, size_t stride)
{
	double *known = mem_alloc(n, sizeof *known), m;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (x[i * stride] > -1)
			known[found++] = x[i * stride];
	m = found ? sum(known, found) / (double)found : -1;
	mem_free(known);
	return m;
}

double cocoeval_ap_at(const struct cocoeval *v, int category, int threshold)
{
	size_t k = (size_t)v->ncategories;

	return mean(v->precision + (size_t)threshold * R * k + category, R, k);
}

double cocoeval_mean_ap_at(const struct cocoeval *v, int threshold)
{
	size_t k = (size_t)v->ncategories;

	return mean(v->precision + (size_t)threshold * R * k, R * k, 1);
}

static void summarize(const struct evaluation *v, struct cocoeval *out)
{
	enum { AT50 = 0, AT75 = 5 };
	size_t k = (size_t)v->k;
	double *f = out->figure;

	f[COCOEVAL_AP50] = cocoeval_mean_ap_at(out, AT50);
	f[COCOEVAL_AP75] = cocoeval_mean_ap_at(out, AT75);
	for (int area = 0; area < AREAS; area++) {
		int ap = area ? COCOEVAL_AP_SMALL + area - 1 : COCOEVAL_AP;
		int ar = area ? COCOEVAL_AR_SMALL + area - 1 : COCOEVAL_AR100;

		f[ap] = mean(at_precision(v, area, 0, 0), T * R * k, 1);
		f[ar] = mean(at_recall(v, area, CUTS - 1, 0, 0), T * k, 1);
	}
	for (int cut = 0; cut < CUTS - 1; cut++)
		f[COCOEVAL_AR1 + cut] =
			mean(at_recall(v, 0, cut, 0, 0), T * k, 1);
	for (int i = 0; i < v->k; i++) {
		out->ap[i] = mean(out->precision + i, T * R, k);
		out->ap50[i] = cocoeval_ap_at(out, i, AT50);
	}
}

static double *unknown(struct arena *a, size_t n)
{
	double *x = arena_alloc(a, n * sizeof *x);

	for (size_t i = 0; i < n; i++)
		x[i] = -1;
	return x;
}

void cocoeval_run(struct cocoeval *out, const struct coco *truth,
	const struct coco_det *det, int n, int threads, struct arena *a)
{
	struct evaluation v = {
		.truth = truth, .det = det, .ndet = n, .k = truth->ncategories};
	size_t k = (size_t)v.k;
	struct arena_mark mark;
	int *rank;

	*out = (struct cocoeval){.ncategories = v.k};
	out->ap = arena_zero(a, k, sizeof *out->ap);
	out->ap50 = arena_zero(a, k, sizeof *out->ap50);
	out->truths = arena_zero(a, k, sizeof *out->truths);
	v.precision = out->precision = unknown(a, (size_t)AREAS * T * R * k);
	v.recall = unknown(a, (size_t)AREAS * CUTS * T * k);
	out->recall = at_recall(&v, 0, CUTS - 1, 0, 0);
	mark = arena_mark(a);
	v.first_truth = arena_zero(a, k + 1, sizeof *v.first_truth);
	v.first_det = arena_zero(a, k + 1, sizeof *v.first_det);
	rank = arena_zero(a, (size_t)truth->nimages, sizeof *rank);
	sort_all(&v, rank, a);
#pragma omp parallel num_threads(threads)
	{
		struct arena own = {0};

#pragma omp for schedule(dynamic)
		for (int i = 0; i < v.k; i++) {
			arena_reset(&own);
			rate_category(&v, rank, i, &out->truths[i], &own);
		}
		arena_release(&own);
	}
	summarize(&v, out);
	arena_back(a, mark);
}
