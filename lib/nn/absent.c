/* In the place of nn/cuda, where that was not built. */
#include "nn/device.h"

int nn_cuda_count(struct err *e)
{
	err_set(e, ERR_UNAVAILABLE, "this build is without CUDA");
	return 0;
}

int nn_cuda_device(int i, struct nn_device *d, struct err *e)
{
	(void)i;
	(void)d;
	nn_cuda_count(e);
	return -1;
}

struct nn_backend *nn_cuda_open(int device, struct err *e)
{
	(void)device;
	nn_cuda_count(e);
	return NULL;
}
