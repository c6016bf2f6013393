#include "nn/device.h"
#include "base/num.h"

#include <stdio.h>
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

/* The first card, or else the CPU. */
static struct nn_backend *open_best(int threads)
{
	struct err why;
	struct nn_backend *be = nn_cuda_open(0, &why);

	if (be)
		return be;
	be = nn_cpu_open(threads);
	be->card_there = nn_cuda_count(NULL) != 0;
	snprintf(be->no_card, sizeof be->no_card, "%.190s", why.msg);
	return be;
}

struct nn_backend *nn_device_open(const char *name, int threads, struct err *e)
{
	struct nn_backend *be;

	if (!strcmp(name, "cpu"))
		return nn_cpu_open(threads);
	if (!strcmp(name, "auto"))
		return open_best(threads);
	if (card(name) < 0) {
		err_set(e, ERR_USAGE,
			"--device: auto, cpu, cuda or cuda:N expected, not "
			"'%s'",
			name);
		return NULL;
	}
	be = nn_cuda_open(card(name), e);
	if (!be)
		err_wrap(e, "device '%s'", name);
	return be;
}

int nn_dtype(const char *name, struct nn_backend *be, enum nn_type *type,
	struct err *e)
{
	be->tf32 = !strcmp(name, "tf32");
	if (be->tf32 && be->host)
		return err_set(
			e, ERR_UNAVAILABLE, "--dtype tf32: only a card has it");
	if (!strcmp(name, "auto"))
		*type = be->bf16 == NN_BF16_FAST ? NN_BF16 : NN_F32;
	else if (!strcmp(name, "f32") || be->tf32)
		*type = NN_F32;
	else if (!strcmp(name, "bf16"))
		*type = NN_BF16;
	else
		return err_set(e, ERR_USAGE,
			"--dtype: auto, f32, bf16 or tf32 expected, not '%s'",
			name);
	return 0;
}
