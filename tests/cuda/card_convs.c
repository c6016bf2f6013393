/* In the place of cuDNN, and of what plans with it (nn/cuda/cudnn_plan.h):
 * convolutions by the plainest loops, on the memory of card.c. */
#include "base/err.h"
#include "base/mem.h"
#include "nn/cuda/cudnn_plan.h"

#include <stdlib.h>
#include <string.h>

static cudnnStatus_t create(cudnnHandle_t *h)
{
	*h = NULL;
	return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t destroy(cudnnHandle_t h)
{
	(void)h;
	return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t set_stream(cudnnHandle_t h, cudaStream_t s)
{
	(void)h;
	(void)s;
	return CUDNN_STATUS_SUCCESS;
}

const struct cudnn *cuda_cudnn(int least, struct err *e)
{
	static const struct cudnn plain = {.cudnnCreate = create,
		.cudnnDestroy = destroy,
		.cudnnSetStream = set_stream,
		.version = CUDNN_LEAST_PLANNING};

	(void)least;
	(void)e;
	return &plain;
}

int cudnn_planner_init(struct cudnn_planner *p, const struct cudnn *dnn,
	cudnnHandle_t handle, const char *json, struct err *e)
{
	(void)json;
	(void)e;
	*p = (struct cudnn_planner){.dnn = dnn, .handle = handle};
	return 0;
}

void cudnn_planner_release(struct cudnn_planner *p)
{
	struct cudnn_plan *next;

	for (struct cudnn_plan *k = p->bucket[0]; k; k = next) {
		next = k->next;
		mem_free(k);
	}
}

struct cudnn_plan *cudnn_plan_known(
	struct cudnn_planner *p, const struct cudnn_key *key)
{
	struct cudnn_plan *k = p->bucket[0];

	while (k && memcmp(&k->key, key, sizeof *key))
		k = k->next;
	return k;
}

/* Some fuse nothing, so that what is done instead is tried; in bf16 that rounds
 * once more, which must not move an activation over its kink. */
struct cudnn_plan *cudnn_plan_new(
	struct cudnn_planner *p, const struct cudnn_key *key, struct err *e)
{
	struct cudnn_plan *k = mem_alloc(1, sizeof *k);

	(void)e;
	p->n++;
	k->key = *key;
	k->workspace = 1000;
	k->fused = key->c.y_type == NN_BF16 ? key->act != NN_LINEAR
					    : key->c.oc % 2 == 0;
	k->next = p->bucket[0];
	p->bucket[0] = k;
	return k;
}

/* Where (n, y, x, channel) of a picture is. */
static int64_t at(int64_t n, int64_t y, int64_t x, int64_t ch, int64_t h,
	int64_t w, int64_t channels)
{
	return ((n * h + y) * w + x) * channels + ch;
}

/* Call for each product of the convolution: which x, w and y it is of. */
static void products(const struct nn_conv *c,
	void (*f)(void *to, int64_t x, int64_t w, int64_t y), void *to)
{
	int64_t icg = c->ic / c->groups, ocg = c->oc / c->groups;
	int64_t pixels = (int64_t)c->n * c->oh * c->ow;

	for (int64_t i = 0; i < pixels * c->oc; i++) {
		int64_t oc = i % c->oc, ox = i / c->oc % c->ow;
		int64_t oy = i / c->oc / c->ow % c->oh;
		int64_t n = i / c->oc / c->ow / c->oh;

		for (int64_t k = 0; k < (int64_t)c->kh * c->kw * icg; k++) {
			int64_t ic = k % icg, kx = k / icg % c->kw;
			int64_t ky = k / icg / c->kw;
			int64_t y = oy * c->stride - c->pad + ky;
			int64_t x = ox * c->stride - c->pad + kx;

			if (y < 0 || y >= c->h || x < 0 || x >= c->w)
				continue;
			f(to,
				at(n, y, x, oc / ocg * icg + ic, c->h, c->w,
					c->ic),
				oc * c->kh * c->kw * icg + k, i);
		}
	}
}

struct work {
	const struct cudnn_data *d;
	enum nn_type type, y_type;
	int pass;
	double *sum;
};

static void product(void *to, int64_t x, int64_t w, int64_t y)
{
	struct work *k = to;
	const struct cudnn_data *d = k->d;

	if (k->pass == CUDNN_FORWARD)
		k->sum[y] += ((double)nn_get(d->x, x, k->type) *
			      (double)nn_get(d->w, w, k->type));
	else if (k->pass == CUDNN_DGRAD)
		k->sum[x] += ((double)nn_get(d->y, y, k->y_type) *
			      (double)nn_get(d->w, w, k->type));
	else
		k->sum[w] += ((double)nn_get(d->y, y, k->y_type) *
			      (double)nn_get(d->x, x, k->type));
}

struct job {
	const struct cudnn_plan *plan;
	struct cudnn_data d;
};

static void compute(void *arg)
{
	struct job *job = arg;
	const struct cudnn_plan *plan = job->plan;
	const struct cudnn_data *d = &job->d;
	const struct cudnn_key *k = &plan->key;
	const struct nn_conv *c = &k->c;
	int64_t nx = (int64_t)c->n * c->h * c->w * c->ic;
	int64_t ny = (int64_t)c->n * c->oh * c->ow * c->oc;
	int64_t nw = (int64_t)c->oc * (c->ic / c->groups) * c->kh * c->kw;
	int64_t n = k->pass == CUDNN_FORWARD ? ny
		    : k->pass == CUDNN_DGRAD ? nx
					     : nw;
	/* Gradients are all of x's type. */
	struct work work = {d, (enum nn_type)c->x_type, (enum nn_type)c->x_type,
		k->pass, mem_alloc((size_t)n + 1, sizeof(double))};

	card_unlock();
	((char *)d->workspace)[999] = 1; /* it is there */
	products(c, product, &work);
	for (int64_t i = 0; i < n; i++) {
		float v = (float)work.sum[i];

		if (k->pass == CUDNN_DGRAD)
			nn_put((void *)(uintptr_t)d->x, i, work.type, v);
		else if (k->pass == CUDNN_WGRAD)
			nn_put((void *)(uintptr_t)d->w, i, work.type, v);
		else {
			if (plan->fused && k->bias)
				v += nn_get(d->bias, i % c->oc,
					(enum nn_type)c->y_type);
			if (plan->fused && k->residual)
				v += nn_get(d->residual, i,
					(enum nn_type)c->y_type);
			if (plan->fused)
				v = nn_act_value(v, (enum nn_act)k->act);
			nn_put((void *)(uintptr_t)d->y, i,
				(enum nn_type)c->y_type, v);
		}
	}
	card_lock();
	mem_free(work.sum);
	mem_free(job);
}

int cudnn_run(const struct cudnn_planner *p, const struct cudnn_plan *plan,
	const struct cudnn_data *d, struct err *e)
{
	struct job *job = mem_alloc(1, sizeof *job);

	(void)p;
	(void)e;
	*job = (struct job){plan, *d};
	card_do(compute, job);
	return 0;
}
