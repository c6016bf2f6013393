#include "gan/gan_loss.h"

static void play(
	struct nn_tape *t, struct nn_gan_loss_args *a, int64_t n, double *told)
{
	struct nn_tensor *each =
		nn_new(t, NN_F32, 2, (int64_t[]){n, NN_GAN_TOLD});

	a->told = each->data;
	a->by = 1 / (double)n;
	t->be->each(t->be, NN_BODY_gan_loss, a, 1, n);
	t->be->sums(
		t->be, NN_F32, each->data, NULL, 1, n, NN_GAN_TOLD, told, NULL);
	nn_drop(t, each);
}

void gan_loss_d(struct nn_tape *t, enum nn_gan_loss loss,
	const struct nn_tensor *real, const struct nn_tensor *fake,
	struct nn_tensor *d_real, struct nn_tensor *d_fake, double *told)
{
	struct nn_gan_loss_args a = {.loss = loss,
		.real = real->data,
		.fake = fake->data,
		.d_real = d_real->data,
		.d_fake = d_fake->data};

	play(t, &a, nn_count(fake), told);
}

void gan_loss_g(struct nn_tape *t, enum nn_gan_loss loss,
	const struct nn_tensor *real, const struct nn_tensor *fake,
	struct nn_tensor *d_fake, double *told)
{
	struct nn_gan_loss_args a = {.loss = loss,
		.of_g = true,
		.real = real->data,
		.fake = fake->data,
		.d_fake = d_fake->data};

	play(t, &a, nn_count(fake), told);
}
