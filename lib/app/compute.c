#include "app/compute.h"
#include "base/host.h"
#include "nn/ranks.h"

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

int compute_alone(struct err *e)
{
	struct nn_ranks r;

	if (nn_ranks_join(&r, e))
		return -1;
	if (r.size > 1)
		return err_set(e, ERR_USAGE,
			"this is for one process, and mpirun started %d",
			r.size);
	nn_ranks_leave(&r);
	return 0;
}

static double mib(size_t bytes)
{
	return (double)bytes / (1 << 20);
}

void compute_tell_need(
	const struct cli *c, const struct nn_footprint *need, const char *what)
{
	cli_note(c,
		"memory for %s: %.0f MiB at most (weights %.0f, activations "
		"%.0f, copies of weights %.0f)",
		what, mib(need->total), mib(need->weights),
		mib(need->activations), mib(need->backend));
}

int compute_check_need(
	const struct cli *c, size_t bytes, const char *less, struct err *e)
{
	struct host_memory m = host_memory(NULL);

	if (bytes > m.total)
		return err_set(e, ERR_OS,
			"%.0f MiB of memory are needed, and %s has %.0f: %s",
			mib(bytes), m.by, mib(m.total), less);
	if (bytes > m.available)
		cli_warn(c,
			"%.0f MiB of memory are needed, and only %.0f are free "
			"now: %s",
			mib(bytes), mib(m.available), less);
	return 0;
}
