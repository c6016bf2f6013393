/*
 * Proposals that a card chooses, the one that is not there (card.c), beside
 * the host's: the same boxes and scores to the bit, in the same order; of
 * logits with ties, zeros of both signs and NaN, of deltas that blow up.
 */
#include "tap.h"
#include "nn/device.h"
#include "rcnn/propose.h"

#include <string.h>

enum { PICTURES = 3, LEVELS = 3 };

static struct nn_backend *be;
static struct nn_pool pool;
static struct arena step, host;

/* Maps of the batch, and the features that the card has of them. */
struct maps {
	struct rcnn_features f;
	float *logit[LEVELS], *delta[LEVELS];
};

static struct rcnn_anchors anchors_of(const char *convention)
{
	static const double ratio[] = {0.5, 1, 2};
	struct rcnn_anchors a = {0};

	for (int l = 0; l < LEVELS; l++)
		rcnn_anchors_add(&a, rcnn_convention(convention), 20 >> l,
			24 >> l, 4 << l, 4 << l, 16 << l, ratio, 3);
	return a;
}

static float logit(struct rng *r)
{
	uint32_t kind = rng_below(r, 40);

	if (kind == 0)
		return NAN;
	if (kind == 1)
		return rng_below(r, 2) ? 0.0f : -0.0f;
	/* A quarter of them have equals. */
	return kind < 10 ? (float)rng_below(r, 8) - 4 : rng_normal(r);
}

static float delta(struct rng *r)
{
	uint32_t kind = rng_below(r, 400);

	return kind == 0   ? NAN
	       : kind == 1 ? INFINITY
	       : kind == 2 ? 50
			   : 0.3f * rng_normal(r);
}

static struct nn_tensor *map(struct nn_tape *t, const struct rcnn_level *l,
	int each, struct rng *r, float (*draw)(struct rng *), float **to)
{
	const int64_t dim[] = {PICTURES, l->h, l->w, l->shapes * each};
	int64_t n = dim[0] * dim[1] * dim[2] * dim[3];

	*to = arena_alloc(&host, (size_t)n * sizeof **to);
	for (int64_t i = 0; i < n; i++)
		(*to)[i] = draw(r);
	return nn_upload(t, NN_F32, 4, dim, *to);
}

static void draw(struct nn_tape *t, const char *convention, struct maps *m)
{
	struct rng r = rng_new(9, 0);

	m->f = (struct rcnn_features){.anchors = anchors_of(convention)};
	for (int l = 0; l < LEVELS; l++) {
		const struct rcnn_level *level = &m->f.anchors.level[l];

		m->f.logits[l] = map(t, level, 1, &r, logit, &m->logit[l]);
		m->f.deltas[l] = map(t, level, 4, &r, delta, &m->delta[l]);
	}
}

static void wanted(const struct maps *m, int im, const struct rcnn_view *view,
	const struct rcnn_proposal_rule *rule, struct rcnn_proposals *p)
{
	const float *l[LEVELS], *d[LEVELS];

	for (int i = 0; i < LEVELS; i++) {
		const struct rcnn_level *level = &m->f.anchors.level[i];
		int size = level->h * level->w * level->shapes;

		l[i] = m->logit[i] + im * size;
		d[i] = m->delta[i] + im * size * 4;
	}
	rcnn_propose(&m->f.anchors, l, d, view, rule, &host, p);
}

static void check(const char *convention, struct rcnn_proposal_rule rule)
{
	static const struct rcnn_view view[PICTURES] = {
		{96, 80, 1}, {70, 80, 0.5f}, {96, 33, 2}};
	struct nn_tape t = {.be = be, .arena = &step, .pool = &pool};
	struct rcnn_proposals got[PICTURES], want;
	struct maps m;

	draw(&t, convention, &m);
	rcnn_features_propose(&t, &m.f, PICTURES, view, &rule, got);
	for (int i = 0; i < PICTURES; i++) {
		size_t n;

		wanted(&m, i, &view[i], &rule, &want);
		n = (size_t)want.n;
		ok(want.n > LEVELS && got[i].n == want.n &&
				!memcmp(got[i].box, want.box,
					n * sizeof *want.box) &&
				!memcmp(got[i].score, want.score,
					n * sizeof *want.score),
			"%s, %d of %d, IoU %.1f, side %.0f: picture %d, %d "
			"proposals",
			convention, rule.after, rule.before, (double)rule.nms,
			(double)rule.min_size, i, want.n);
	}
	nn_tape_reset(&t);
	arena_reset(&host);
}

int main(void)
{
	struct err e;

	be = nn_cuda_open(0, &e);
	BUG_ON(!be || !be->propose);
	nn_pool_init(&pool, be);
	/* More than there are; words of the mask that are not full. */
	check("detectron", (struct rcnn_proposal_rule){2000, 1000, 0.7f, 0});
	check("torchvision", (struct rcnn_proposal_rule){200, 100, 0.7f, 0});
	check("torchvision", (struct rcnn_proposal_rule){64, 20, 0.5f, 8});
	check("detectron", (struct rcnn_proposal_rule){65, 65, 0.3f, 12});
	check("detectron", (struct rcnn_proposal_rule){300, 2, 1, 0});
	nn_pool_release(&pool);
	be->close(be);
	arena_release(&step);
	arena_release(&host);
	return done();
}
