/* DCGAN, PyTorch's tutorial: a step of training, and drawing. */
#include "bench.h"
#include "gan/gan_step.h"
#include "nn/device.h"

enum { BATCH = 64, SIDE = 64 };

static struct nn_backend *be;
static struct gan gan;
static struct gan_batch batch;
static uint8_t store[BATCH * SIDE * SIDE * DCGAN_COLOURS];

static int begin(const struct bench_options *o, struct err *e)
{
	struct gan_run run;
	struct rng r = rng_new(1, RNG_DRAW);

	if (gan_preset(&run, "pytorch", e))
		return -1;
	be = nn_cpu_open((int)o->threads);
	gan_init(&gan, &run, be);
	if (nn_dtype(o->dtype, be, &gan.dtype, e))
		return -1;
	gan_batch_init(&batch, &run, BATCH);
	for (size_t i = 0; i < sizeof store; i++)
		store[i] = (uint8_t)rng_u32(&r);
	for (int i = 0; i < BATCH; i++)
		batch.which[i] = i;
	batch.store = store;
	return 0;
}

static int step(struct bench_figure *figure, struct err *e)
{
	struct gan_report r;

	gan_noise(&gan, &batch);
	if (gan_step(&gan, &batch, &r, e))
		return -1;
	figure[0] = (struct bench_figure){"loss_d", r.loss_d};
	figure[1] = (struct bench_figure){"loss_g", r.loss_g};
	return 0;
}

static int sample(struct bench_figure *figure, struct err *e)
{
	struct nn_tape t = {.be = be, .arena = &gan.step, .pool = &gan.pool};
	struct nn_tensor *z =
		nn_new(&t, NN_F32, 4, (int64_t[]){BATCH, 1, 1, gan.run.net.nz});
	struct nn_tensor *y;

	(void)e;
	gan_noise(&gan, &batch);
	be->copy(be, z->data, batch.z, nn_bytes(z));
	y = dcgan_generate(&t, &gan.g, nn_cast(&t, z, gan.dtype));
	figure[0] = (struct bench_figure){"images", (double)y->dim[0]};
	nn_tape_reset(&t);
	return 0;
}

static size_t planned(void)
{
	return gan.pool.mark + be->held(be);
}

static void end(void)
{
	gan_release(&gan);
	be->close(be);
	gan_batch_release(&batch);
}

const struct bench_work bench_dcgan_step = {
	"dcgan-step", begin, step, planned, end};
const struct bench_work bench_dcgan_sample = {
	"dcgan-sample", begin, sample, planned, end};
