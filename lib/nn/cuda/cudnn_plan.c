#include "nn/cuda/cudnn_plan.h"
#include "base/mem.h"

#include <string.h>

/* An engine's room for what it keeps on the way is limited, if another engine
 * can do with less. */
static const int64_t workspace_most = (int64_t)1 << 30;

enum { ENGINES_MAX = 16 };

/* What must not be said of an engine for it to be taken. */
struct demands {
	bool same_every_time, f32, small;
};

int cudnn_planner_init(struct cudnn_planner *p, const struct cudnn *dnn,
	cudnnHandle_t handle, const char *json, struct err *e)
{
	struct cudnn_graph g = {.dnn = dnn};

	*p = (struct cudnn_planner){.dnn = dnn, .handle = handle};
	if (handle)
		return 0;
	p->device = cudnn_new(&g, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
	cudnn_put(&g, p->device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION,
		CUDNN_TYPE_CHAR, (int64_t)strlen(json) + 1, json);
	cudnn_finish(&g, p->device);
	if (g.status == CUDNN_STATUS_SUCCESS)
		return 0;
	cudnn_graph_free(&g);
	p->device = NULL;
	return err_set(e, ERR_UNAVAILABLE,
		"cuDNN does not take that description of a card: %s",
		dnn->cudnnGetErrorString(g.status));
}

void cudnn_planner_release(struct cudnn_planner *p)
{
	struct cudnn_plan *k, *next;

	for (int i = 0; i < CUDNN_BUCKETS; i++) {
		for (k = p->bucket[i]; k; k = next) {
			next = k->next;
			p->dnn->cudnnBackendDestroyDescriptor(k->plan);
			mem_free(k);
		}
	}
	if (p->device)
		p->dnn->cudnnBackendDestroyDescriptor(p->device);
	*p = (struct cudnn_planner){0};
}

/* ---- choosing an engine ---- */

static bool has_note(const struct cudnn_planner *p, cudnn_desc config,
	cudnnBackendNumericalNote_t which)
{
	struct cudnn_graph g = {.dnn = p->dnn};
	cudnn_desc engine = cudnn_new(&g, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
	cudnnBackendNumericalNote_t note[CUDNN_NUMERICAL_NOTE_TYPE_COUNT];
	int64_t n = 0;
	bool has = false;

	if (!p->dnn->cudnnBackendGetAttribute(config,
		    CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR,
		    1, &n, &engine) &&
		!p->dnn->cudnnBackendGetAttribute(engine,
			CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
			CUDNN_TYPE_NUMERICAL_NOTE,
			CUDNN_NUMERICAL_NOTE_TYPE_COUNT, &n, note))
		for (int64_t i = 0;
			i < n && i < CUDNN_NUMERICAL_NOTE_TYPE_COUNT; i++)
			has |= note[i] == which;
	cudnn_graph_free(&g);
	return has;
}

/* A plan of that engine, if it meets the demands, into *k. */
static bool try_engine(const struct cudnn_planner *p, cudnn_desc config,
	const struct demands *must, struct cudnn_plan *k)
{
	struct cudnn_graph g = {.dnn = p->dnn};
	int64_t workspace = 0, n;
	cudnn_desc d;

	k->varies = has_note(p, config, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
	if ((must->same_every_time && k->varies) ||
		(must->f32 &&
			has_note(p, config,
				CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS)))
		return false;
	d = cudnn_new(&g, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
	cudnn_put_desc(&g, d, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, config);
	if (p->device)
		cudnn_put_desc(
			&g, d, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, p->device);
	if (p->handle)
		cudnn_put(&g, d, CUDNN_ATTR_EXECUTION_PLAN_HANDLE,
			CUDNN_TYPE_HANDLE, 1, &p->handle);
	cudnn_finish(&g, d);
	if (g.status == CUDNN_STATUS_SUCCESS)
		g.status = p->dnn->cudnnBackendGetAttribute(d,
			CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
			CUDNN_TYPE_INT64, 1, &n, &workspace);
	if (g.status != CUDNN_STATUS_SUCCESS ||
		(must->small && workspace > workspace_most)) {
		cudnn_graph_free(&g);
		return false;
	}
	k->plan = d;
	k->workspace = (size_t)workspace;
	return true;
}

/* The first of the engines that cuDNN proposes, in that mode. */
static bool try_mode(const struct cudnn_planner *p, cudnn_desc graph,
	cudnnBackendHeurMode_t mode, const struct demands *must,
	struct cudnn_plan *k)
{
	struct cudnn_graph g = {.dnn = p->dnn};
	cudnn_desc config[ENGINES_MAX];
	cudnn_desc d = cudnn_new(&g, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
	int64_t n = 0;
	bool found = false;

	cudnn_put_desc(&g, d, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
	cudnn_put(&g, d, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1,
		&mode);
	if (p->device)
		cudnn_put_desc(
			&g, d, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, p->device);
	cudnn_finish(&g, d);
	for (int i = 0; i < ENGINES_MAX; i++)
		config[i] = cudnn_new(&g, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
	if (g.status == CUDNN_STATUS_SUCCESS)
		g.status = p->dnn->cudnnBackendGetAttribute(d,
			CUDNN_ATTR_ENGINEHEUR_RESULTS,
			CUDNN_TYPE_BACKEND_DESCRIPTOR, ENGINES_MAX, &n, config);
	if (g.status == CUDNN_STATUS_SUCCESS)
		for (int i = 0; i < n && i < ENGINES_MAX && !found; i++)
			found = try_engine(p, config[i], must, k);
	cudnn_graph_free(&g);
	return found;
}

static bool try_graph(const struct cudnn_planner *p, bool fused,
	const struct demands *must, struct cudnn_plan *k)
{
	struct cudnn_graph g = {.dnn = p->dnn};
	cudnn_desc graph = cudnn_graph_of(&g, &k->key, fused, p->handle);
	bool found =
		g.status == CUDNN_STATUS_SUCCESS &&
		(try_mode(p, graph, CUDNN_HEUR_MODE_A, must, k) ||
			try_mode(p, graph, CUDNN_HEUR_MODE_FALLBACK, must, k));

	cudnn_graph_free(&g);
	k->fused = fused;
	return found;
}

/* What is asked of an engine, given up step by step; that f32 is f32, never. */
static bool choose(const struct cudnn_planner *p, struct cudnn_plan *k)
{
	bool f32 = k->key.c.x_type == NN_F32 && !k->key.tf32;
	const struct demands must[] = {
		{true, f32, true}, {true, f32, false}, {false, f32, false}};
	bool epilogue =
		k->key.pass == CUDNN_FORWARD &&
		(k->key.bias || k->key.residual || k->key.act != NN_LINEAR);

	for (int i = 0; i < 3; i++)
		if (try_graph(p, true, &must[i], k) ||
			(epilogue && try_graph(p, false, &must[i], k)))
			return true;
	return false;
}

/* ---- the cache ---- */

/* What cuDNN said of its last failure: often what it could not load. */
static const char *last_words(const struct cudnn_planner *p, char why[256])
{
	p->dnn->cudnnGetLastErrorString(why, 256);
	return why;
}

static struct cudnn_plan **bucket_of(
	struct cudnn_planner *p, const struct cudnn_key *key)
{
	const unsigned char *b = (const unsigned char *)key;
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < sizeof *key; i++)
		h = (h ^ b[i]) * 16777619u;
	return &p->bucket[h % CUDNN_BUCKETS];
}

struct cudnn_plan *cudnn_plan_known(
	struct cudnn_planner *p, const struct cudnn_key *key)
{
	struct cudnn_plan *k = *bucket_of(p, key);

	while (k && memcmp(&k->key, key, sizeof *key))
		k = k->next;
	return k;
}

struct cudnn_plan *cudnn_plan_new(
	struct cudnn_planner *p, const struct cudnn_key *key, struct err *e)
{
	static const char *const pass[] = {
		"convolution", "data gradient", "weight gradient"};
	struct cudnn_plan **at = bucket_of(p, key);
	struct cudnn_plan *k = mem_alloc(1, sizeof *k);
	const struct nn_conv *c = &key->c;
	char why[256];

	k->key = *key;
	if (!choose(p, k)) {
		mem_free(k);
		err_set(e, ERR_UNAVAILABLE,
			"cuDNN %d.%d has no engine for the %s of %dx%dx%dx%d "
			"by %dx%dx%dx%d, stride %d, %d groups, in %s: %s",
			p->dnn->version / 10000, p->dnn->version / 100 % 100,
			pass[key->pass], c->n, c->h, c->w, c->ic, c->oc, c->kh,
			c->kw, c->ic / c->groups, c->stride, c->groups,
			nn_type_name(c->x_type), last_words(p, why));
		return NULL;
	}
	k->next = *at;
	*at = k;
	p->n++;
	return k;
}

int cudnn_run(const struct cudnn_planner *p, const struct cudnn_plan *plan,
	const struct cudnn_data *data, struct err *e)
{
	int64_t id[] = {CUDNN_ID_X, CUDNN_ID_W, CUDNN_ID_Y, 0, 0};
	const void *at[] = {data->x, data->w, data->y, NULL, NULL};
	struct cudnn_graph g = {.dnn = p->dnn};
	cudnn_desc d = cudnn_new(&g, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
	int64_t n = 3;
	char why[256];

	if (plan->fused && plan->key.bias) {
		id[n] = CUDNN_ID_BIAS;
		at[n++] = data->bias;
	}
	if (plan->fused && plan->key.residual) {
		id[n] = CUDNN_ID_RESIDUAL;
		at[n++] = data->residual;
	}
	cudnn_put(&g, d, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64,
		n, id);
	cudnn_put(&g, d, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
		CUDNN_TYPE_VOID_PTR, n, at);
	cudnn_put(&g, d, CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR,
		1, &data->workspace);
	cudnn_finish(&g, d);
	if (g.status == CUDNN_STATUS_SUCCESS)
		g.status =
			p->dnn->cudnnBackendExecute(p->handle, plan->plan, d);
	cudnn_graph_free(&g);
	if (g.status == CUDNN_STATUS_SUCCESS)
		return 0;
	return err_set(e, ERR_UNAVAILABLE, "cuDNN: %s: %s",
		p->dnn->cudnnGetErrorString(g.status), last_words(p, why));
}
