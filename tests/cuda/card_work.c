/*
 * The work of the card that is not there (card.c): streams, copies, graphs.
 */
#include <cuda_runtime_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"

static long waits;
bool card_busy;

long card_waits(void)
{
	return waits;
}

/* What is to be done, in this order. */
struct jobs {
	struct job {
		void (*work)(void *arg);
		void *arg;
	} * job;
	size_t n, room;
};

static void add_job(struct jobs *to, void (*work)(void *arg), void *arg)
{
	if (to->n == to->room) {
		to->room = to->room ? 2 * to->room : 64;
		to->job = realloc(to->job, to->room * sizeof *to->job);
	}
	to->job[to->n++] = (struct job){work, arg};
}

/* ---- streams: all is done as late as may be, when somebody waits for it ----
 */

static struct CUstream_st {
	struct jobs jobs;
	size_t done; /* of them */
	long before; /* that are forgotten, all of them done */
} stream[2];
static int streams;

static long end_of(const struct CUstream_st *s)
{
	return s->before + (long)s->jobs.n;
}

/* Up to its job `end`. */
static void catch_up(struct CUstream_st *s, long end)
{
	while (s->before + (long)s->done < end) {
		struct job *j = &s->jobs.job[s->done++];

		j->work(j->arg);
	}
	if (s->done == s->jobs.n) {
		s->before += (long)s->jobs.n;
		s->done = s->jobs.n = 0;
	}
}

static void wait_for(struct CUstream_st *s, long end)
{
	card_busy = false;
	catch_up(s, end);
	waits += card_busy;
}

/* ---- graphs: lists of what is to be done ---- */

struct CUgraph_st {
	struct jobs jobs;
	uint64_t
		kinds; /* of an executable one: which kernels, in which order */
};
static struct CUgraph_st *captured; /* into it, while that goes on */
static long graphs;

long card_graphs(void)
{
	return graphs;
}

void card_do(void (*work)(void *arg), void *arg)
{
	add_job(captured ? &captured->jobs : &stream->jobs, work, arg);
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
	*n = g->jobs.n;
	return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t g)
{
	free(g->jobs.job);
	free(g);
	return cudaSuccess;
}

static uint64_t kinds_of(cudaGraph_t g)
{
	uint64_t kinds = g->jobs.n;

	for (size_t i = 0; i < g->jobs.n; i++)
		kinds = (kinds ^ (uintptr_t)g->jobs.job[i].work) *
			0x100000001b3u;
	return kinds;
}

/* What failed last, until somebody asks. */
static cudaError_t last = cudaSuccess;

cudaError_t cudaGetLastError(void)
{
	cudaError_t e = last;

	last = cudaSuccess;
	return e;
}

/* The executable one takes the work over; it is started once for each time that
 * it was made or brought up to date. */
static void take_over(cudaGraphExec_t e, cudaGraph_t g)
{
	struct jobs was = e->jobs;

	if (e->jobs.n)
		card_fail("a graph that was not started is brought up to date");
	e->kinds = kinds_of(g);
	e->jobs = g->jobs;
	g->jobs = was;
}

cudaError_t cudaGraphExecUpdate(
	cudaGraphExec_t e, cudaGraph_t g, cudaGraphExecUpdateResultInfo *why)
{
	why->result = e->kinds != kinds_of(g);
	if (why->result)
		return last = cudaErrorGraphExecUpdateFailure;
	take_over(e, g);
	return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(
	cudaGraphExec_t *e, cudaGraph_t g, unsigned long long flags)
{
	(void)flags;
	*e = calloc(1, sizeof **e);
	take_over(*e, g);
	return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t e)
{
	return cudaGraphDestroy(e);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t e, cudaStream_t s)
{
	if (!e->jobs.n)
		card_fail("a graph is started that has nothing to do");
	for (size_t i = 0; i < e->jobs.n; i++)
		add_job(&s->jobs, e->jobs.job[i].work, e->jobs.job[i].arg);
	e->jobs.n = 0;
	graphs++;
	return cudaSuccess;
}

/* ---- copies ---- */

/* Memory of the host's that stays where it is. */
static struct {
	char *p;
	size_t n;
} pinned[64];

static bool is_pinned(const void *p)
{
	for (size_t i = 0; i < sizeof pinned / sizeof *pinned; i++)
		if (pinned[i].p && (const char *)p >= pinned[i].p &&
			(const char *)p < pinned[i].p + pinned[i].n)
			return true;
	return false;
}

/* A copy that is put off. */
struct later {
	void *to;
	const void *from; /* NULL: zeros */
	size_t n;
	void *own; /* from, where that is to be freed */
};

static void copy(void *arg)
{
	struct later *l = arg;
	bool was = card_busy;

	card_check_whole(l->to, l->n);
	if (l->from)
		card_check_whole(l->from, l->n);
	card_unlock();
	if (l->from)
		memcpy(l->to, l->from, l->n);
	else
		memset(l->to, 0, l->n);
	card_lock();
	/* To bring something to the host is no work for long. */
	card_busy = was || card_has(l->to);
	free(l->own);
	free(l);
}

static struct later *put_off(void *to, const void *from, size_t n)
{
	struct later *l = calloc(1, sizeof *l);

	*l = (struct later){.to = to, .from = from, .n = n};
	return l;
}

/* What the host has anywhere is taken at once by the first stream, and brought
 * there at once; what is pinned is read and written when it comes to that. */
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t n,
	enum cudaMemcpyKind kind, cudaStream_t s)
{
	struct later *l = put_off(to, from, n);

	(void)kind;
	if (s != stream) {
		add_job(&s->jobs, copy, l);
		return cudaSuccess;
	}
	if (captured && !card_has(to))
		card_fail("a graph copies to the host");
	if (captured && !card_has(from) && !is_pinned(from))
		card_fail("a graph copies from the host's memory, which may be "
			  "gone");
	if (!card_has(from) && !is_pinned(from)) {
		l->from = l->own = malloc(n);
		memcpy(l->own, from, n);
	}
	card_do(copy, l);
	if (!card_has(to) && !is_pinned(to))
		wait_for(s, end_of(s));
	return cudaSuccess;
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

cudaError_t cudaMemsetAsync(void *p, int value, size_t n, cudaStream_t s)
{
	(void)s;
	if (value || (n && !card_has(p)))
		card_fail("memory that is not the card's is set, or not to 0");
	card_check_whole(p, n);
	card_do(copy, put_off(p, NULL, n));
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
	catch_up(s, end_of(s));
	free(s->jobs.job);
	s->jobs = (struct jobs){0};
	return cudaSuccess;
}

/* An event is a place in the work of a stream. */
struct CUevent_st {
	cudaStream_t of;
	long at;
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
	if (s == stream)
		not_captured("an event is recorded in a capture");
	*e = (struct CUevent_st){s, end_of(s)};
	return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t e)
{
	if (e->of)
		wait_for(e->of, e->at);
	return cudaSuccess;
}

static void reach(void *arg)
{
	struct CUevent_st *e = arg;

	catch_up(e->of, e->at);
	free(e);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned flags)
{
	struct CUevent_st *now = malloc(sizeof *now);

	(void)flags;
	not_captured("a capture waits for another stream");
	*now = *e;
	if (e->of)
		add_job(&s->jobs, reach, now);
	else
		free(now);
	return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t s)
{
	not_captured("a capture is waited for");
	wait_for(s, end_of(s));
	return cudaSuccess;
}
