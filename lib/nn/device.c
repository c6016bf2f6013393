#include "nn/device.h"

#include <string.h>

struct nn_backend *nn_device_open(const char *name, int threads, struct err *e)
{
	if (!strcmp(name, "auto") || !strcmp(name, "cpu"))
		return nn_cpu_open(threads);
	if (!strcmp(name, "cuda") || !strncmp(name, "cuda:", 5))
		err_set(e, ERR_UNAVAILABLE,
			"device '%s': this version runs on the CPU only", name);
	else
		err_set(e, ERR_USAGE,
			"--device: auto or cpu expected, not '%s'", name);
	return NULL;
}

int nn_dtype(const char *name, const struct nn_backend *be, enum nn_type *type,
	struct err *e)
{
	if (!strcmp(name, "auto"))
		*type = be->bf16 == NN_BF16_FAST ? NN_BF16 : NN_F32;
	else if (!strcmp(name, "f32"))
		*type = NN_F32;
	else if (!strcmp(name, "bf16"))
		*type = NN_BF16;
	else
		return err_set(e, ERR_USAGE,
			"--dtype: auto, f32 or bf16 expected, not '%s'", name);
	return 0;
}
