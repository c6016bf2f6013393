#include "nn/cpu/winograd.h"

enum { IN = 6, K = 3, PRODUCTS = IN * IN };

/* F(4x4, 3x3), for the points 0, 1, -1, 2, -2. */
static const float g_matrix[IN][K] = {{1.0f / 4, 0, 0},
	{-1.0f / 6, -1.0f / 6, -1.0f / 6}, {-1.0f / 6, 1.0f / 6, -1.0f / 6},
	{1.0f / 24, 1.0f / 12, 1.0f / 6}, {1.0f / 24, -1.0f / 12, 1.0f / 6},
	{0, 0, 1}};

/* u = G g G' */
static void expand(const float g[K * K], float u[PRODUCTS])
{
	float half[IN][K];

	for (int i = 0; i < IN; i++)
		for (int j = 0; j < K; j++)
			half[i][j] = g_matrix[i][0] * g[j] +
				     g_matrix[i][1] * g[K + j] +
				     g_matrix[i][2] * g[2 * K + j];
	for (int i = 0; i < IN; i++)
		for (int j = 0; j < IN; j++)
			u[i * IN + j] = half[i][0] * g_matrix[j][0] +
					half[i][1] * g_matrix[j][1] +
					half[i][2] * g_matrix[j][2];
}

/* g = G' u G */
static void contract(const float u[PRODUCTS], float g[K * K])
{
	float half[K][IN];

	for (int i = 0; i < K; i++)
		for (int j = 0; j < IN; j++) {
			half[i][j] = 0;
			for (int k = 0; k < IN; k++)
				half[i][j] += g_matrix[k][i] * u[k * IN + j];
		}
	for (int i = 0; i < K; i++)
		for (int j = 0; j < K; j++) {
			g[i * K + j] = 0;
			for (int k = 0; k < IN; k++)
				g[i * K + j] += half[i][k] * g_matrix[k][j];
		}
}

size_t winograd_packed_size(const struct nn_conv *c, bool turned)
{
	int from = turned ? c->oc : c->ic, to = turned ? c->ic : c->oc;

	return (size_t)(PRODUCTS * tile_blocks(to)) * (size_t)from * TILE_COLS;
}

/* The kernel between two channels, scaled, and turned round. */
static void kernel(
	const float *w, float scale, bool rounded, bool turned, float g[K * K])
{
	for (int t = 0; t < K * K; t++) {
		float v = w[turned ? K * K - 1 - t : t] * scale;

		g[t] = rounded ? nn_from_bf16(nn_to_bf16(v)) : v;
	}
}

void winograd_pack(const struct nn_conv *c, bool turned, const float *w,
	const float *scale, bool rounded, float *to)
{
	int from = turned ? c->oc : c->ic, outs = turned ? c->ic : c->oc;
	int blocks = tile_blocks(outs);
	int64_t product = (int64_t)blocks * from * TILE_COLS;

#pragma omp parallel for schedule(static)
	for (int b = 0; b < blocks; b++)
		for (int i = 0; i < from; i++)
			for (int j = 0; j < TILE_COLS; j++) {
				int o = b * TILE_COLS + j;
				int oc = turned ? i : o, ic = turned ? o : i;
				float g[K * K] = {0}, u[PRODUCTS];
				float *at =
					to +
					((int64_t)b * from + i) * TILE_COLS + j;

				if (o < outs)
					kernel(w + ((int64_t)oc * c->ic + ic) *
								K * K,
						scale ? scale[oc] : 1, rounded,
						turned, g);
				expand(g, u);
				for (int k = 0; k < PRODUCTS; k++)
					at[k * product] = u[k];
			}
}

void winograd_unpack(const struct nn_conv *c, const float *dw,
	const float *scale, bool add, float *grad)
{
	int64_t wide = (int64_t)tile_blocks(c->oc) * TILE_COLS;

#pragma omp parallel for schedule(static)
	for (int o = 0; o < c->oc; o++)
		for (int i = 0; i < c->ic; i++) {
			float *to = grad + ((int64_t)o * c->ic + i) * K * K;
			float u[PRODUCTS], g[K * K], by = scale ? scale[o] : 1;

			for (int k = 0; k < PRODUCTS; k++)
				u[k] = dw[((int64_t)k * c->ic + i) * wide + o];
			contract(u, g);
			for (int t = 0; t < K * K; t++)
				to[t] = (add ? to[t] : 0) + by * g[t];
		}
}
