#include "data/cocoeval_int.h"

#include <stdlib.h>

static const int cut_at[CUTS] = {1, 10, MAX_DETS};

/* As numpy.linspace(0, 1, 101). */
static double recall_at(int i)
{
	return i == RECALLS - 1 ? 1.0 : i * (1.0 / 100);
}

static double *precision_at(
	const struct cocoeval_state *v, int area, int t, int r)
{
	return v->precision +
	       (((size_t)area * THRESHOLDS + (size_t)t) * RECALLS + (size_t)r) *
		       (size_t)v->truth->ncategories;
}

static double *recall_of(
	const struct cocoeval_state *v, int area, int cut, int t)
{
	return v->recall +
	       (((size_t)area * CUTS + (size_t)cut) * THRESHOLDS + (size_t)t) *
		       (size_t)v->truth->ncategories;
}

static int by_place_and_score(const void *x, const void *y)
{
	const struct cocoeval_entry *a = x, *b = y;

	if (a->category != b->category)
		return a->category < b->category ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static int by_score(const void *x, const void *y)
{
	const struct cocoeval_hit *a = x, *b = y;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void sort_entries(struct cocoeval_state *v, int ndet)
{
	const struct coco *c = v->truth;
	struct arena *a = v->arena;
	int *rank = arena_zero(a, (size_t)c->nimages, sizeof *rank);

	for (int i = 0; i < c->nimages; i++)
		rank[c->image_ids[i].at] = i;
	v->ntruths = c->nanns;
	v->truths = arena_zero(a, (size_t)c->nanns, sizeof *v->truths);
	for (int i = 0; i < c->nanns; i++)
		v->truths[i] = (struct cocoeval_entry){
			c->anns[i].category, rank[c->anns[i].image], 0, i};
	qsort(v->truths, (size_t)v->ntruths, sizeof *v->truths,
		by_place_and_score);
	v->ndets = ndet;
	v->dets = arena_zero(a, (size_t)ndet, sizeof *v->dets);
	for (int i = 0; i < ndet; i++)
		v->dets[i] = (struct cocoeval_entry){v->det[i].category,
			rank[v->det[i].image], v->det[i].score, i};
	qsort(v->dets, (size_t)ndet, sizeof *v->dets, by_place_and_score);
	v->hits = arena_zero(a, (size_t)ndet, sizeof *v->hits);
}

/*
 * Precision and recall down the list of hits at one threshold. pr and rc are
 * scratch of nhits. Ignored hits stay in the list without counting.
 */
static void accumulate_at(struct cocoeval_state *v, int category, int area,
	int cut, int t, double *pr, double *rc)
{
	double tp = 0, fp = 0;
	int n = 0, at = 0;

	for (int i = 0; i < v->nhits; i++) {
		const struct cocoeval_hit *hit = &v->hits[i];
		bool found = hit->found[area] >> t & 1;

		if (hit->in_image >= cut_at[cut])
			continue;
		if (!(hit->ignored[area] >> t & 1)) {
			tp += found;
			fp += !found;
		}
		rc[n] = tp / v->positives[area];
		pr[n++] = tp / (fp + tp + 0x1p-52);
	}
	recall_of(v, area, cut, t)[category] = n ? rc[n - 1] : 0;
	if (cut < CUTS - 1)
		return; /* no figure needs this precision */
	for (int i = n - 1; i > 0; i--)
		if (pr[i] > pr[i - 1])
			pr[i - 1] = pr[i];
	for (int r = 0; r < RECALLS; r++) {
		while (at < n && rc[at] < recall_at(r))
			at++;
		precision_at(v, area, t, r)[category] = at < n ? pr[at] : 0;
	}
}

static void accumulate(struct cocoeval_state *v, int category)
{
	struct arena_mark mark = arena_mark(v->arena);
	size_t n = (size_t)v->nhits;
	double *pr = arena_zero(v->arena, n, sizeof *pr);
	double *rc = arena_zero(v->arena, n, sizeof *rc);

	qsort(v->hits, n, sizeof *v->hits, by_score);
	for (int area = 0; area < AREAS; area++)
		for (int cut = 0; cut < CUTS && v->positives[area]; cut++)
			for (int t = 0; t < THRESHOLDS; t++)
				accumulate_at(
					v, category, area, cut, t, pr, rc);
	arena_back(v->arena, mark);
}

/* The truths and detections of a category, image by image. */
static void evaluate_category(
	struct cocoeval_state *v, int category, int *g0, int *d0)
{
	v->nhits = 0;
	for (int area = 0; area < AREAS; area++)
		v->positives[area] = 0;
	for (;;) {
		const struct cocoeval_entry *g = &v->truths[*g0],
					    *d = &v->dets[*d0];
		bool more_g = *g0 < v->ntruths && g->category == category;
		bool more_d = *d0 < v->ndets && d->category == category;
		int g1 = *g0, d1 = *d0, rank;

		if (!more_g && !more_d)
			break;
		rank = !more_d || (more_g && g->rank < d->rank) ? g->rank
								: d->rank;
		while (g1 < v->ntruths && v->truths[g1].category == category &&
			v->truths[g1].rank == rank)
			g1++;
		while (d1 < v->ndets && v->dets[d1].category == category &&
			v->dets[d1].rank == rank)
			d1++;
		cocoeval_match(v, *g0, g1, *d0, d1);
		*g0 = g1;
		*d0 = d1;
	}
	accumulate(v, category);
}

/* numpy's pairwise summation: the same additions in the same order. */
static double sum(const double *x, size_t n)
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
		return sum(x, half) + sum(x + half, n - half);
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

/* The mean of those of rows*columns values, stride apart, that are known. */
static double mean(struct arena *a, const double *x, size_t rows,
	size_t columns, size_t stride)
{
	struct arena_mark mark = arena_mark(a);
	double *known = arena_alloc(a, rows * columns * sizeof *known), m;
	size_t n = 0;

	for (size_t i = 0; i < rows; i++)
		for (size_t j = 0; j < columns; j++)
			if (x[i * stride + j] > -1)
				known[n++] = x[i * stride + j];
	m = n ? sum(known, n) / (double)n : -1;
	arena_back(a, mark);
	return m;
}

static void summarize(const struct cocoeval_state *v, struct cocoeval *out)
{
	enum { AT50 = 0, AT75 = 5 };
	size_t k = (size_t)v->truth->ncategories;
	size_t all = (size_t)THRESHOLDS * RECALLS;
	struct arena *a = v->arena;
	double *f = out->figure;

	f[COCOEVAL_AP50] = mean(a, precision_at(v, 0, AT50, 0), RECALLS, k, k);
	f[COCOEVAL_AP75] = mean(a, precision_at(v, 0, AT75, 0), RECALLS, k, k);
	for (int area = 0; area < AREAS; area++) {
		int ap = area ? COCOEVAL_AP_SMALL + area - 1 : COCOEVAL_AP;
		int ar = area ? COCOEVAL_AR_SMALL + area - 1 : COCOEVAL_AR100;

		f[ap] = mean(a, precision_at(v, area, 0, 0), all, k, k);
		f[ar] = mean(
			a, recall_of(v, area, CUTS - 1, 0), THRESHOLDS, k, k);
	}
	for (int cut = 0; cut < CUTS - 1; cut++)
		f[COCOEVAL_AR1 + cut] =
			mean(a, recall_of(v, 0, cut, 0), THRESHOLDS, k, k);
	for (size_t i = 0; i < k; i++) {
		out->ap[i] = mean(a, precision_at(v, 0, 0, 0) + i, all, 1, k);
		out->ap50[i] =
			mean(a, precision_at(v, 0, AT50, 0) + i, RECALLS, 1, k);
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
	const struct coco_det *det, int n, struct arena *a)
{
	struct cocoeval_state v = {.truth = truth, .det = det, .arena = a};
	size_t k = (size_t)truth->ncategories;
	struct arena_mark mark;
	int g = 0, d = 0;

	out->ap = arena_zero(a, k, sizeof *out->ap);
	out->ap50 = arena_zero(a, k, sizeof *out->ap50);
	mark = arena_mark(a);
	sort_entries(&v, n);
	v.precision = unknown(a, (size_t)AREAS * THRESHOLDS * RECALLS * k);
	v.recall = unknown(a, (size_t)AREAS * CUTS * THRESHOLDS * k);
	for (int i = 0; i < truth->ncategories; i++)
		evaluate_category(&v, i, &g, &d);
	summarize(&v, out);
	arena_back(a, mark);
}
