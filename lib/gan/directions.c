#include "gan/directions.h"
#include "base/mem.h"
#include "gan/symmetric.h"

#include <math.h>

/* The scale of the first layer's norm for output number `unit`, channels last:
 * its weight is I O H W. */
static double scale_of(const struct dcgan_layer *l, const float *gain,
	const float *var, int64_t channel, int64_t place)
{
	int64_t at = l->unit_norm ? place * l->w->dim[1] + channel : channel;

	return (double)gain[at] / sqrt((double)var[at] + (double)l->norm.eps);
}

/* a = W'D^2W of the first nz inputs. */
static void square(
	const struct dcgan_net *g, int nz, struct nn_backend *be, double *a)
{
	const struct dcgan_layer *l = &g->layer[0];
	int64_t places = l->w->dim[2] * l->w->dim[3];
	int64_t units = l->w->dim[1] * places;
	size_t n = (size_t)units;
	float *w = mem_alloc((size_t)nz * n, sizeof *w);
	float *gain = mem_alloc(n, sizeof *gain);
	float *var = mem_alloc(n, sizeof *var);
	double *row = mem_alloc((size_t)nz * n, sizeof *row);

	be->copy(be, w, l->w->data, (size_t)nz * n * sizeof *w);
	be->copy(be, gain, l->norm.gain->data, nn_bytes(l->norm.gain));
	be->copy(be, var, l->norm.var->data, nn_bytes(l->norm.var));
	for (size_t i = 0; i < (size_t)nz; i++)
		for (size_t u = 0; u < n; u++)
			row[i * n + u] =
				(double)w[i * n + u] *
				scale_of(l, gain, var, (int64_t)u / places,
					(int64_t)u % places);
	for (size_t i = 0; i < (size_t)nz; i++)
		for (size_t j = 0; j <= i; j++)
			a[i * (size_t)nz + j] = a[j * (size_t)nz + i] =
				gan_dot(row + i * n, row + j * n, (int)units);
	mem_free(w);
	mem_free(gain);
	mem_free(var);
	mem_free(row);
}

/* Eigenvectors have no sign of their own. */
static void settle_sign(double *v, int n)
{
	int most = 0;

	for (int i = 1; i < n; i++)
		if (fabs(v[i]) > fabs(v[most]))
			most = i;
	if (v[most] < 0)
		for (int i = 0; i < n; i++)
			v[i] = -v[i];
}

int gan_direction(const struct dcgan_config *c, const struct dcgan_net *g,
	int k, double *direction, double *share, struct err *e)
{
	int n = (int)c->nz;
	size_t square_n = (size_t)n * (size_t)n;
	double *a, *vector, sum = 0;

	if (n > GAN_DIRECTIONS_NZ_MAX)
		return err_set(e, ERR_USAGE,
			"noise of %d numbers has too many directions; at most "
			"%d can be told apart",
			n, GAN_DIRECTIONS_NZ_MAX);
	if (k < 0 || k >= n)
		return err_set(e, ERR_USAGE,
			"there are %d directions, no number %d", n, k + 1);
	a = mem_alloc(square_n, sizeof *a);
	vector = mem_alloc(square_n, sizeof *vector);
	square(g, n, g->params.be, a);
	gan_eigenvectors(a, n, vector);
	for (int i = 0; i < n; i++)
		sum += a[(size_t)i * (size_t)n + (size_t)i];
	if (share)
		*share = sum > 0 ? a[(size_t)k * (size_t)n + (size_t)k] / sum
				 : 0;
	for (int i = 0; i < n; i++)
		direction[i] = vector[(size_t)k * (size_t)n + (size_t)i];
	settle_sign(direction, n);
	mem_free(a);
	mem_free(vector);
	return 0;
}
