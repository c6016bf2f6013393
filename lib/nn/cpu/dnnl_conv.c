#include "nn/cpu/dnnl_int.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

void cpu_point(dnnl_memory_t m, const void *p)
{
	/* oneDNN's handles are not const, whatever they are used for. */
	CHECK(dnnl_memory_set_data_handle(m, (void *)(uintptr_t)p));
}

static void execute(struct cpu_convs *cv, struct plan *p, const void *x,
	const void *w, const void *y, const struct nn_epilogue *e)
{
	dnnl_exec_arg_t args[6] = {
		{p->x_arg, p->x}, {p->weight_arg, p->weight}, {p->y_arg, p->y}};
	int n = 3;

	cpu_point(p->x, x);
	cpu_point(p->weight, w);
	cpu_point(p->y, y);
	if (p->bias) {
		cpu_point(p->bias, e->bias);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, p->bias};
	}
	if (p->residual) {
		cpu_point(p->residual, e->residual);
		args[n++] = (dnnl_exec_arg_t){
			DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
			p->residual};
	}
	if (p->scratch) {
		cpu_point(p->scratch, cv->run.p);
		args[n++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, p->scratch};
	}
	CHECK(dnnl_primitive_execute(p->run, cv->stream, n, args));
	CHECK(dnnl_stream_wait(cv->stream));
}

/* ---- bf16 where there is none ---- */

static int64_t x_count(const struct nn_conv *c)
{
	return (int64_t)c->n * c->h * c->w * c->ic;
}

static int64_t y_count(const struct nn_conv *c)
{
	return (int64_t)c->n * c->oh * c->ow * c->oc;
}

static void cast(enum nn_type from, const void *x, void *y, int64_t n)
{
	struct nn_cast_args a = {from, x, y};

#pragma omp parallel for schedule(static)
	for (int64_t i = 0; i < n; i += 4096)
		nn_cast_at(&a, 0, i, i + 4096 < n ? i + 4096 : n);
}

/* Room for n values in f32, at scratch i. */
static float *room(struct cpu_convs *cv, int i, int64_t n)
{
	return cpu_scratch(&cv->wide[i], (size_t)n * sizeof(float));
}

/* n values of a type, as f32: in scratch i, or where they are. */
static const void *widen(
	struct cpu_convs *cv, int i, int32_t type, const void *p, int64_t n)
{
	float *to;

	if (type == NN_F32 || !p)
		return p;
	to = room(cv, i, n);
	cast(NN_BF16, p, to, n);
	return to;
}

static bool emulate(const struct cpu_convs *cv, const struct nn_conv *c)
{
	return cv->emulated && c->x_type == NN_BF16;
}

static struct nn_conv in_f32(const struct nn_conv *c)
{
	struct nn_conv f = *c;

	f.x_type = f.y_type = NN_F32;
	return f;
}

/* ---- the three passes ---- */

void cpu_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
	void *y)
{
	bool wide = emulate(cv, c), back = wide && c->y_type == NN_BF16;
	struct plan_key k = {wide ? in_f32(c) : *c, FORWARD, (int32_t)e->act,
		e->bias != NULL, e->residual != NULL};
	struct plan *p = cpu_plan(cv, &k);
	struct nn_epilogue f = *e;
	const void *packed = cpu_packed(cv, p, w, e->scale, wide);
	void *to = back ? room(cv, 1, y_count(c)) : y;

	if (dry)
		return;
	if (wide) {
		x = widen(cv, 0, c->x_type, x, x_count(c));
		f.residual = widen(cv, 2, c->y_type, e->residual, y_count(c));
	}
	if (p->in_place)
		memcpy(to, f.residual,
			(size_t)y_count(c) * nn_type_size(k.c.y_type));
	execute(cv, p, x, packed, to, &f);
	if (back)
		cast(NN_F32, to, y, y_count(c));
}

void cpu_conv_dgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	bool wide = emulate(cv, c);
	struct plan_key k = {
		wide ? in_f32(c) : *c, DATA_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = cpu_plan(cv, &k);
	const void *packed = cpu_packed(cv, p, w, scale, wide);
	void *to = wide ? room(cv, 0, x_count(c)) : dx;

	if (dry)
		return;
	if (wide)
		dy = widen(cv, 1, c->y_type, dy, y_count(c));
	execute(cv, p, to, packed, dy, NULL);
	if (wide)
		cast(NN_F32, to, dx, x_count(c));
}

void cpu_conv_wgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	bool wide = emulate(cv, c);
	struct plan_key k = {
		wide ? in_f32(c) : *c, WEIGHT_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p = cpu_plan(cv, &k);
	void *dw = cpu_scratch(&cv->blocked, layout_size(p->w));

	if (dry) {
		w->grad_set = true;
		return;
	}
	if (wide) {
		x = widen(cv, 0, c->x_type, x, x_count(c));
		dy = widen(cv, 1, c->y_type, dy, y_count(c));
	}
	execute(cv, p, x, dw, dy, NULL);
	cpu_add_gradient(cv, p, w, scale);
}

/* ---- */

size_t cpu_convs_held(const struct cpu_convs *cv)
{
	size_t n =
		cv->packed + cv->run.size + cv->scaled.size + cv->blocked.size;

	for (int i = 0; i < 3; i++)
		n += cv->wide[i].size;
	return n;
}

struct cpu_convs *cpu_convs_open(void)
{
	struct cpu_convs *cv = mem_alloc(1, sizeof *cv);

	CHECK(dnnl_engine_create(&cv->engine, dnnl_cpu, 0));
	CHECK(dnnl_stream_create(
		&cv->stream, cv->engine, dnnl_stream_default_flags));
	cv->emulated = cpu_bf16() == NN_BF16_EMULATED;
	return cv;
}

void cpu_convs_close(struct cpu_convs *cv)
{
	struct scratch *s[] = {&cv->run, &cv->scaled, &cv->blocked,
		&cv->wide[0], &cv->wide[1], &cv->wide[2]};

	cpu_plans_free(cv);
	cpu_reorders_free(cv);
	dnnl_stream_destroy(cv->stream);
	dnnl_engine_destroy(cv->engine);
	for (size_t i = 0; i < sizeof s / sizeof *s; i++)
		mem_unmap(s[i]->p, s[i]->size);
	mem_free(cv);
}
