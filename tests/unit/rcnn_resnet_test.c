/* A small ResNet with frozen norms against PyTorch's numbers: see
 * tests/golden/resnet.py, which makes the same parameters in the same order. */
#include "rcnn/resnet.h"
#include "golden.h"

#include <stdlib.h>

enum { W = 23, H = 27 };

/* As resnet.py has them: weights over their side, variances positive. */
static void fill(struct nn_params *ps)
{
	for (int i = 0; i < ps->n; i++) {
		struct nn_tensor *x = &ps->p[i]->x;
		bool var = strstr(ps->p[i]->name, "running_var");
		float *v = x->data;

		golden_wave((uint32_t)i + 2, v, nn_count(x));
		for (int64_t k = 0; k < nn_count(x); k++)
			if (x->rank == 4)
				v[k] /= (float)x->dim[2];
			else if (var)
				v[k] = fabsf(v[k]) + 0.5f;
		x->version++;
	}
}

/* Compare the stages, and give each its part of dy. */
static void compare_stages(struct nn_tape *t, struct arena *a,
	struct nn_tensor *const *c, const char *name, const struct json *gold)
{
	int64_t n = 0;
	float *all, *dy;

	for (int s = 0; s < RESNET_STAGES; s++)
		n += nn_count(c[s]);
	all = arena_alloc(a, (size_t)n * sizeof *all);
	dy = arena_alloc(a, (size_t)n * sizeof *dy);
	golden_wave(99, dy, n);
	n = 0;
	for (int s = 0; s < RESNET_STAGES; s++) {
		memcpy(all + n, c[s]->data, nn_bytes(c[s]));
		c[s]->grad = nn_pool_alloc(t->pool, nn_bytes(c[s]));
		memcpy(c[s]->grad, dy + n, nn_bytes(c[s]));
		c[s]->grad_set = true;
		n += nn_count(c[s]);
	}
	golden_compare(name, "stages", 0, all, n, json_get(gold, "y"));
}

static void compare_gradients(
	const struct nn_params *ps, const char *name, const struct json *gold)
{
	const struct json *grads = json_get(gold, "grads");
	int64_t trained = 0;

	for (int i = 0; i < ps->n; i++) {
		const struct nn_param *p = ps->p[i];

		if (p->role == NN_BUFFER)
			continue;
		golden_compare(name, p->name, 0, p->x.grad, nn_count(&p->x),
			json_get(grads, p->name));
		trained++;
	}
	is_int(trained, json_count(grads), "all weights, and nothing else");
}

static void replay(const struct json *gold, bool stride_1x1)
{
	const struct resnet_shape shape = {.blocks = {2, 2, 1, 1},
		.stem = 4,
		.inner = {2, 4, 4, 4},
		.outer = {8, 8, 12, 8},
		.groups = 1,
		.stride_1x1 = stride_1x1,
		.norm = {RCNN_NORM_AFFINE, 0, 0}};
	const char *name = json_get_str(gold, "name");
	struct arena step = {0}, keep = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = nn_cpu_open(1),
		.arena = &step,
		.pool = &pool,
		.record = true,
		.train = true};
	struct nn_tensor x = {.type = NN_F32,
		.rank = 4,
		.dim = {1, H, W, 3},
		.needs_grad = true,
		.leaf = true};
	struct nn_tensor *c[RESNET_STAGES];
	struct nn_params ps;
	struct resnet net;

	nn_pool_init(&pool, t.be);
	nn_params_init(&ps, t.be, 0);
	resnet_init(&net, &ps, &shape);
	fill(&ps);
	x.data = arena_alloc(&keep, nn_bytes(&x));
	x.grad = arena_alloc(&keep, nn_bytes(&x));
	golden_wave(1, x.data, nn_count(&x));
	resnet_forward(&net, &t, &x, c);
	compare_stages(&t, &keep, c, name, gold);
	nn_backward(&t, NULL, 0);
	golden_compare(name, "gradient of the picture", 0, x.grad, nn_count(&x),
		json_get(gold, "x"));
	compare_gradients(&ps, name, gold);
	resnet_release(&net, t.be);
	nn_params_release(&ps);
	nn_pool_release(&pool);
	t.be->close(t.be);
	arena_release(&step);
	arena_release(&keep);
}

int main(void)
{
	FILE *f = fopen("tests/golden/resnet.jsonl", "r");
	struct arena a = {0};
	char *line = NULL;
	size_t size = 0;
	int cases = 0;
	ssize_t n;

	if (!ok(f != NULL, "there are golden numbers"))
		return done();
	for (; (n = getline(&line, &size, f)) > 0; cases++) {
		struct err e;
		struct json *gold = json_parse(line, (size_t)n, &a, &e);

		if (!ok(gold != NULL, "a line of JSON"))
			break;
		replay(gold, cases == 1);
		arena_reset(&a);
	}
	is_int(cases, 2, "both kinds of stride");
	free(line);
	fclose(f);
	arena_release(&a);
	return done();
}
