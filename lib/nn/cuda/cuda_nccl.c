#include "nn/cuda/cuda_nccl.h"
#include "nn/cuda/cuda_libs.h"

#include <dlfcn.h>

static int load(struct nccl *n, int *version, struct err *e)
{
	static const char library[] = "libnccl.so.2";
	char why[256];
	int scale;
	void *lib = cuda_library(library, why);

	if (!lib)
		return err_set(e, ERR_UNAVAILABLE,
			"NCCL, by which cards sum, cannot be loaded: %s", why);
#define LOAD(name) \
	*(void **)&n->name = dlsym(lib, "nccl" #name); \
	if (!n->name) \
		return err_set( \
			e, ERR_UNAVAILABLE, "%s has no nccl" #name, library);
	LOAD(GetVersion)
	LOAD(GetErrorString)
	LOAD(GetUniqueId)
	LOAD(CommInitRank)
	LOAD(CommDestroy)
	LOAD(GroupStart)
	LOAD(GroupEnd)
	LOAD(AllReduce)
#undef LOAD
	if (n->GetVersion(version))
		return err_set(e, ERR_UNAVAILABLE,
			"%s does not tell its version", library);
	/* Before 2.9 it was 2804 for 2.8.4. */
	scale = *version < 10000 ? 1000 : 10000;
	if (*version < NCCL_LEAST)
		return err_set(e, ERR_UNAVAILABLE,
			"NCCL %d.%d is too old: %d.%d or later is needed",
			*version / scale, *version % scale / 100,
			NCCL_LEAST / 10000, NCCL_LEAST / 100 % 100);
	return 0;
}

const struct nccl *cuda_nccl(struct err *e)
{
	static struct nccl nccl;
	static int version;

	if (version < NCCL_LEAST && load(&nccl, &version, e))
		return NULL;
	return &nccl;
}
