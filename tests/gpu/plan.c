/*
 * Plans every convolution of every network for cards that need not be there:
 *
 *	plan [-v] [SM...]
 *
 * The networks run dry on a backend that notes what convolutions they ask
 * for; cuDNN then plans each, from the descriptors that the CUDA backend uses,
 * for a card of each compute capability (80 86 89 90 100 120), of which it
 * has only a description. Status 1 when one cannot be planned.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "gan/gan_step.h"
#include "nets.h"
#include "nn/cuda/cudnn_plan.h"
#include "rcnn/detect.h"
#include "rcnn/objective.h"

/* ---- cards ---- */

static const struct card {
	int sm, processors, threads, blocks;
	int shared; /* the most a block may have */
	int l2, clock, memory_clock;
	long long memory;
	const char *name;
} cards[] = {
	{80, 108, 2048, 32, 166912, 41943040, 1410000, 1593000, 85094825984,
		"NVIDIA A100-SXM4-80GB"},
	{86, 82, 1536, 16, 101376, 6291456, 1695000, 9751000, 25438126080,
		"NVIDIA GeForce RTX 3090"},
	{89, 142, 1536, 24, 101376, 100663296, 2520000, 9001000, 47704965120,
		"NVIDIA L40S"},
	{90, 132, 2048, 32, 232448, 62914560, 1980000, 3201000, 150754820096,
		"NVIDIA H200"},
	{100, 148, 2048, 32, 232448, 132644864, 1965000, 3996000, 191514017792,
		"NVIDIA B200"},
	{120, 188, 1536, 24, 101376, 134217728, 2617000, 14001000, 101974343680,
		"NVIDIA RTX PRO 6000 Blackwell Server Edition"},
};

static void describe(const struct card *c, char *json, size_t size)
{
	snprintf(json, size,
		"{\"maxGridSize\":[2147483647,65535,65535],"
		"\"maxBlockSize\":[1024,1024,64],\"regsPerBlock\":65536,"
		"\"multiProcessorCount\":%d,\"warpSize\":32,"
		"\"maxSharedMemoryPerBlock\":49152,"
		"\"maxSharedMemoryPerBlockOptin\":%d,"
		"\"reservedSharedMemoryPerBlock\":1024,"
		"\"maxRegistersPerSM\":65536,\"maxCtasPerSM\":%d,"
		"\"maxThreadsPerBlock\":1024,\"maxThreadsPerSM\":%d,"
		"\"pciDeviceId\":0,\"isTccDriver\":0,\"supportCoopLaunch\":1,"
		"\"totalGlobalMem\":%lld,\"smClockRateKHz\":%d,"
		"\"memClockRateKHz\":%d,\"l2CacheSize\":%d,"
		"\"cudaDeviceId\":0,\"deviceVer\":%d,\"driverVer\":13000,"
		"\"deviceName\":\"%s\"}",
		c->processors, c->shared, c->blocks, c->threads, c->memory,
		c->clock, c->memory_clock, c->l2, 10 * c->sm, c->name);
}

/* ---- what the networks ask for ---- */

enum { KEYS_MAX = 8192 };

static struct {
	struct cudnn_key key;
	const char *net;
} asked[KEYS_MAX];
static int nasked;
static const char *net_name;

static void ask(const struct nn_conv *c, enum cudnn_pass pass,
	const struct nn_epilogue *e)
{
	struct cudnn_key k = cudnn_key_of(c, pass, e, false);

	for (int i = 0; i < nasked; i++)
		if (!memcmp(&asked[i].key, &k, sizeof k))
			return;
	BUG_ON(nasked == KEYS_MAX);
	asked[nasked].net = net_name;
	asked[nasked++].key = k;
}

static void conv(struct nn_backend *be, const struct nn_conv *c, const void *x,
	struct nn_tensor *w, const struct nn_epilogue *e, void *y)
{
	(void)be;
	(void)x;
	(void)w;
	(void)y;
	ask(c, CUDNN_FORWARD, e);
}

static void dgrad(struct nn_backend *be, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	(void)be;
	(void)dy;
	(void)w;
	(void)scale;
	(void)dx;
	ask(c, CUDNN_DGRAD, NULL);
}

static void wgrad(struct nn_backend *be, const struct nn_conv *c, const void *x,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale)
{
	(void)be;
	(void)x;
	(void)dy;
	(void)scale;
	ask(c, CUDNN_WGRAD, NULL);
	w->grad_set = true;
}

/* A batch of eight in f32 has more addresses than this machine memory; of
 * which it touches next to none. */
static void *reserve(struct nn_backend *be, size_t *bytes)
{
	void *p;

	(void)be;
	*bytes = (size_t)1 << 40;
	p = mmap(NULL, *bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		mem_oom(*bytes);
	return p;
}

static struct nn_backend *open_backend(void)
{
	struct nn_backend *be = nn_cpu_open(1);

	be->reserve = reserve;
	be->conv = conv;
	be->conv_dgrad = dgrad;
	be->conv_wgrad = wgrad;
	return be;
}

/* ---- the networks ---- */

static void look(struct rcnn_model *m, struct nn_tape *t, int n, int h, int w)
{
	struct rcnn_detect_rule rule = rcnn_config_detect_rule(&m->config);
	struct rcnn_sight *sight;
	struct rcnn_found **found;
	int64_t dim[] = {n, h, w, 3};

	nn_footprint_begin(t);
	t->record = t->train = false;
	sight = arena_zero(t->arena, (size_t)n, sizeof *sight);
	found = arena_zero(t->arena, (size_t)n, sizeof *found);
	for (int i = 0; i < n; i++) {
		sight[i] = (struct rcnn_sight){
			{(float)w, (float)h, 1}, (float)w, (float)h, false};
		found[i] = arena_zero(t->arena, 1, sizeof **found);
	}
	rcnn_look(
		m, t, nn_new(t, NN_F32, 4, dim), sight, &rule, t->arena, found);
	nn_footprint_end(t, &m->params, -1);
}

static int detector(int i, struct err *e)
{
	const struct gpu_net *net = &gpu_nets[i];
	struct nn_backend *be = open_backend();
	struct rcnn_config c;
	struct arena a = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &a, .pool = &pool};
	struct rcnn_model m;

	net_name = net->name;
	if (gpu_net_config(net, &c, e))
		return -1;
	nn_pool_init(&pool, be);
	rcnn_model_init(&m, be, &c, 1);
	for (int type = NN_F32; type <= NN_BF16; type++) {
		m.dtype = type;
		rcnn_losses_footprint(&m, &t, net->batch, net->h, net->w);
		look(&m, &t, 1, net->h, net->w);
		look(&m, &t, 8, net->h, net->w);
	}
	rcnn_model_release(&m);
	nn_pool_release(&pool);
	arena_release(&a);
	be->close(be);
	return 0;
}

static int generator(const char *preset, int batch, struct err *e)
{
	struct nn_backend *be = open_backend();
	struct gan_run run;
	struct gan m;

	net_name = preset;
	if (gan_preset(&run, preset, e))
		return -1;
	run.batch = batch;
	/* Penalties have convolutions of their own. */
	if (run.how.r1 < 0)
		run.how.r1 = run.how.r2 = 1;
	gan_init(&m, &run, be);
	for (int type = NN_F32; type <= NN_BF16; type++) {
		m.dtype = type;
		gan_footprint(&m, batch);
		gan_footprint(&m, 1);
	}
	gan_release(&m);
	be->close(be);
	return 0;
}

/* ---- planning ---- */

static void tell(int i, const struct cudnn_plan *p)
{
	static const char *const pass[] = {"forward", "dgrad", "wgrad"};
	const struct cudnn_key *k = &asked[i].key;
	const struct nn_conv *c = &k->c;

	printf("%-12s %-7s %s%s %dx%dx%dx%d by %dx%dx%d, /%d, %d groups%s%s%s: "
	       "%.1f MB%s%s\n",
		asked[i].net, pass[k->pass], nn_type_name(c->x_type),
		k->tf32 ? " (TF32)" : "", c->n, c->h, c->w, c->ic, c->oc, c->kh,
		c->kw, c->stride, c->groups, k->bias ? " +bias" : "",
		k->residual ? " +residual" : "", k->act ? " +act" : "",
		(double)p->workspace / 1e6,
		p->fused || k->pass != CUDNN_FORWARD ? "" : ", epilogue apart",
		p->varies ? ", varies" : "");
}

/* How many cannot be planned for that card. */
static int plan_all(
	const struct cudnn *dnn, const struct card *card, bool verbose)
{
	struct cudnn_planner planner;
	int failed = 0, apart = 0, varies = 0;
	size_t most = 0;
	char json[2048];
	struct err e;

	describe(card, json, sizeof json);
	if (cudnn_planner_init(&planner, dnn, NULL, json, &e)) {
		printf("sm_%d: %s\n", card->sm, e.msg);
		return 1;
	}
	for (int i = 0; i < nasked; i++) {
		const struct cudnn_plan *p =
			cudnn_plan_new(&planner, &asked[i].key, &e);

		if (!p) {
			failed++;
			printf("sm_%d: %s: %s\n", card->sm, asked[i].net,
				e.msg);
			continue;
		}
		apart += !p->fused && asked[i].key.pass == CUDNN_FORWARD;
		varies += p->varies;
		most = p->workspace > most ? p->workspace : most;
		if (verbose)
			tell(i, p);
	}
	printf("sm_%d: %d of %d convolutions planned, %d with the epilogue "
	       "apart, %d whose sums vary, %.0f MB of workspace at most\n",
		card->sm, nasked - failed, nasked, apart, varies,
		(double)most / 1e6);
	fflush(stdout);
	cudnn_planner_release(&planner);
	return failed;
}

static bool chosen(int argc, char **argv, int sm)
{
	for (int i = 0; i < argc; i++)
		if (strtol(argv[i], NULL, 10) == sm)
			return true;
	return !argc;
}

int main(int argc, char **argv)
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	const struct cudnn *dnn;
	struct err e;
	int failed = 0;

	dnn = cuda_cudnn(CUDNN_LEAST_PLANNING, &e);
	for (int i = 0; dnn && i < GPU_NETS; i++)
		if (detector(i, &e))
			dnn = NULL;
	if (!dnn || generator("pytorch", 128, &e) ||
		generator("pytorch", 16, &e)) {
		fprintf(stderr, "plan: %s\n", e.msg);
		return e.code;
	}
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		if (chosen(argc - 1 - verbose, argv + 1 + verbose, cards[i].sm))
			failed += plan_all(dnn, &cards[i], verbose);
	return failed > 0;
}
