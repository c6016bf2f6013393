#include "nn/cuda/cuda_int.h"

struct cuda_convs *cuda_convs_open(
	struct cuda *c, const struct cudnn *dnn, struct err *e)
{
	(void)c;
	(void)dnn;
	err_set(e, ERR_UNAVAILABLE, "not yet");
	return NULL;
}
void cuda_convs_close(struct cuda *c)
{
	(void)c;
}
size_t cuda_convs_held(const struct cuda *c)
{
	(void)c;
	return 0;
}
void cuda_conv(struct nn_backend *be, const struct nn_conv *c, const void *x,
	struct nn_tensor *w, const struct nn_epilogue *e, void *y)
{
	(void)be;
	(void)c;
	(void)x;
	(void)w;
	(void)e;
	(void)y;
}
void cuda_conv_dgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	(void)be;
	(void)c;
	(void)dy;
	(void)w;
	(void)scale;
	(void)dx;
}
void cuda_conv_wgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	(void)be;
	(void)c;
	(void)x;
	(void)dy;
	(void)w;
	(void)scale;
}
void cuda_unpack(struct nn_backend *be, struct nn_tensor *w)
{
	(void)be;
	(void)w;
}
