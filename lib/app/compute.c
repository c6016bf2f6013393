#include "app/compute.h"

static void tell_device(const struct cli *c, const struct nn_backend *be)
{
	if (be->card_there || (c->verbose && be->no_card[0]))
		cli_note(c, "computing on the CPU: %s", be->no_card);
	else if (c->verbose)
		cli_note(c, "computing on %s",
			be->host ? "the CPU" : "a card by CUDA");
}

int compute_type(const struct cli *c, const char *name, struct nn_backend *be,
	enum nn_type *type, struct err *e)
{
	tell_device(c, be);
	if (nn_dtype(name, be, type, e))
		return -1;
	if (*type == NN_BF16 && be->bf16 != NN_BF16_FAST)
		cli_note(c, "bf16 is slower than f32 on this processor%s",
			be->bf16 == NN_BF16_EMULATED
				? ", which has no instructions for it"
				: "");
	return 0;
}

static double mib(size_t bytes)
{
	return (double)bytes / (1 << 20);
}

void compute_tell_need(
	const struct cli *c, const struct nn_need *need, const char *what)
{
	cli_note(c,
		"memory for %s: %.0f MiB at most (weights %.0f, activations "
		"%.0f, copies of weights %.0f)",
		what, mib(need->total), mib(need->weights),
		mib(need->activations), mib(need->backend));
}
