#include "nn/cuda/cudnn_plan.h"

/* ---- descriptors ---- */

cudnn_desc cudnn_new(struct cudnn_graph *g, cudnnBackendDescriptorType_t type)
{
	cudnn_desc d = NULL;

	BUG_ON(g->n == sizeof g->made / sizeof *g->made);
	if (g->status == CUDNN_STATUS_SUCCESS)
		g->status = g->dnn->cudnnBackendCreateDescriptor(type, &d);
	if (g->status == CUDNN_STATUS_SUCCESS)
		g->made[g->n++] = d;
	return d;
}

void cudnn_put(struct cudnn_graph *g, cudnn_desc d,
	cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
	int64_t n, const void *values)
{
	if (g->status == CUDNN_STATUS_SUCCESS)
		g->status = g->dnn->cudnnBackendSetAttribute(
			d, name, type, n, values);
}

void cudnn_put_desc(struct cudnn_graph *g, cudnn_desc d,
	cudnnBackendAttributeName_t name, cudnn_desc value)
{
	cudnn_put(g, d, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value);
}

void cudnn_finish(struct cudnn_graph *g, cudnn_desc d)
{
	if (g->status == CUDNN_STATUS_SUCCESS)
		g->status = g->dnn->cudnnBackendFinalize(d);
}

void cudnn_graph_free(struct cudnn_graph *g)
{
	while (g->n)
		g->dnn->cudnnBackendDestroyDescriptor(g->made[--g->n]);
}

/* ---- tensors and operations ---- */

static cudnnDataType_t data_type(int32_t type)
{
	return type == NN_BF16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
}

/* n h w c in memory; cuDNN names dimensions in the order n c h w. A tensor
 * between two operations is never in memory. */
static cudnn_desc tensor(struct cudnn_graph *g, int64_t id,
	cudnnDataType_t type, int64_t n, int64_t h, int64_t w, int64_t c)
{
	int64_t dim[] = {n, c, h, w}, stride[] = {h * w * c, 1, w * c, c};
	int64_t align = 16;
	bool between = id >= CUDNN_ID_BETWEEN;
	cudnn_desc d = cudnn_new(g, CUDNN_BACKEND_TENSOR_DESCRIPTOR);

	cudnn_put(g, d, CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1,
		&type);
	cudnn_put(g, d, CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 4, dim);
	cudnn_put(g, d, CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, 4, stride);
	cudnn_put(g, d, CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &id);
	cudnn_put(g, d, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1,
		&align);
	cudnn_put(g, d, CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1,
		&between);
	cudnn_finish(g, d);
	return d;
}

static cudnn_desc output(struct cudnn_graph *g, int64_t id,
	cudnnDataType_t type, const struct nn_conv *c)
{
	return tensor(g, id, type, c->n, c->oh, c->ow, c->oc);
}

static cudnn_desc geometry(struct cudnn_graph *g, const struct nn_conv *c)
{
	int64_t pad[] = {c->pad, c->pad}, stride[] = {c->stride, c->stride};
	int64_t dilation[] = {1, 1}, dims = 2;
	cudnnDataType_t compute = CUDNN_DATA_FLOAT;
	cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
	cudnn_desc d = cudnn_new(g, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);

	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64,
		1, &dims);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE,
		1, &compute);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_CONV_MODE,
		CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64,
		2, pad);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64,
		2, pad);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 2,
		dilation);
	cudnn_put(g, d, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64,
		2, stride);
	cudnn_finish(g, d);
	return d;
}

/* The three passes differ in the names of their attributes. */
static cudnn_desc convolution(struct cudnn_graph *g, int32_t pass,
	cudnn_desc geometry, cudnn_desc x, cudnn_desc w, cudnn_desc y)
{
	static const struct {
		cudnnBackendDescriptorType_t type;
		cudnnBackendAttributeName_t geometry, x, w, y, alpha, beta;
	} names[] = {
#define PASS(type, name, x, w, y) \
	{CUDNN_BACKEND_OPERATION_CONVOLUTION_##type##_DESCRIPTOR, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_CONV_DESC, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_##x, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_##w, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_##y, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_ALPHA, \
		CUDNN_ATTR_OPERATION_CONVOLUTION_##name##_BETA}
		[CUDNN_FORWARD] = PASS(FORWARD, FORWARD, X, W, Y),
		[CUDNN_DGRAD] = PASS(BACKWARD_DATA, BWD_DATA, DX, W, DY),
		[CUDNN_WGRAD] = PASS(BACKWARD_FILTER, BWD_FILTER, X, DW, DY),
#undef PASS
	};
	cudnn_desc d = cudnn_new(g, names[pass].type);
	float one = 1, zero = 0;

	cudnn_put_desc(g, d, names[pass].geometry, geometry);
	cudnn_put_desc(g, d, names[pass].x, x);
	cudnn_put_desc(g, d, names[pass].w, w);
	cudnn_put_desc(g, d, names[pass].y, y);
	cudnn_put(g, d, names[pass].alpha, CUDNN_TYPE_FLOAT, 1, &one);
	cudnn_put(g, d, names[pass].beta, CUDNN_TYPE_FLOAT, 1, &zero);
	cudnn_finish(g, d);
	return d;
}

/* y = x + b, or act(x) where there is no b. */
static cudnn_desc pointwise(struct cudnn_graph *g, int32_t act, cudnn_desc x,
	cudnn_desc b, cudnn_desc y)
{
	cudnnPointwiseMode_t mode =
		b ? CUDNN_POINTWISE_ADD : CUDNN_POINTWISE_RELU_FWD;
	cudnnDataType_t compute = CUDNN_DATA_FLOAT;
	double slope = (double)NN_LEAKY_SLOPE;
	cudnn_desc how = cudnn_new(g, CUDNN_BACKEND_POINTWISE_DESCRIPTOR), d;

	cudnn_put(g, how, CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE,
		1, &mode);
	cudnn_put(g, how, CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE,
		1, &compute);
	if (!b && act == NN_LEAKY)
		cudnn_put(g, how, CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE,
			CUDNN_TYPE_DOUBLE, 1, &slope);
	cudnn_finish(g, how);
	d = cudnn_new(g, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
	cudnn_put_desc(g, d, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, how);
	cudnn_put_desc(g, d, CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
	if (b)
		cudnn_put_desc(g, d, CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b);
	cudnn_put_desc(g, d, CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
	cudnn_finish(g, d);
	return d;
}

/* ---- the graph ---- */

enum { OPS_MAX = 4 };

/*
 * The epilogue's operations behind the convolution, which writes `from`; the
 * last one writes y. Precompiled engines know conv + residual + bias, then
 * the activation, and no other order.
 */
static int epilogue(struct cudnn_graph *g, const struct cudnn_key *k,
	cudnn_desc from, cudnn_desc y, cudnn_desc *op)
{
	const struct nn_conv *c = &k->c;
	struct {
		bool wanted;
		cudnn_desc b;
	} step[3] = {{k->residual, NULL}, {k->bias, NULL},
		{k->act != NN_LINEAR, NULL}};
	int left = k->residual + k->bias + (k->act != NN_LINEAR), n = 0;

	if (k->residual)
		step[0].b =
			output(g, CUDNN_ID_RESIDUAL, data_type(c->y_type), c);
	if (k->bias)
		step[1].b = tensor(
			g, CUDNN_ID_BIAS, data_type(c->y_type), 1, 1, 1, c->oc);
	for (int i = 0; i < 3; i++) {
		cudnn_desc to = y;

		if (!step[i].wanted)
			continue;
		if (--left)
			to = output(g, CUDNN_ID_BETWEEN + 1 + n,
				CUDNN_DATA_FLOAT, c);
		op[n++] = pointwise(g, k->act, from, step[i].b, to);
		from = to;
	}
	return n;
}

cudnn_desc cudnn_graph_of(struct cudnn_graph *g, const struct cudnn_key *k,
	bool fused, cudnnHandle_t handle)
{
	const struct nn_conv *c = &k->c;
	bool more = fused && k->pass == CUDNN_FORWARD &&
		    (k->bias || k->residual || k->act != NN_LINEAR);
	cudnnDataType_t type = data_type(c->x_type);
	cudnn_desc x, w, y, from, op[OPS_MAX], d;
	int n = 1;

	x = tensor(g, CUDNN_ID_X, type, c->n, c->h, c->w, c->ic);
	/* The number of groups follows from the channels. */
	w = tensor(g, CUDNN_ID_W, type, c->oc, c->kh, c->kw, c->ic / c->groups);
	y = output(g, CUDNN_ID_Y, data_type(c->y_type), c);
	from = more ? output(g, CUDNN_ID_BETWEEN, CUDNN_DATA_FLOAT, c) : y;
	op[0] = convolution(g, k->pass, geometry(g, c), x, w, from);
	if (more)
		n += epilogue(g, k, from, y, op + 1);
	d = cudnn_new(g, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
	cudnn_put(g, d, CUDNN_ATTR_OPERATIONGRAPH_OPS,
		CUDNN_TYPE_BACKEND_DESCRIPTOR, n, op);
	if (handle)
		cudnn_put(g, d, CUDNN_ATTR_OPERATIONGRAPH_HANDLE,
			CUDNN_TYPE_HANDLE, 1, &handle);
	cudnn_finish(g, d);
	return d;
}
