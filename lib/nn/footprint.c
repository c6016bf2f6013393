#include "nn/footprint.h"
#include "nn/parts.h"

/* Dry steps have addresses of their own. */
static void start_pool(struct nn_tape *t)
{
	nn_pool_release(t->pool);
	nn_pool_init(t->pool, t->be);
}

void nn_footprint_begin(struct nn_tape *t)
{
	nn_tape_reset(t);
	start_pool(t);
	t->be->dry = true;
}

struct nn_footprint nn_footprint_end(
	struct nn_tape *t, const struct nn_params *ps, int states)
{
	struct nn_footprint n = {
		.weights = nn_params_bytes(ps, states) + nn_parts_bytes(ps),
		.activations = t->pool->mark,
		.backend = t->be->held(t->be)};

	n.total = n.weights + n.activations + n.backend;
	t->be->dry = false;
	nn_tape_reset(t);
	start_pool(t);
	return n;
}
