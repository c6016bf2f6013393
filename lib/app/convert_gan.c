#include "app/convert_gan.h"
#include "app/convert.h"
#include "gan/gan_file.h"
#include "nn/device.h"

/* One side of a tensor of four, or 0. */
static int64_t side(const struct nn_st *st, const char *name, int axis)
{
	const struct nn_st_entry *t = nn_st_find(st, name);

	return t && t->rank == 4 ? t->shape[axis] : 0;
}

/* The widths, from the generator's first and last convolution, and the
 * discriminator's first. */
static int look(const struct nn_st *g, const struct nn_st *d,
	struct dcgan_config *c, struct err *e)
{
	int64_t nz = side(g, "main.0.weight", 0);
	int64_t ngf = side(g, "main.12.weight", 0);
	int64_t ndf = d ? side(d, "main.0.weight", 0) : ngf;

	if (dcgan_config_preset(c, "pytorch", e))
		return -1;
	if (side(g, "main.0.weight", 1) == DCGAN_COLOURS &&
		side(g, "main.11.weight", 0) == 1)
		return err_set(e, ERR_DATA,
			"'%s' is a discriminator: netG comes first, and netD "
			"by --discriminator",
			g->path);
	if (nz < 1 || nz > DCGAN_NZ_MAX || ngf < 1 || ngf > DCGAN_WIDTH_MAX ||
		side(g, "main.12.weight", 1) != DCGAN_COLOURS)
		return err_set(e, ERR_DATA,
			"'%s' is no generator of PyTorch's DCGAN: its tensors "
			"are main.0.weight to main.12.weight",
			g->path);
	if (ndf < 1 || ndf > DCGAN_WIDTH_MAX ||
		(d && side(d, "main.0.weight", 1) != DCGAN_COLOURS))
		return err_set(e, ERR_DATA,
			"'%s' is no discriminator of PyTorch's DCGAN", d->path);
	c->nz = nz;
	c->ngf = ngf;
	c->ndf = ndf;
	return 0;
}

int convert_gan_import(const struct nn_st *g, const struct nn_st *d,
	const char *path, struct err *e)
{
	struct gan_run run = {.seed = 1, .batch = 64};
	struct nn_backend *be;
	struct gan m;
	int bad;

	if (look(g, d, &run.net, e))
		return -1;
	be = nn_device_open("cpu", 0, e);
	if (!be)
		return -1;
	gan_init(&m, &run, be);
	bad = nn_st_load(g, "", &m.g.params, false, false, NULL, e) ||
	      (d && nn_st_load(d, "", &m.d.params, false, false, NULL, e)) ||
	      gan_file_save(path, &m, e);
	gan_release(&m);
	be->close(be);
	return bad ? -1 : 0;
}

int convert_gan_export(
	const char *from, const char *g, const char *d, struct err *e)
{
	struct gan_run run = {0};
	struct nn_backend *be;
	struct nn_st st;
	struct gan m;
	int bad;

	if (gan_file_open(&st, from, &run, e))
		return -1;
	be = nn_device_open("cpu", 0, e);
	if (!be) {
		nn_st_close(&st);
		return -1;
	}
	gan_init(&m, &run, be);
	bad = gan_file_load(&st, &m, e) || convert_write(g, &m.g.params, e) ||
	      (d && convert_write(d, &m.d.params, e));
	gan_release(&m);
	nn_st_close(&st);
	be->close(be);
	return bad ? -1 : 0;
}
