#include "nn/cpu/convs.h"

#include <omp.h>

bool cpu_own(const struct cpu_convs *cv, const struct nn_conv *c)
{
	if (cv->kernels == CPU_ONEDNN || c->x_type != NN_F32)
		return false;
	return cv->kernels == CPU_BOTH ? winograd_pays(c) : direct_takes(c);
}

bool cpu_winograd(const struct cpu_convs *cv, const struct nn_conv *c)
{
	return cv->kernels == CPU_WINOGRAD
		       ? winograd_can(c)
		       : cv->kernels != CPU_DIRECT && winograd_pays(c);
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

static struct direct_room room_for(
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

void cpu_own_conv(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *x, const float *packed, const struct nn_epilogue *e,
	float *y)
{
	struct nn_conv s = direct_shape(c);
	struct direct_room room = room_for(cv, &s);
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

void cpu_own_dgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *dy, const float *packed, float *dx)
{
	struct nn_conv s = direct_shape(c);
	struct direct_room room = room_for(cv, &s);
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

void cpu_own_wgrad(struct cpu_convs *cv, bool dry, const struct nn_conv *c,
	const float *x, const float *dy, struct nn_tensor *w,
	const struct nn_tensor *scale)
{
	struct direct_room room = room_for(cv, c);
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
