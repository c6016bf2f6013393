/*
 * The convolutions of a card: plans by geometry (cudnn_plan.h), and copies of
 * weights as cuDNN wants them, which are made anew when the weight's version
 * changes; a frozen batch norm's scale is folded in on the way. What a plan
 * could not fuse is done behind it by a kernel.
 */
#include "base/mem.h"
#include "nn/cuda/cuda_int.h"
#include "nn/cuda/cudnn_plan.h"
#include "nn/cuda/kernels.h"

/* A copy of a weight: oc kh kw ic, of a type, times a scale. */
struct nn_pack {
	struct nn_pack *next;
	enum nn_type type;
	const void *scale;
	uint64_t version, scale_version;
	bool filled; /* a dry run makes room only */
	int32_t ic, taps;
	void *p;
	size_t size;
};

struct cuda_convs {
	struct cudnn_planner planner;
	struct cuda_scratch workspace; /* of whatever plan is running */
	struct cuda_scratch dw;
	struct cuda_scratch bias; /* in the output's type */
	struct cuda_scratch wide; /* x in f32, where y is */
	size_t packed;
};

struct cuda_convs *cuda_convs_open(
	struct cuda *c, const struct cudnn *dnn, struct err *e)
{
	struct cuda_convs *cv = mem_alloc(1, sizeof *cv);
	cudnnHandle_t handle = NULL;
	cudnnStatus_t status = dnn->cudnnCreate(&handle);

	if (status == CUDNN_STATUS_SUCCESS)
		status = dnn->cudnnSetStream(handle, c->stream);
	if (status != CUDNN_STATUS_SUCCESS) {
		err_set(e, ERR_UNAVAILABLE, "cuDNN does not start: %s",
			dnn->cudnnGetErrorString(status));
		mem_free(cv);
		return NULL;
	}
	cudnn_planner_init(&cv->planner, dnn, handle, NULL, e);
	return cv;
}

void cuda_convs_close(struct cuda *c)
{
	struct cuda_convs *cv = c->convs;
	const struct cudnn *dnn = cv->planner.dnn;
	cudnnHandle_t handle = cv->planner.handle;

	cudnn_planner_release(&cv->planner);
	dnn->cudnnDestroy(handle);
	CU(cudaFree(cv->workspace.p));
	CU(cudaFree(cv->dw.p));
	CU(cudaFree(cv->bias.p));
	CU(cudaFree(cv->wide.p));
	mem_free(cv);
}

size_t cuda_convs_held(const struct cuda *c)
{
	const struct cuda_convs *cv = c->convs;

	return cv->packed + cv->workspace.size + cv->dw.size + cv->bias.size +
	       cv->wide.size;
}

/* ---- plans ---- */

struct cudnn_key cudnn_key_of(const struct nn_conv *c, enum cudnn_pass pass,
	const struct nn_epilogue *e, bool tf32)
{
	struct cudnn_key k = {.c = *c, .pass = pass, .tf32 = tf32};

	if (e) {
		k.act = e->act;
		k.bias = e->bias != NULL;
		k.residual = e->residual != NULL;
	}
	if (c->x_type == NN_BF16 && c->y_type == NN_F32) {
		k.c.x_type = NN_F32;
		k.tf32 = true;
	}
	return k;
}

static struct cudnn_plan *plan(struct cuda *c, const struct nn_conv *conv,
	enum cudnn_pass pass, const struct nn_epilogue *ep)
{
	struct cuda_convs *cv = c->convs;
	struct cudnn_key key = cudnn_key_of(conv, pass, ep, c->be.tf32);
	struct cudnn_plan *p = cudnn_plan_known(&cv->planner, &key);
	struct err e;

	if (!p) {
		cuda_graph_flush(c);
		c->news++;
		p = cudnn_plan_new(&cv->planner, &key, &e);
	}
	if (!p)
		err_die(e.code, "%s", e.msg);
	cuda_scratch(c, &cv->workspace, p->workspace);
	return p;
}

static void run(struct cuda *c, struct cudnn_plan *p, struct cudnn_data d)
{
	struct err e;

	/* The first time loads what it runs; the plan may be of a dry run. */
	if (!p->ran) {
		cuda_graph_flush(c);
		c->news++;
		p->ran = true;
	}
	d.workspace = c->convs->workspace.p;
	if (cudnn_run(&c->convs->planner, p, &d, &e))
		err_die(e.code, "%s", e.msg);
	cuda_launched(c, "cuDNN");
}

/* ---- weights ---- */

static int64_t taps(const struct nn_conv *c)
{
	return (int64_t)c->kh * c->kw;
}

static struct nn_pack *pack_for(struct cuda *c, struct nn_tensor *w,
	enum nn_type type, const void *scale)
{
	struct nn_pack *k;

	for (k = w->pack; k; k = k->next)
		if (k->type == type && k->scale == scale)
			return k;
	k = mem_alloc(1, sizeof *k);
	k->type = type;
	k->scale = scale;
	k->size = (size_t)nn_count(w) * nn_type_size(type);
	k->p = cuda_alloc(&c->be, k->size);
	k->next = w->pack;
	w->pack = k;
	c->convs->packed += k->size;
	return k;
}

static const void *packed(struct cuda *c, const struct nn_conv *conv,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	const float *s = scale ? scale->data : NULL;
	uint64_t sversion = scale ? scale->version : 0;
	struct nn_pack *k;

	if (conv->x_type == NN_F32 && taps(conv) == 1 && !s)
		return w->data;
	k = pack_for(c, w, conv->x_type, s);
	if (c->be.dry || (k->filled && k->version == w->version &&
				 k->scale_version == sversion))
		return k->p;
	cuda_weight_pack(c->stream, w->data, s, k->type, conv->oc,
		conv->ic / conv->groups, taps(conv), k->p);
	cuda_launched(c, "weight_pack");
	k->filled = true;
	k->ic = conv->ic / conv->groups;
	k->taps = (int32_t)taps(conv);
	k->version = w->version;
	k->scale_version = sversion;
	return k->p;
}

/* The newest copy only: others are made anew where they are used. */
bool cuda_renew(
	struct nn_backend *be, struct nn_tensor *w, struct nn_part *part)
{
	struct nn_pack *k = w->pack;

	(void)be;
	if (!k || !k->filled || k->version + 1 != w->version)
		return false;
	k->version = w->version;
	part->pack = k->p;
	part->pack_scale = k->scale;
	part->pack_type = (int32_t)k->type;
	part->ic = k->ic;
	part->taps = k->taps;
	return true;
}

void cuda_unpack(struct nn_backend *be, struct nn_tensor *w)
{
	struct cuda *c = be->self;
	struct nn_pack *k, *next;

	for (k = w->pack; k; k = next) {
		next = k->next;
		c->convs->packed -= k->size;
		cuda_free(be, k->p, k->size);
		mem_free(k);
	}
	w->pack = NULL;
}

/* ---- the three passes ---- */

/* Engines take a bias of the output's type only. */
static const void *bias_for(
	struct cuda *c, const struct nn_conv *conv, const float *bias)
{
	struct nn_cast_args a = {NN_F32, bias, NULL};

	if (!bias || conv->y_type == NN_F32)
		return bias;
	a.y = cuda_scratch(
		c, &c->convs->bias, (size_t)conv->oc * nn_type_size(NN_BF16));
	c->be.each(&c->be, NN_BODY_cast, &a, 1, conv->oc);
	return a.y;
}

/* x as the plan takes it. */
static const void *x_for(struct cuda *c, const struct nn_conv *conv,
	const struct cudnn_plan *p, const void *x)
{
	struct nn_cast_args a = {NN_BF16, x, NULL};
	int64_t n = (int64_t)conv->n * conv->h * conv->w * conv->ic;

	if (p->key.c.x_type == conv->x_type)
		return x;
	a.y = cuda_scratch(
		c, &c->convs->wide, (size_t)n * nn_type_size(NN_F32));
	c->be.each(&c->be, NN_BODY_cast, &a, 1, n);
	return a.y;
}

void cuda_conv(struct nn_backend *be, const struct nn_conv *conv, const void *x,
	struct nn_tensor *w, const struct nn_epilogue *e, void *y)
{
	struct cuda *c = be->self;
	struct cudnn_plan *p = plan(c, conv, CUDNN_FORWARD, e);
	const void *weight = packed(c, &p->key.c, w, e->scale);
	const void *bias = p->fused ? bias_for(c, conv, e->bias) : NULL;
	const void *from = x_for(c, conv, p, x);

	if (be->dry)
		return;
	run(c, p,
		(struct cudnn_data){.x = from,
			.w = weight,
			.y = y,
			.bias = bias,
			.residual = e->residual});
	if (p->fused)
		return;
	cuda_epilogue(c->stream, conv->y_type, y, e->bias, e->residual, e->act,
		(int64_t)conv->n * conv->oh * conv->ow, conv->oc);
	cuda_launched(c, "epilogue");
}

void cuda_conv_dgrad(struct nn_backend *be, const struct nn_conv *conv,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	struct cuda *c = be->self;
	struct cudnn_plan *p = plan(c, conv, CUDNN_DGRAD, NULL);
	const void *weight = packed(c, conv, w, scale);

	if (!be->dry)
		run(c, p, (struct cudnn_data){.x = dx, .w = weight, .y = dy});
}

void cuda_conv_wgrad(struct nn_backend *be, const struct nn_conv *conv,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct cuda *c = be->self;
	struct cudnn_plan *p = plan(c, conv, CUDNN_WGRAD, NULL);
	enum nn_type type = conv->x_type;
	void *dw = cuda_scratch(
		c, &c->convs->dw, (size_t)nn_count(w) * nn_type_size(type));

	if (!be->dry) {
		run(c, p, (struct cudnn_data){.x = x, .w = dw, .y = dy});
		cuda_weight_gradient(c->stream, dw, scale ? scale->data : NULL,
			type, conv->oc, conv->ic / conv->groups, taps(conv),
			w->grad_set, w->grad);
		cuda_launched(c, "weight_gradient");
	}
	w->grad_set = true;
}
