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
