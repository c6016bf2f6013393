#include "nn/cuda/cuda_int.h"
#include "base/mem.h"
#include "nn/cuda/kernels.h"
#include "nn/device.h"

#include <stdio.h>
#include <stdlib.h>

/* Kernels use what came with compute capability 8: bf16. */
enum { LEAST_MAJOR = 8 };

void cuda_check(cudaError_t status, const char *call)
{
	if (status != cudaSuccess)
		err_die(ERR_UNAVAILABLE, "CUDA: %s: %s", call,
			cudaGetErrorString(status));
}

void cuda_launched(struct cuda *c, const char *what)
{
	cuda_check(cudaGetLastError(), what);
	if (c->careful)
		cuda_check(cudaStreamSynchronize(c->stream), what);
}

void *cuda_scratch(struct cuda *c, struct cuda_scratch *s, size_t n)
{
	if (n > s->size) {
		cuda_graph_flush(c);
		c->news++;
		CU(cudaStreamSynchronize(c->stream));
		CU(cudaFree(s->p));
		if (cudaMalloc(&s->p, n) != cudaSuccess)
			mem_oom(n);
		s->size = n;
	}
	return s->p;
}

/* ---- bodies and sums ---- */

static void each(struct nn_backend *be, enum nn_body body, const void *args,
	int64_t rows, int64_t lanes)
{
	static const char *const name[] = {
#define NAME(name, kind, split) #name,
		NN_BODIES(NAME)};
	struct cuda *c = be->self;

	if (be->dry || rows <= 0 || lanes <= 0)
		return;
	cuda_each(c->stream, body, args, rows, lanes);
	cuda_launched(c, name[body]);
}

static void sums(struct nn_backend *be, enum nn_type type, const void *x,
	const void *y, int64_t n, int64_t rows, int64_t lanes, double *sx,
	double *sxy)
{
	struct cuda *c = be->self;
	size_t need =
		(size_t)cuda_sums_scratch(n, rows, lanes) * sizeof(double);
	double *partial = cuda_scratch(c, &c->work, need);

	if (be->dry || n <= 0 || lanes <= 0)
		return;
	cuda_sums(c->stream, type, x, y, n, rows, lanes, partial, sx, sxy);
	cuda_launched(c, "sums");
}

static void propose(struct nn_backend *be, const struct nn_propose *p,
	struct nn_proposal *to, int32_t *count)
{
	struct cuda *c = be->self;
	size_t need = (size_t)cuda_propose_scratch(p);
	void *scratch = cuda_scratch(c, &c->work, need);

	if (be->dry)
		return;
	cuda_propose(c->stream, p, scratch, to, count);
	cuda_launched(c, "propose");
}

static void choose(struct nn_backend *be, const struct nn_choose *p,
	const struct nn_choice *to)
{
	struct cuda *c = be->self;
	size_t need = (size_t)cuda_choose_scratch(p);
	void *scratch = cuda_scratch(c, &c->work, need);

	if (be->dry)
		return;
	cuda_choose(c->stream, p, scratch, to);
	cuda_launched(c, "choose");
}

static void match(struct nn_backend *be, const struct nn_match *p,
	const struct nn_matched *to)
{
	struct cuda *c = be->self;
	size_t need = (size_t)cuda_match_scratch(p);
	void *scratch = cuda_scratch(c, &c->work, need);

	if (be->dry)
		return;
	cuda_match(c->stream, p, scratch, to);
	cuda_launched(c, "match");
}

static void sift(struct nn_backend *be, const struct nn_sift *p,
	struct nn_candidate *to, int32_t *count)
{
	struct cuda *c = be->self;
	size_t need = (size_t)cuda_sift_scratch(p);
	void *scratch = cuda_scratch(c, &c->work, need);

	if (be->dry)
		return;
	cuda_sift(c->stream, p, scratch, to, count);
	cuda_launched(c, "sift");
}

/* ---- copies ---- */

bool cuda_on_host(const void *p)
{
	struct cudaPointerAttributes a;

	CU(cudaPointerGetAttributes(&a, p));
	return a.type != cudaMemoryTypeDevice;
}

static void copy(struct nn_backend *be, void *to, const void *from, size_t n)
{
	struct cuda *c = be->self;

	if (be->dry || !n)
		return;
	if (cuda_on_host(to)) {
		cuda_graph_flush(c);
		CU(cudaMemcpyAsync(to, from, n, cudaMemcpyDefault, c->stream));
		CU(cudaStreamSynchronize(c->stream));
		return;
	}
	from = cuda_graph_stage(c, from, n);
	CU(cudaMemcpyAsync(to, from, n, cudaMemcpyDefault, c->stream));
}

static void clear(struct nn_backend *be, void *p, size_t n)
{
	struct cuda *c = be->self;

	if (!be->dry)
		CU(cudaMemsetAsync(p, 0, n, c->stream));
}

static void sync(struct nn_backend *be)
{
	struct cuda *c = be->self;

	cuda_graph_flush(c);
	CU(cudaStreamSynchronize(c->stream));
}

static size_t held(struct nn_backend *be)
{
	struct cuda *c = be->self;

	return cuda_convs_held(c) + c->work.size;
}

/* ---- opening ---- */

static void cuda_close(struct nn_backend *be)
{
	struct cuda *c = be->self;

	cuda_graph_flush(c);
	CU(cudaStreamSynchronize(c->stream));
	cuda_graph_free(c->graph);
	cuda_ranks_free(c);
	if (c->convs)
		cuda_convs_close(c);
	CU(cudaFree(c->work.p));
	cuda_ranges_free(c);
	CU(cudaEventDestroy(c->brought));
	for (int i = 0; i < NN_TELLS; i++)
		CU(cudaEventDestroy(c->told[i]));
	CU(cudaStreamDestroy(c->beside));
	CU(cudaStreamDestroy(c->stream));
	mem_free(c);
}

/* What nn_cuda_count returns, when CUDA counts none. */
static int no_card(cudaError_t status, struct err *e)
{
	int v;

	if (status == cudaErrorNoDevice || status == cudaSuccess) {
		err_set(e, ERR_UNAVAILABLE, "there is no NVIDIA card");
		return 0;
	}
	if (status != cudaErrorInsufficientDriver)
		return err_set(
			e, ERR_UNAVAILABLE, "%s", cudaGetErrorString(status));
	if (cudaDriverGetVersion(&v) == cudaSuccess && v)
		return err_set(e, ERR_UNAVAILABLE,
			"the NVIDIA driver is too old: it knows CUDA %d.%d, "
			"and %d.%d is needed",
			v / 1000, v % 1000 / 10, CUDART_VERSION / 1000,
			CUDART_VERSION % 1000 / 10);
	err_set(e, ERR_UNAVAILABLE, "the NVIDIA driver is not installed");
	return 0;
}

int nn_cuda_count(struct err *e)
{
	int n = 0;
	cudaError_t status = cudaGetDeviceCount(&n);

	if (status == cudaSuccess && n > 0)
		return n;
	(void)cudaGetLastError();
	return no_card(status, e);
}

int nn_cuda_device(int i, struct nn_device *d, struct err *e)
{
	const struct cudnn *dnn = cuda_cudnn(CUDNN_LEAST, e);
	struct cudaDeviceProp p;
	cudaError_t status;

	if (!dnn)
		return -1;
	status = cudaGetDeviceProperties(&p, i);
	if (status != cudaSuccess)
		return err_set(
			e, ERR_UNAVAILABLE, "%s", cudaGetErrorString(status));
	if (p.major < LEAST_MAJOR)
		return err_set(e, ERR_UNAVAILABLE,
			"%s has compute capability %d.%d, and %d.0 is needed",
			p.name, p.major, p.minor, LEAST_MAJOR);
	*d = (struct nn_device){.threads = p.multiProcessorCount,
		.bytes = p.totalGlobalMem,
		.library = "cuDNN",
		.version = {dnn->version / 10000, dnn->version / 100 % 100,
			dnn->version % 100},
		.bf16 = NN_BF16_FAST};
	snprintf(d->name, sizeof d->name, "cuda:%d", i);
	snprintf(d->model, sizeof d->model, "%.60s", p.name);
	snprintf(d->isa, sizeof d->isa, "sm_%d%d", p.major, p.minor);
	return 0;
}

static void make_streams(struct cuda *c)
{
	CU(cudaStreamCreateWithFlags(&c->stream, cudaStreamNonBlocking));
	CU(cudaStreamCreateWithFlags(&c->beside, cudaStreamNonBlocking));
	CU(cudaEventCreateWithFlags(&c->brought, cudaEventDisableTiming));
	for (int i = 0; i < NN_TELLS; i++)
		CU(cudaEventCreateWithFlags(
			&c->told[i], cudaEventDisableTiming));
}

struct nn_backend *nn_cuda_open(int device, struct err *e)
{
	int n = nn_cuda_count(e);
	const struct cudnn *dnn;
	struct nn_device about;
	struct cuda *c;

	if (n <= 0)
		return NULL;
	if (device >= n) {
		err_set(e, ERR_UNAVAILABLE,
			"there is no card %d: the last is %d", device, n - 1);
		return NULL;
	}
	dnn = cuda_cudnn(CUDNN_LEAST, e);
	if (!dnn || nn_cuda_device(device, &about, e))
		return NULL;
	CU(cudaSetDevice(device));
	c = mem_alloc(1, sizeof *c);
	c->device = device;
	c->careful = getenv("DEEPSTYLE_SYNC") != NULL;
	make_streams(c);
	c->graph = cuda_graph_new();
	c->be = (struct nn_backend){.name = "cuda",
		.self = c,
		.bf16 = NN_BF16_FAST,
		.alloc = cuda_alloc,
		.reserve = cuda_reserve,
		.commit = cuda_commit,
		.free = cuda_free,
		.copy = copy,
		.clear = clear,
		.begin = cuda_begin,
		.end = cuda_end,
		.sync = sync,
		.bring = cuda_bring,
		.brought = cuda_brought,
		.host_alloc = cuda_host_alloc,
		.host_free = cuda_host_free,
		.tell = cuda_tell,
		.told = cuda_told,
		.conv = cuda_conv,
		.conv_dgrad = cuda_conv_dgrad,
		.conv_wgrad = cuda_conv_wgrad,
		.unpack = cuda_unpack,
		.renew = cuda_renew,
		.each = each,
		.sums = sums,
		.propose = propose,
		.choose = choose,
		.match = match,
		.sift = sift,
		.meet = cuda_meet,
		.mean = cuda_mean,
		.held = held,
		.close = cuda_close};
	c->convs = cuda_convs_open(c, dnn, e);
	if (!c->convs) {
		cuda_close(&c->be);
		return NULL;
	}
	return &c->be;
}
