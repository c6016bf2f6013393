#define _DEFAULT_SOURCE
#include "nn/ranks.h"
#include "base/mem.h"
#include "nn/device.h"
#include "nn/reduce/plugin.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the plug-in ---- */

/* Whether a launcher started us: Open MPI's, MPICH's, Slurm's. */
static bool launched(void)
{
	static const char *const sign[] = {
		"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};

	for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
		if (getenv(sign[i]))
			return true;
	return false;
}

/* Beside the program, or where `make install` puts it. */
static void *open_plugin(char why[static 256])
{
	static const char *const places[] = {"", "../lib/deepstyle/"};
	char exe[512], path[640];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	void *lib = NULL;

	exe[n < 0 ? 0 : n] = 0;
	if (strrchr(exe, '/'))
		strrchr(exe, '/')[1] = 0;
	for (size_t i = 0; !lib && i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s%s" NN_MPI_PLUGIN, exe,
			places[i]);
		if (i && access(path, F_OK))
			break; /* the reason is the first place's */
		/* What MPI loads in its turn looks for MPI's symbols. */
		lib = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
		if (!lib)
			snprintf(why, 256, "%s", dlerror());
	}
	return lib;
}

int nn_ranks_join(struct nn_ranks *r, struct err *e)
{
	nn_mpi_join *join;
	char why[256] = "";
	void *lib;

	*r = (struct nn_ranks){.size = 1, .locals = 1};
	if (!launched())
		return 0;
	lib = open_plugin(why);
	if (!lib)
		return err_set(e, ERR_UNAVAILABLE,
			"started by MPI, but its plug-in cannot be loaded: %s",
			why);
	*(void **)&join = dlsym(lib, NN_MPI_JOIN);
	if (!join)
		return err_set(e, ERR_UNAVAILABLE,
			NN_MPI_PLUGIN
			" is another version's: it has no " NN_MPI_JOIN);
	r->mpi = join(why);
	if (!r->mpi)
		return err_set(e, ERR_UNAVAILABLE, "%s", why);
	r->rank = r->mpi->rank;
	r->size = r->mpi->size;
	r->local = r->mpi->local;
	r->locals = r->mpi->locals;
	return 0;
}

void nn_ranks_leave(struct nn_ranks *r)
{
	if (r->mpi)
		r->mpi->leave();
	mem_free(r->span);
	*r = (struct nn_ranks){0};
}

/* ---- devices ---- */

const char *nn_ranks_card(
	const struct nn_ranks *r, const char *name, char room[NN_RANKS_CARD])
{
	int cards = nn_cuda_count(NULL);

	if (r->size == 1 || cards < 1 ||
		(strcmp(name, "auto") && strcmp(name, "cuda")))
		return name;
	snprintf(room, NN_RANKS_CARD, "cuda:%d", r->local % cards);
	return room;
}

int nn_ranks_meet(struct nn_ranks *r, struct nn_backend *be, struct err *e)
{
	int bad = 0;

	if (r->size == 1)
		return 0;
	/* Some have a card and some have none. */
	if (nn_ranks_most(r, be->host) && nn_ranks_most(r, !be->host))
		return err_set(e, ERR_UNAVAILABLE,
			"some ranks compute on cards and some on CPUs: "
			"--device cpu or cuda says which");
	if (be->meet)
		bad = be->meet(be, r->mpi, e);
	/* One that cannot must not leave the others waiting. */
	if (nn_ranks_most(r, bad != 0) && !bad)
		bad = err_set(e, ERR_UNAVAILABLE,
			"another rank cannot take "
			"part");
	be->ranks = bad ? NULL : r;
	return bad;
}

/* ---- together ---- */

static void add_span(struct nn_ranks *r, int i, struct nn_span s)
{
	if (i == r->spans) {
		r->spans = i ? 2 * i : 256;
		r->span = mem_grow(r->span, (size_t)r->spans, sizeof *r->span);
	}
	r->span[i] = s;
}

/* One that no op reached on this rank may be another's. */
static void have_grad(struct nn_backend *be, struct nn_tensor *x)
{
	if (!x->grad_set)
		be->clear(be, x->grad, nn_bytes(x));
	x->grad_set = true;
}

void nn_ranks_mean(struct nn_params *ps, double *also, int64_t n)
{
	struct nn_backend *be = ps->be;
	struct nn_ranks *r = be->ranks;
	int spans = 0;

	if (!r)
		return;
	for (int i = 0; i < ps->n; i++) {
		struct nn_tensor *x = &ps->p[i]->x;

		if (!x->needs_grad)
			continue;
		have_grad(be, x);
		add_span(r, spans++,
			(struct nn_span){x->grad, nn_count(x), false});
	}
	if (n)
		add_span(r, spans++, (struct nn_span){also, n, true});
	if (be->mean) {
		be->mean(be, r->span, spans);
		return;
	}
	for (int i = 0; i < spans; i++)
		r->mpi->mean(
			r->span[i].x, (size_t)r->span[i].n, r->span[i].f64);
}

int nn_ranks_most(const struct nn_ranks *r, int mine)
{
	return r->mpi ? r->mpi->most(mine) : mine;
}

void nn_ranks_share(const struct nn_ranks *r, void *p, size_t bytes)
{
	if (r->mpi)
		r->mpi->share(p, bytes);
}
