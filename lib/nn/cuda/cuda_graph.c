#include "nn/cuda/cuda_int.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * Steps as CUDA graphs, unless DEEPSTYLE_GRAPH is 0. What is asked for between
 * begin and end is captured, not started; it then starts as one graph, whose
 * kernels follow one another without the host. Each step is captured anew, for
 * its arguments are others, and the graph of an earlier one is brought up to
 * date, which is quick where both have the same kernels in the same order. So
 * there is one for each shape of step that comes again: a bucket of pictures,
 * mostly.
 *
 * What cannot be part of a graph, a wait, new memory, a plan that never ran or
 * the sum over many processes, ends the capture: what was captured starts, and
 * the rest of the step goes on without. A step whose
 * last one made plans or memory is not captured, for it may do so again.
 *
 * The host's numbers are copied into pinned memory first, a stage, in a graph
 * or not: when they are copied from there, where they were may hold others, and
 * the host need not wait for that. There are two stages, so that a step can be
 * asked for while the one before goes on.
 */

enum { KEPT = 8, STAGE = 4 << 20 };

struct cuda_graph {
	bool on, capturing, staging;
	long seen; /* c->news at the last begin */
	struct kept {
		cudaGraphExec_t exec;
		size_t nodes;
		long used; /* the number of the step that used it last */
	} kept[KEPT];
	long step;
	struct stage {
		char *at; /* STAGE bytes, pinned */
		size_t used;
		cudaEvent_t done; /* the step that reads them is over */
	} stage[2];
	int turn; /* the stage of the step at hand */
};

struct cuda_graph *cuda_graph_new(void)
{
	struct cuda_graph *g = mem_alloc(1, sizeof *g);
	const char *wanted = getenv("DEEPSTYLE_GRAPH");

	g->on = !wanted || strcmp(wanted, "0");
	for (struct stage *s = g->stage; s < g->stage + 2; s++) {
		CU(cudaMallocHost((void **)&s->at, STAGE));
		CU(cudaEventCreateWithFlags(&s->done, cudaEventDisableTiming));
	}
	return g;
}

void cuda_graph_free(struct cuda_graph *g)
{
	for (int i = 0; i < KEPT; i++)
		if (g->kept[i].exec)
			CU(cudaGraphExecDestroy(g->kept[i].exec));
	for (struct stage *s = g->stage; s < g->stage + 2; s++) {
		CU(cudaFreeHost(s->at));
		CU(cudaEventDestroy(s->done));
	}
	mem_free(g);
}

/* A card, or a driver, that takes no step as a graph may yet train. What went
 * wrong in a kernel before is found here, too, and that is another matter. */
static void check(cudaError_t status, const char *call)
{
	bool graphs = status == cudaErrorNotSupported ||
		      status == cudaErrorNotPermitted ||
		      (status >= cudaErrorStreamCaptureUnsupported &&
			      status <= cudaErrorGraphExecUpdateFailure);

	if (graphs)
		err_die(ERR_UNAVAILABLE,
			"CUDA: %s: %s; DEEPSTYLE_GRAPH=0 does without graphs",
			call, cudaGetErrorString(status));
	cuda_check(status, call);
}

#define GRAPH(call) check(call, #call)

/* One that the graph could bring up to date; else the one longest unused, for
 * a new one. */
static struct kept *fitting(struct cuda_graph *g, cudaGraph_t graph, size_t n)
{
	struct kept *oldest = g->kept;

	for (struct kept *k = g->kept; k < g->kept + KEPT; k++) {
		cudaGraphExecUpdateResultInfo why;

		if (k->exec && k->nodes == n) {
			if (cudaGraphExecUpdate(k->exec, graph, &why) ==
				cudaSuccess)
				return k;
			/* What does not fit is no error, for whoever asks. */
			(void)cudaGetLastError();
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	if (oldest->exec)
		CU(cudaGraphExecDestroy(oldest->exec));
	GRAPH(cudaGraphInstantiate(&oldest->exec, graph, 0));
	oldest->nodes = n;
	return oldest;
}

void cuda_graph_flush(struct cuda *c)
{
	struct cuda_graph *g = c->graph;
	cudaGraph_t graph;
	size_t n = 0;

	if (!g->capturing)
		return;
	g->capturing = false;
	GRAPH(cudaStreamEndCapture(c->stream, &graph));
	CU(cudaGraphGetNodes(graph, NULL, &n));
	if (n) {
		struct kept *k = fitting(g, graph, n);

		k->used = g->step;
		GRAPH(cudaGraphLaunch(k->exec, c->stream));
	}
	CU(cudaGraphDestroy(graph));
}

void cuda_begin(struct nn_backend *be)
{
	struct cuda *c = be->self;
	struct cuda_graph *g = c->graph;
	bool steady = g->seen == c->news;
	struct stage *s;

	cuda_end(be);
	g->seen = c->news;
	g->step++;
	if (be->dry)
		return;
	g->turn = !g->turn;
	s = &g->stage[g->turn];
	CU(cudaEventSynchronize(s->done));
	s->used = 0;
	g->staging = true;
	if (!g->on || !steady || c->careful)
		return;
	/* Only what concerns this stream is to be held against the capture. */
	GRAPH(cudaStreamBeginCapture(c->stream, cudaStreamCaptureModeRelaxed));
	g->capturing = true;
}

void cuda_end(struct nn_backend *be)
{
	struct cuda *c = be->self;
	struct cuda_graph *g = c->graph;

	cuda_graph_flush(c);
	if (g->staging)
		CU(cudaEventRecord(g->stage[g->turn].done, c->stream));
	g->staging = false;
}

const void *cuda_graph_stage(struct cuda *c, const void *from, size_t n)
{
	struct cuda_graph *g = c->graph;
	struct stage *s = &g->stage[g->turn];
	char *to = s->at + s->used;

	if (!g->staging || !cuda_on_host(from))
		return from;
	if (n > STAGE - s->used) {
		cuda_graph_flush(c);
		return from;
	}
	memcpy(to, from, n);
	s->used += (n + 63) / 64 * 64;
	return to;
}
