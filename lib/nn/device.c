#include "nn/device.h"
#include "base/num.h"

#include <string.h>

/* The number of the card that "cuda" or "cuda:N" names, or -1. */
static int card(const char *name)
{
	int64_t n = 0;

	if (strncmp(name, "cuda", 4))
		return -1;
	name += 4;
	if (*name && (*name != ':' || !num_int(name + 1, 0, 1000, &n)))
		return -1;
	return (int)n;
}

struct nn_backend *nn_device_open(const char *name, int threads, struct err *e)
{
	struct nn_backend *be = NULL;
	bool any = !strcmp(name, "auto");

	if (any || card(name) >= 0) {
		be = nn_cuda_open(any ? 0 : card(name), e);
		if (!be && !any)
			err_wrap(e, "device '%s'", name);
	} else if (strcmp(name, "cpu")) {
		err_set(e, ERR_USAGE,
			"--device: auto, cpu, cuda or cuda:N expected, not "
			"'%s'",
			name);
		return NULL;
	}
	if (!be && card(name) < 0)
		be = nn_cpu_open(threads);
	return be;
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
