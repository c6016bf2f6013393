#include "data/cocoeval_int.h"

#include <math.h>

static const double area_range[AREAS][2] = {
	{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
/* The truth and the detections of one image in one category. */
struct pair {
	const struct coco_ann **truth; /* [ntruth] */
	const struct coco_det **det;   /* [ndet] */
	int ntruth, ndet;
	double *iou;   /* [ndet][ntruth] */
	int *order;    /* [ntruth] what is ignored last */
	bool *ignored; /* [ntruth] */
	bool *taken;   /* [ntruth] at the threshold at hand */
	struct cocoeval_hit *hit;
};

/* As numpy.linspace(0.5, 0.95, 10) computes them. */
static double threshold(int i)
{
	return i == THRESHOLDS - 1 ? 0.95 : i * ((0.95 - 0.5) / 9) + 0.5;
}

/* A crowd is covered by a detection that lies in it, however large it is. */
static double overlap(const double d[4], const double g[4], bool crowd)
{
	double w = fmin(d[0] + d[2], g[0] + g[2]) - fmax(d[0], g[0]);
	double h = fmin(d[1] + d[3], g[1] + g[3]) - fmax(d[1], g[1]);
	double both, all;

	if (w <= 0 || h <= 0)
		return 0;
	both = w * h;
	all = crowd ? d[2] * d[3] : d[2] * d[3] + g[2] * g[3] - both;
	return both / all;
}

static bool out_of_range(double area, int range)
{
	return area < area_range[range][0] || area > area_range[range][1];
}

/* The truth that detection d finds, -1 for none. Of equal overlaps the later
 * wins, and one that is ignored only where no other is found. */
static int find_truth(const struct pair *p, int d, double least)
{
	const double *iou = p->iou + (size_t)d * (size_t)p->ntruth;
	int found = -1;

	for (int i = 0; i < p->ntruth; i++) {
		int g = p->order[i];

		if (p->taken[g] && !p->truth[g]->crowd)
			continue;
		if (found >= 0 && !p->ignored[found] && p->ignored[g])
			break;
		if (iou[g] < least)
			continue;
		least = iou[g];
		found = g;
	}
	return found;
}

static void match_at(struct pair *p, int area, int t)
{
	double least = fmin(threshold(t), 1 - 1e-10);
	uint16_t bit = (uint16_t)(1u << t);

	for (int g = 0; g < p->ntruth; g++)
		p->taken[g] = false;
	for (int d = 0; d < p->ndet; d++) {
		struct cocoeval_hit *hit = &p->hit[d];
		int g = find_truth(p, d, least);
		bool found = g >= 0 && p->truth[g]->id != 0;
		bool ignored = g >= 0 && p->ignored[g];

		if (g >= 0)
			p->taken[g] = true;
		if (!found &&
			out_of_range(
				p->det[d]->box[2] * p->det[d]->box[3], area))
			ignored = true;
		if (found)
			hit->found[area] |= bit;
		if (ignored)
			hit->ignored[area] |= bit;
	}
}

static void match_pair(struct cocoeval_state *v, struct pair *p)
{
	for (int d = 0; d < p->ndet; d++)
		for (int g = 0; g < p->ntruth; g++)
			p->iou[d * p->ntruth + g] = overlap(p->det[d]->box,
				p->truth[g]->box, p->truth[g]->crowd);
	for (int area = 0; area < AREAS; area++) {
		int n = 0;

		for (int g = 0; g < p->ntruth; g++) {
			p->ignored[g] = p->truth[g]->crowd ||
					out_of_range(p->truth[g]->area, area);
			if (!p->ignored[g])
				p->order[n++] = g;
		}
		v->positives[area] += n;
		for (int g = 0; g < p->ntruth; g++)
			if (p->ignored[g])
				p->order[n++] = g;
		for (int t = 0; t < THRESHOLDS; t++)
			match_at(p, area, t);
	}
}

void cocoeval_match(struct cocoeval_state *v, int g0, int g1, int d0, int d1)
{
	struct arena *a = v->arena;
	struct arena_mark mark = arena_mark(a);
	size_t ng = (size_t)(g1 - g0);
	struct pair p = {.ntruth = g1 - g0};

	p.ndet = d1 - d0 < MAX_DETS ? d1 - d0 : MAX_DETS;
	p.truth = arena_alloc(a, ng * sizeof *p.truth);
	p.det = arena_alloc(a, (size_t)p.ndet * sizeof *p.det);
	p.iou = arena_zero(a, ng * (size_t)p.ndet, sizeof *p.iou);
	p.order = arena_zero(a, ng, sizeof *p.order);
	p.ignored = arena_zero(a, ng, sizeof *p.ignored);
	p.taken = arena_zero(a, ng, sizeof *p.taken);
	p.hit = v->hits + v->nhits;
	for (int g = 0; g < p.ntruth; g++)
		p.truth[g] = &v->truth->anns[v->truths[g0 + g].at];
	for (int d = 0; d < p.ndet; d++) {
		p.det[d] = &v->det[v->dets[d0 + d].at];
		p.hit[d] = (struct cocoeval_hit){.score = p.det[d]->score,
			.order = v->nhits + d,
			.in_image = d};
	}
	match_pair(v, &p);
	v->nhits += p.ndet;
	arena_back(a, mark);
}
