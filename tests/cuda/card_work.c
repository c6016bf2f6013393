/*
 * The work of the card that is not there (card.c): streams, copies, graphs.
 */
#include <cuda_runtime_api.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"

static long waits;
bool card_busy;

long card_waits(void)
{
	return waits;
}

/* The first stream's work is done at once; a copy on another, as late as may
 * be: when somebody waits for it. */
static struct later {
	struct CUstream_st *stream;
	void *to;
	const void *from;
	size_t n;
} later[64];
static int nlater;
static struct CUstream_st {
	int number;
} stream[2];
static int streams;

/* ---- graphs: lists of what is to be done ---- */

struct CUgraph_st {
	struct job {
		void (*work)(void *arg);
		void *arg;
	} * job;
	size_t n, room;
};
static struct CUgraph_st *captured; /* into it, while that goes on */
static long graphs;

long card_graphs(void)
{
	return graphs;
}

void card_do(void (*work)(void *arg), void *arg)
{
	struct CUgraph_st *g = captured;

	if (!g) {
		work(arg);
		return;
	}
	if (g->n == g->room) {
		g->room = g->room ? 2 * g->room : 64;
		g->job = realloc(g->job, g->room * sizeof *g->job);
	}
	g->job[g->n++] = (struct job){work, arg};
}

static void not_captured(const char *what)
{
	if (captured)
		card_fail(what);
}

cudaError_t cudaStreamBeginCapture(cudaStream_t s, int mode)
{
	(void)mode;
	not_captured("a capture begins within another");
	if (s != stream)
		card_fail("the wrong stream is captured");
	captured = calloc(1, sizeof *captured);
	return captured ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t *g)
{
	(void)s;
	if (!captured)
		card_fail("no capture was begun");
	*g = captured;
	captured = NULL;
	return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t g, cudaGraphNode_t *node, size_t *n)
{
	(void)node;
	*n = g->n;
	return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t g)
{
	free(g->job);
	free(g);
	return cudaSuccess;
}

/* The executable one takes the work over; it is started once for each time that
 * it was made or brought up to date. */
cudaError_t cudaGraphExecUpdate(
	cudaGraphExec_t e, cudaGraph_t g, cudaGraphExecUpdateResultInfo *why)
{
	struct CUgraph_st was = *e;

	why->result = e->room != g->n;
	if (why->result)
		return cudaErrorGraphExecUpdateFailure;
	if (e->n)
		card_fail("a graph that was not started is brought up to date");
	*e = *g;
	e->room = g->n;
	*g = was;
	g->n = 0;
	return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(
	cudaGraphExec_t *e, cudaGraph_t g, unsigned long long flags)
{
	(void)flags;
	*e = calloc(1, sizeof **e);
	**e = *g;
	(*e)->room = g->n;
	*g = (struct CUgraph_st){0};
	return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t e)
{
	return cudaGraphDestroy(e);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t e, cudaStream_t s)
{
	(void)s;
	if (!e->n)
		card_fail("a graph is started that has nothing to do");
	for (size_t i = 0; i < e->n; i++)
		e->job[i].work(e->job[i].arg);
	e->n = 0;
	graphs++;
	return cudaSuccess;
}

/* ---- copies ---- */

/* Memory of the host's that stays where it is. */
static struct {
	char *p;
	size_t n;
} pinned[64];

static void check_pinned(const void *p)
{
	for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++)
		if (pinned[i].p && (const char *)p >= pinned[i].p &&
			(const char *)p < pinned[i].p + pinned[i].n)
			return;
	card_fail("a graph copies from the host's memory, which may be gone");
}

static cudaError_t copy(void *to, const void *from, size_t n)
{
	bool was = card_busy;

	card_check_whole(to, n);
	card_check_whole(from, n);
	card_unlock();
	memcpy(to, from, n);
	card_lock();
	/* To bring something to the host is no work for long. */
	card_busy = was || card_has(to);
	return cudaSuccess;
}

static void copy_later(void *arg)
{
	struct later *l = arg;

	copy(l->to, l->from, l->n);
	free(l);
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t n,
	enum cudaMemcpyKind kind, cudaStream_t s)
{
	struct later *l;

	(void)kind;
	if (s == stream && !captured)
		return copy(to, from, n);
	if (s == stream) {
		if (!card_has(to))
			card_fail("a graph copies to the host");
		if (!card_has(from))
			check_pinned(from);
		l = malloc(sizeof *l);
		*l = (struct later){s, (void *)to, from, n};
		card_do(copy_later, l);
		return cudaSuccess;
	}
	if (nlater == sizeof later / sizeof *later)
		card_fail("copies are asked for and nobody waits for them");
	later[nlater++] = (struct later){s, to, from, n};
	return cudaSuccess;
}

/* What was put off on a stream. */
static void catch_up(cudaStream_t s)
{
	int left = 0;

	for (int i = 0; i < nlater; i++) {
		if (later[i].stream == s)
			copy(later[i].to, later[i].from, later[i].n);
		else
			later[left++] = later[i];
	}
	nlater = left;
}

cudaError_t cudaMallocHost(void **p, size_t n)
{
	int i = 0;

	while (pinned[i].p)
		if (++i == sizeof pinned / sizeof *pinned)
			card_fail("too much is pinned");
	*p = pinned[i].p = malloc(n);
	pinned[i].n = n;
	return *p ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFreeHost(void *p)
{
	for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++)
		if (pinned[i].p == p)
			pinned[i].p = NULL;
	free(p);
	return cudaSuccess;
}

static void set(void *arg)
{
	struct later *l = arg;

	card_unlock();
	memset(l->to, 0, l->n);
	card_lock();
	free(l);
}

cudaError_t cudaMemsetAsync(void *p, int value, size_t n, cudaStream_t s)
{
	struct later *l = malloc(sizeof *l);

	if (value || (n && !card_has(p)))
		card_fail("memory that is not the card's is set, or not to 0");
	card_check_whole(p, n);
	*l = (struct later){s, p, NULL, n};
	card_do(set, l);
	return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags)
{
	(void)flags;
	*s = &stream[streams++ % 2];
	return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t s)
{
	catch_up(s);
	return cudaSuccess;
}

/* An event is the stream that it was recorded on. */
struct CUevent_st {
	cudaStream_t of;
};

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags)
{
	(void)flags;
	*e = calloc(1, sizeof **e);
	return *e ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaEventDestroy(cudaEvent_t e)
{
	free(e);
	return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s)
{
	e->of = s;
	return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t e)
{
	(void)e;
	return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned flags)
{
	(void)s;
	(void)flags;
	not_captured("a capture waits for another stream");
	if (e->of)
		catch_up(e->of);
	return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t s)
{
	not_captured("a capture is waited for");
	catch_up(s);
	waits += card_busy;
	card_busy = false;
	return cudaSuccess;
}
