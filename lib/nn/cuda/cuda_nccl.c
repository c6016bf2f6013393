#include "nn/cuda/cuda_nccl.h"
#include "nn/cuda/cuda_libs.h"

#include <dlfcn.h>

static int load(struct nccl *n, int *version, struct err *e)
{
	static const char library[] = "libnccl.so.2";
	char why[256];
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
	if (n->GetVersion(version) || *version < NCCL_LEAST)
		return err_set(e, ERR_UNAVAILABLE,
			"NCCL %d.%d is too old: %d.%d or later is needed",
			*version / 10000, *version / 100 % 100,
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
