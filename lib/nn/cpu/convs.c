#include "nn/cpu/convs.h"
#include "base/mem.h"

#include <omp.h>
#include <string.h>

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
static const void *widen(struct cpu_convs *cv, bool dry, int i, int32_t type,
	const void *p, int64_t n)
{
	float *to;

	if (type == NN_F32 || !p)
		return p;
	to = room(cv, i, n);
	if (!dry)
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

static void forward(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
	bool rounded, void *y)
{
	struct plan_key k = {*c, FORWARD, (int32_t)e->act, e->bias != NULL,
		e->residual != NULL};
	struct plan *p;
	const void *packed;

	if (cpu_own(cv, c)) {
		packed = cpu_packed_direct(cv, c, false, w, e->scale, rounded);
		cpu_own_conv(cv, dry, c, x, packed, e, y);
		return;
	}
	p = cpu_plan(cv, &k);
	packed = cpu_packed(cv, p, w, e->scale, rounded);
	if (dry)
		return;
	if (p->in_place)
		memcpy(y, e->residual,
			(size_t)y_count(c) * nn_type_size(c->y_type));
	cpu_execute(cv, p, x, packed, y, e);
}

void cpu_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
	void *y)
{
	struct nn_conv f = in_f32(c);
	struct nn_epilogue wide = *e;
	bool back = c->y_type == NN_BF16;
	void *to = y;

	if (!emulate(cv, c)) {
		forward(cv, dry, c, x, w, e, false, y);
		return;
	}
	if (back)
		to = room(cv, 1, y_count(c));
	x = widen(cv, dry, 0, c->x_type, x, x_count(c));
	wide.residual = widen(cv, dry, 2, c->y_type, e->residual, y_count(c));
	forward(cv, dry, &f, x, w, &wide, true, to);
	if (back && !dry)
		cast(NN_F32, to, y, y_count(c));
}

static void data_gradient(struct cpu_convs *cv, bool dry,
	const struct nn_conv *c, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale, bool rounded, void *dx)
{
	struct plan_key k = {*c, DATA_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p;
	const void *packed;

	if (cpu_own(cv, c)) {
		packed = cpu_packed_direct(cv, c, true, w, scale, rounded);
		cpu_own_dgrad(cv, dry, c, dy, packed, dx);
		return;
	}
	p = cpu_plan(cv, &k);
	packed = cpu_packed(cv, p, w, scale, rounded);
	if (!dry)
		cpu_execute(cv, p, dx, packed, dy, NULL);
}

void cpu_conv_dgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *dy, struct nn_tensor *w, const struct nn_tensor *scale,
	void *dx)
{
	struct nn_conv f = in_f32(c);
	void *to;

	if (!emulate(cv, c)) {
		data_gradient(cv, dry, c, dy, w, scale, false, dx);
		return;
	}
	to = room(cv, 0, x_count(c));
	dy = widen(cv, dry, 1, c->y_type, dy, y_count(c));
	data_gradient(cv, dry, &f, dy, w, scale, true, to);
	if (!dry)
		cast(NN_F32, to, dx, x_count(c));
}

static void weight_gradient(struct cpu_convs *cv, bool dry,
	const struct nn_conv *c, const void *x, const void *dy,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	struct plan_key k = {*c, WEIGHT_GRADIENT, NN_LINEAR, 0, 0};
	struct plan *p;
	void *dw;

	if (cpu_own(cv, c)) {
		cpu_own_wgrad(cv, dry, c, x, dy, w, scale);
		return;
	}
	p = cpu_plan(cv, &k);
	dw = cpu_scratch(&cv->blocked, layout_size(p->w));
	if (!dry)
		cpu_execute(cv, p, x, dw, dy, NULL);
	cpu_add_gradient(cv, dry, p, w, scale);
}

void cpu_conv_wgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, const void *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct nn_conv f = in_f32(c);

	if (!emulate(cv, c)) {
		weight_gradient(cv, dry, c, x, dy, w, scale);
		return;
	}
	x = widen(cv, dry, 0, c->x_type, x, x_count(c));
	dy = widen(cv, dry, 1, c->y_type, dy, y_count(c));
	weight_gradient(cv, dry, &f, x, dy, w, scale);
}

/* ---- */

static struct scratch *scratch(struct cpu_convs *cv, int i)
{
	struct scratch *s[] = {&cv->run, &cv->scaled, &cv->blocked, &cv->zeros,
		&cv->wide[0], &cv->wide[1], &cv->wide[2]};

	return i < (int)(sizeof s / sizeof *s) ? s[i] : NULL;
}

size_t cpu_convs_held(struct cpu_convs *cv)
{
	size_t n = cv->packed;

	for (int i = 0; scratch(cv, i); i++)
		n += scratch(cv, i)->size;
	return n;
}

struct cpu_convs *cpu_convs_open(enum cpu_kernels kernels)
{
	struct cpu_convs *cv = mem_alloc(1, sizeof *cv);

	CHECK(dnnl_engine_create(&cv->engine, dnnl_cpu, 0));
	CHECK(dnnl_stream_create(
		&cv->stream, cv->engine, dnnl_stream_default_flags));
	cv->emulated = cpu_bf16() == NN_BF16_EMULATED;
	cv->kernels = kernels;
	return cv;
}

void cpu_convs_close(struct cpu_convs *cv)
{
	cpu_plans_free(cv);
	cpu_reorders_free(cv);
	dnnl_stream_destroy(cv->stream);
	dnnl_engine_destroy(cv->engine);
	for (int i = 0; scratch(cv, i); i++)
		mem_unmap(scratch(cv, i)->p, scratch(cv, i)->size);
	mem_free(cv);
}
