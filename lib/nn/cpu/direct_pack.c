#include "nn/cpu/direct.h"

/*
 * Where a weight's numbers lie in O I H W, seen as a matrix product sees them:
 * by tap, output channel of a group, and input channel, or input, of a group.
 */
struct view {
	int taps, inputs, outputs; /* of a group */
	int pixels; /* a layer of neurons: its inputs' pixels; else 0 */
};

static struct view view_of(const struct nn_conv *c)
{
	struct nn_conv s = direct_shape(c);

	return (struct view){s.kh * s.kw, s.ic / s.groups, s.oc / s.groups,
		s.kh * s.kw != c->kh * c->kw ? c->kh * c->kw : 0};
}

/* Offset of tap t of input i. The inputs of a layer of neurons are counted
 * pixel by pixel here, channel by channel there. */
static int64_t input_at(const struct view *v, int t, int i)
{
	int channels;

	if (!v->pixels)
		return (int64_t)i * v->taps + t;
	channels = v->inputs / v->pixels;
	return (int64_t)(i % channels) * v->pixels + i / channels;
}

static int64_t output_size(const struct view *v)
{
	return (int64_t)v->inputs * v->taps;
}

size_t direct_packed_size(const struct nn_conv *c, bool turned)
{
	struct view v = view_of(c);
	int from = turned ? v.outputs : v.inputs;
	int to = turned ? v.inputs : v.outputs;

	if (direct_spreads(c, turned))
		return (size_t)tile_blocks(v.taps * to) * (size_t)from *
		       TILE_COLS;
	return (size_t)(c->groups * tile_blocks(to) * v.taps) * (size_t)from *
	       TILE_COLS;
}

uint64_t direct_pack_form(const struct nn_conv *c)
{
	struct nn_conv s = direct_shape(c);
	struct view v = view_of(c);

	return (uint64_t)v.pixels << 32 | (uint64_t)s.groups << 2 |
	       (uint64_t)direct_spreads(&s, false) << 1 |
	       (uint64_t)direct_spreads(&s, true);
}

static float value(float w, bool rounded)
{
	return rounded ? nn_from_bf16(nn_to_bf16(w)) : w;
}

/* Computes outputs, sums over inputs. */
static void pack_forward(const struct view *v, const float *w,
	const float *scale, bool rounded, int b, float *to)
{
	int64_t each = output_size(v);

	for (int t = 0; t < v->taps; t++)
		for (int i = 0; i < v->inputs; i++, to += TILE_COLS) {
			const float *at = w + input_at(v, t, i);

			for (int j = 0; j < TILE_COLS; j++) {
				int o = b * TILE_COLS + j;
				float by =
					scale && o < v->outputs ? scale[o] : 1;

				to[j] = o < v->outputs
						? value(at[o * each] * by,
							  rounded)
						: 0;
			}
		}
}

/* Computes inputs, sums over outputs. */
static void pack_turned(const struct view *v, const float *w,
	const float *scale, bool rounded, int b, float *to)
{
	int64_t each = output_size(v), at[TILE_COLS];

	for (int t = 0; t < v->taps; t++) {
		for (int j = 0; j < TILE_COLS; j++) {
			int i = b * TILE_COLS + j;

			at[j] = i < v->inputs ? input_at(v, t, i) : -1;
		}
		for (int o = 0; o < v->outputs; o++, to += TILE_COLS) {
			const float *row = w + o * each;
			float by = scale ? scale[o] : 1;

			for (int j = 0; j < TILE_COLS; j++)
				to[j] = at[j] < 0 ? 0
						  : value(row[at[j]] * by,
							    rounded);
		}
	}
}

/* Sums over channels of one side; those of the other, by tap, are computed. */
static void pack_spread(const struct view *v, bool turned, const float *w,
	const float *scale, bool rounded, float *to)
{
	int few = turned ? v->inputs : v->outputs;
	int from = turned ? v->outputs : v->inputs;

	for (int b = 0; b < tile_blocks(v->taps * few); b++)
		for (int k = 0; k < from; k++, to += TILE_COLS)
			for (int j = 0; j < TILE_COLS; j++) {
				int q = b * TILE_COLS + j, t = q / few;
				int o = turned ? k : q % few;
				int i = turned ? q % few : k;

				to[j] = t < v->taps
						? value(w[o * output_size(v) +
								input_at(v, t,
									i)] *
								  (scale ? scale[o]
									 : 1),
							  rounded)
						: 0;
			}
}

void direct_pack(const struct nn_conv *c, bool turned, const float *w,
	const float *scale, bool rounded, float *to)
{
	struct view v = view_of(c);
	int blocks = tile_blocks(turned ? v.inputs : v.outputs);
	int64_t each =
		(int64_t)v.taps * (turned ? v.outputs : v.inputs) * TILE_COLS;

	if (direct_spreads(c, turned)) {
		pack_spread(&v, turned, w, scale, rounded, to);
		return;
	}
#pragma omp parallel for schedule(static)
	for (int k = 0; k < c->groups * blocks; k++) {
		int g = k / blocks;
		const float *from = w + g * v.outputs * output_size(&v);
		const float *by = scale ? scale + g * v.outputs : NULL;

		if (turned)
			pack_turned(&v, from, by, rounded, k % blocks,
				to + k * each);
		else
			pack_forward(&v, from, by, rounded, k % blocks,
				to + k * each);
	}
}

void direct_unpack(const struct nn_conv *c, const float *dw, const float *scale,
	bool add, float *grad)
{
	struct view v = view_of(c);
	int64_t each = output_size(&v);
	int64_t width = (int64_t)tile_blocks(v.outputs) * TILE_COLS;

#pragma omp parallel for schedule(static)
	for (int k = 0; k < c->groups * tile_blocks(v.outputs); k++) {
		int g = k / tile_blocks(v.outputs);
		int first = k % tile_blocks(v.outputs) * TILE_COLS;
		int n = v.outputs - first;

		n = n < TILE_COLS ? n : TILE_COLS;
		for (int t = 0; t < v.taps; t++)
			for (int i = 0; i < v.inputs; i++) {
				const float *from =
					dw +
					((int64_t)(g * v.taps + t) * v.inputs +
						i) *
						width +
					first;
				float *to = grad +
					    (g * v.outputs + first) * each +
					    input_at(&v, t, i);

				for (int o = 0; o < n; o++) {
					float d = from[o];

					if (scale)
						d *= scale[g * v.outputs +
							   first + o];
					to[o * each] =
						add ? to[o * each] + d : d;
				}
			}
	}
}
