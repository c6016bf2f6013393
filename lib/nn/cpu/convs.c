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

/* ---- our own kernels ---- */

bool cpu_winograd(const struct cpu_convs *cv, const struct nn_conv *c)
{
	return cv->kernels == CPU_WINOGRAD
		       ? winograd_can(c)
		       : cv->kernels == CPU_OWN && winograd_pays(c);
}

/* Room for all three passes. */
static size_t desks(
	const struct cpu_convs *cv, const struct nn_conv *c, int threads)
{
	struct nn_conv t = winograd_turned(c);
	size_t a, b;

	if (!cpu_winograd(cv, c))
		return direct_desks(c, threads);
	a = winograd_desks(c, threads);
	b = winograd_desks(&t, threads);
	return a > b ? a : b;
}

static struct direct_room direct_room(
	struct cpu_convs *cv, const struct nn_conv *c)
{
	int32_t most = c->ic > c->oc ? c->ic : c->oc;
	int threads = omp_get_max_threads();
	struct direct_room r = {.threads = threads};

	r.desks = cpu_scratch(&cv->run, desks(cv, c, threads));
	/* Read where a kernel leaves the picture, and where pixels are too few
	 * for a tile. */
	r.zeros = cpu_scratch(&cv->zeros, (size_t)most * sizeof(float));
	return r;
}

static void direct_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *x, const float *packed, const struct nn_epilogue *e,
	float *y)
{
	struct nn_conv s = direct_shape(c);
	struct direct_room room = direct_room(cv, &s);
	struct direct_job j = {.in = x,
		.weight = packed,
		.groups = s.groups,
		.from = s.ic / s.groups,
		.to = s.oc / s.groups,
		.bias = e->bias,
		.residual = e->residual,
		.act = e->act,
		.out = y};
	struct direct_grid g;

	if (dry)
		return;
	if (cpu_winograd(cv, c)) {
		winograd_conv(c, &j, room.desks, room.threads);
		return;
	}
	if (direct_spreads(&s, false)) {
		direct_spread(&s, false, &j, &room);
		return;
	}
	direct_forward_grid(&s, &g);
	direct_gather(&s, &j, &g, &room);
}

static void direct_dgrad(struct cpu_convs *cv, bool dry,
	const struct nn_conv *c, const float *dy, const float *packed,
	float *dx)
{
	struct nn_conv s = direct_shape(c);
	struct direct_room room = direct_room(cv, &s);
	struct direct_job j = {.in = dy,
		.weight = packed,
		.groups = s.groups,
		.from = s.oc / s.groups,
		.to = s.ic / s.groups,
		.out = dx};
	struct direct_grid g;

	if (dry)
		return;
	if (cpu_winograd(cv, c)) {
		s = winograd_turned(c);
		winograd_conv(&s, &j, room.desks, room.threads);
		return;
	}
	if (direct_spreads(&s, true)) {
		direct_spread(&s, true, &j, &room);
		return;
	}
	for (int i = 0; i < s.stride * s.stride; i++) {
		direct_dgrad_grid(&s, i, &g);
		direct_gather(&s, &j, &g, &room);
	}
}

static void direct_gradient(struct cpu_convs *cv, bool dry,
	const struct nn_conv *c, const float *x, const float *dy,
	struct nn_tensor *w, const struct nn_tensor *scale)
{
	struct direct_room room = direct_room(cv, c);
	bool winograd = cpu_winograd(cv, c);
	size_t n = winograd ? winograd_wgrad_size(c) : direct_wgrad_size(c);
	float *dw = cpu_scratch(&cv->blocked, n * sizeof *dw);
	const float *s = scale ? scale->data : NULL;

	if (!dry && winograd) {
		winograd_wgrad(c, x, dy, dw, room.desks, room.threads);
		winograd_unpack(c, dw, s, w->grad_set, w->grad);
	} else if (!dry) {
		direct_wgrad(c, x, dy, dw, &room);
		direct_unpack(c, dw, s, w->grad_set, w->grad);
	}
	w->grad_set = true;
}

/* ---- the three passes ---- */

/* Whether our own kernels take it. */
static bool direct(const struct cpu_convs *cv, const struct nn_conv *c)
{
	return cv->kernels != CPU_ONEDNN && c->x_type == NN_F32 &&
	       direct_takes(c);
}

static void forward(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const void *x, struct nn_tensor *w, const struct nn_epilogue *e,
	bool rounded, void *y)
{
	struct plan_key k = {*c, FORWARD, (int32_t)e->act, e->bias != NULL,
		e->residual != NULL};
	struct plan *p;
	const void *packed;

	if (direct(cv, c)) {
		packed = cpu_packed_direct(cv, c, false, w, e->scale, rounded);
		direct_conv(cv, dry, c, x, packed, e, y);
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
	if (!dry) {
		x = widen(cv, 0, c->x_type, x, x_count(c));
		wide.residual =
			widen(cv, 2, c->y_type, e->residual, y_count(c));
	}
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

	if (direct(cv, c)) {
		packed = cpu_packed_direct(cv, c, true, w, scale, rounded);
		direct_dgrad(cv, dry, c, dy, packed, dx);
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
	if (!dry)
		dy = widen(cv, 1, c->y_type, dy, y_count(c));
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

	if (direct(cv, c)) {
		direct_gradient(cv, dry, c, x, dy, w, scale);
		return;
	}
	p = cpu_plan(cv, &k);
	dw = cpu_scratch(&cv->blocked, layout_size(p->w));
	if (dry) {
		w->grad_set = true;
		return;
	}
	cpu_execute(cv, p, x, dw, dy, NULL);
	cpu_add_gradient(cv, p, w, scale);
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
	if (!dry) {
		x = widen(cv, 0, c->x_type, x, x_count(c));
		dy = widen(cv, 1, c->y_type, dy, y_count(c));
	}
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
