#include "data/cocoeval_int.h"

#include <math.h>

static const double area_range[AREAS][2] = {
	{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};

/* The image at hand at one range of areas. */
struct pair {
	const struct cocoeval_class *c;
	double *iou;           /* [ndet][ntruth] */
	double *best;          /* [ndet] the largest of them */
	int *order;            /* [ntruth] what is ignored last */
	bool *ignored, *taken; /* [ntruth] taken: at the threshold at hand */
	uint16_t found[MAX_DETS], hidden[MAX_DETS];
};

/* As numpy.linspace(0.5, 0.95, 10) computes them. */
static double threshold(int i)
{
	return i == COCOEVAL_THRESHOLDS - 1 ? 0.95
					    : i * ((0.95 - 0.5) / 9) + 0.5;
}

/* What two sides have in common. */
static double common(double a, double alen, double b, double blen)
{
	double a2 = a + alen, b2 = b + blen;

	return (a2 < b2 ? a2 : b2) - (a > b ? a : b);
}

/* A crowd is covered by a detection that lies in it, however large it is. */
static double overlap(const double d[4], const double g[4], bool crowd)
{
	double w = common(d[0], d[2], g[0], g[2]);
	double h = common(d[1], d[3], g[1], g[3]);
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
	const double *iou = p->iou + (size_t)d * (size_t)p->c->ntruth;
	int found = -1;

	for (int i = 0; i < p->c->ntruth; i++) {
		int g = p->order[i];

		if (p->taken[g] && !p->c->truth[g]->crowd)
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

static void match_at(struct pair *p, int t)
{
	double least = threshold(t) < 1 - 1e-10 ? threshold(t) : 1 - 1e-10;
	uint16_t bit = (uint16_t)(1u << t);

	for (int g = 0; g < p->c->ntruth; g++)
		p->taken[g] = false;
	for (int d = 0; d < p->c->ndet; d++) {
		int g = p->best[d] < least ? -1 : find_truth(p, d, least);

		if (g < 0)
			continue;
		p->taken[g] = true;
		/* An id of 0 is taken for none there, and so here. */
		if (p->c->truth[g]->id != 0)
			p->found[d] |= bit;
		if (p->ignored[g])
			p->hidden[d] |= bit;
	}
}

static void overlap_all(struct pair *p)
{
	double *iou = p->iou;

	for (int d = 0; d < p->c->ndet; d++) {
		p->best[d] = -1;
		for (int g = 0; g < p->c->ntruth; g++, iou++) {
			*iou = overlap(p->c->det[d]->box, p->c->truth[g]->box,
				p->c->truth[g]->crowd);
			/* What is too small to divide is a NaN, which is below
			 * no threshold there, and so here. */
			if (!(*iou <= p->best[d]))
				p->best[d] = isnan(*iou) ? INFINITY : *iou;
		}
	}
}

/* Who counts in a range of areas; their number. */
static int sort_truths(struct pair *p, int area)
{
	int n = 0, counting;

	for (int g = 0; g < p->c->ntruth; g++) {
		const struct coco_ann *truth = p->c->truth[g];

		p->ignored[g] = truth->crowd || out_of_range(truth->area, area);
		if (!p->ignored[g])
			p->order[n++] = g;
	}
	counting = n;
	for (int g = 0; g < p->c->ntruth; g++)
		if (p->ignored[g])
			p->order[n++] = g;
	return counting;
}

static void match_area(struct cocoeval_class *c, struct pair *p, int area)
{
	const uint16_t all = (1u << COCOEVAL_THRESHOLDS) - 1;
	struct cocoeval_hit *hit = c->hit + c->nhit;

	c->positives[area] += sort_truths(p, area);
	for (int d = 0; d < c->ndet; d++)
		p->found[d] = p->hidden[d] = 0;
	for (int t = 0; t < COCOEVAL_THRESHOLDS && c->ntruth; t++)
		match_at(p, t);
	for (int d = 0; d < c->ndet; d++) {
		const double *box = c->det[d]->box;

		hit[d].found[area] = p->found[d];
		hit[d].ignored[area] = p->hidden[d];
		if (out_of_range(box[2] * box[3], area))
			hit[d].ignored[area] |= (uint16_t)(all & ~p->found[d]);
	}
}

void cocoeval_match(struct cocoeval_class *c)
{
	struct arena_mark mark = arena_mark(c->arena);
	size_t ng = (size_t)c->ntruth, nd = (size_t)c->ndet;
	struct pair p = {.c = c};

	p.iou = arena_alloc(c->arena, (ng * nd + nd) * sizeof *p.iou);
	p.best = p.iou + ng * nd;
	p.order = arena_alloc(c->arena, ng * sizeof *p.order);
	p.ignored = arena_alloc(c->arena, 2 * ng * sizeof *p.ignored);
	p.taken = p.ignored + ng;
	overlap_all(&p);
	for (int area = 0; area < AREAS; area++)
		match_area(c, &p, area);
	for (int d = 0; d < c->ndet; d++) {
		c->hit[c->nhit].in_image = d;
		c->by[c->nhit] =
			(struct cocoeval_scored){c->det[d]->score, c->nhit};
		c->nhit++;
	}
	arena_back(c->arena, mark);
}
