#include "nn/cuda/cuda_libs.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void *cuda_library(const char *name, char why[static 256])
{
	static const char dirs[] = CUDA_LIB_DIRS;
	void *lib = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	char path[512];

	if (lib)
		return lib;
	snprintf(why, 256, "%s", dlerror());
	for (const char *d = dirs; *d && !lib; d += strcspn(d, ":")) {
		d += *d == ':';
		snprintf(path, sizeof path, "%.*s/%s", (int)strcspn(d, ":"), d,
			name);
		lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
		/* There, but of no use: it lacks something in its turn. */
		if (!lib && !access(path, F_OK))
			snprintf(why, 256, "%s", dlerror());
	}
	return lib;
}

static int load(struct cudnn *c, struct err *e)
{
	char why[256];
	void *lib = cuda_library("libcudnn_graph.so.9", why);

	if (!lib)
		return err_set(e, ERR_UNAVAILABLE,
			"cuDNN 9 cannot be loaded: %s", why);
#define LOAD(name) \
	*(void **)&c->name = dlsym(lib, #name); \
	if (!c->name) \
		return err_set(e, ERR_UNAVAILABLE, \
			"libcudnn_graph.so.9 has no " #name);
	CUDNN_FUNCTIONS(LOAD)
#undef LOAD
	c->version = (int)c->cudnnGetVersion();
	return 0;
}

const struct cudnn *cuda_cudnn(int least, struct err *e)
{
	static struct cudnn cudnn;

	if (!cudnn.version && load(&cudnn, e))
		return NULL;
	if (cudnn.version < least) {
		err_set(e, ERR_UNAVAILABLE,
			"cuDNN %d.%d is too old: %d.%d or later is needed",
			cudnn.version / 10000, cudnn.version / 100 % 100,
			least / 10000, least / 100 % 100);
		return NULL;
	}
	return &cudnn;
}
