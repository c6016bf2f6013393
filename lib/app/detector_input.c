#include "app/detector.h"
#include "nn/ops.h"

static void *batch_alloc(void *be, size_t bytes)
{
	return ((struct nn_backend *)be)->host_alloc(be, bytes);
}

static void batch_free(void *be, void *p)
{
	((struct nn_backend *)be)->host_free(be, p);
}

struct data_memory detector_memory(const struct detector *d)
{
	if (!d->be->host_alloc)
		return (struct data_memory){0};
	return (struct data_memory){batch_alloc, batch_free, d->be};
}

struct nn_tensor detector_batch(
	float *x, int n, int h, int w, const struct photo_pack *p)
{
	if (!x)
		return (struct nn_tensor){.type = NN_U8,
			.rank = 1,
			.dim = {(int64_t)photo_pack_bytes(p)},
			.data = p->block};
	return (struct nn_tensor){
		.type = NN_F32, .rank = 4, .dim = {n, h, w, 3}, .data = x};
}

struct nn_tensor *detector_input(
	struct detector *d, const struct photo_pack *p, struct nn_tensor *there)
{
	const uint8_t *block = there->data;
	struct nn_resize_args a = {.bytes = block, .h = p->h, .w = p->w};
	struct photo_channel c[3];

	if (there->type != NN_U8)
		return there;
	a.start = (const int64_t *)block;
	a.from = (const int32_t(*)[2])(block + photo_pack_from(p));
	a.part = (const float *)(block + photo_pack_part(p));
	photo_channels(&d->look, c);
	for (int k = 0; k < 3; k++) {
		a.channel[k] = c[k].from;
		a.mean[k] = c[k].mean;
		a.gain[k] = c[k].gain;
	}
	return nn_resize(&d->tape, d->model.dtype, p->n, &a);
}
