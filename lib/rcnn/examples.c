#include "rcnn/examples.h"
#include "base/rng.h"

#include <string.h>

/* Room for truths comes in pieces, so that it is as much for most batches. */
enum { TRUTHS = 64 };

/* The truths of all pictures, and where each picture's begin. */
static void send_truths(struct nn_tape *t, struct rcnn_examples *x)
{
	struct nn_choose_truth *truth;
	size_t pictures = (size_t)x->n;
	int32_t *first, all = 0;

	first = arena_alloc(t->arena, (pictures + 1) * sizeof *first);
	for (int im = 0; im < x->n; im++)
		all += x->example[im].ntruths;
	truth = arena_alloc(t->arena, (size_t)all * sizeof *truth);
	all = 0;
	x->there.truths = TRUTHS;
	for (int im = 0; im < x->n; im++) {
		const struct rcnn_example *ex = &x->example[im];

		first[im] = all;
		for (int i = 0; i < ex->ntruths; i++, all++) {
			memcpy(truth[all].box, &ex->truth[i].box,
				sizeof truth->box);
			truth[all].label = ex->truth[i].label;
			truth[all].crowd = ex->truth[i].crowd;
		}
		while (ex->ntruths > x->there.truths)
			x->there.truths += TRUTHS;
	}
	first[x->n] = all;
	x->there.truth = nn_send(t, truth, all, sizeof *truth);
	x->there.first = nn_send(t, first, x->n + 1, sizeof *first);
}

static void send_all(struct nn_tape *t, struct rcnn_examples *x)
{
	struct nn_propose_view *view =
		arena_alloc(t->arena, (size_t)x->n * sizeof *view);

	for (int im = 0; im < x->n; im++) {
		const struct rcnn_view *v = &x->example[im].view;

		view[im] = (struct nn_propose_view){v->w, v->h, v->scale};
	}
	x->there.view = nn_send(t, view, x->n, sizeof *view);
	x->there.seed = nn_send(t, x->seed, x->n, sizeof *x->seed);
	send_truths(t, x);
}

struct rcnn_examples rcnn_examples(struct nn_tape *t,
	const struct rcnn_example *example, int n, uint64_t seed, int64_t step)
{
	struct rng rng = rng_item(seed, RNG_SAMPLE, (uint64_t)step);
	uint64_t *own = arena_alloc(t->arena, (size_t)n * sizeof *own);
	struct rcnn_examples x = {n, example, own, {0}};

	for (int im = 0; im < n; im++) {
		own[im] = (uint64_t)rng_u32(&rng) << 32;
		own[im] |= rng_u32(&rng);
	}
	x.there.is = t->be->match && t->be->choose;
	if (x.there.is)
		send_all(t, &x);
	return x;
}
