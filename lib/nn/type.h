/* Words that those who describe networks share with who computes them. */
#ifndef NN_TYPE_H
#define NN_TYPE_H

/* What numbers are kept as. Arithmetic is in f32 whatever they are kept as. */
enum nn_type { NN_F32, NN_BF16, NN_I32, NN_I64, NN_U8 };

/* What two networks play for (nn/body/loss.h). */
enum nn_gan_loss {
	NN_GAN_BCE,   /* cross entropy, non-saturating (Goodfellow 2014) */
	NN_GAN_HINGE, /* (Lim and Ye 2017; Miyato 2018) */
	NN_GAN_RP     /* relativistic pairing (Jolicoeur-Martineau 2018) */
};
/* What is told of each pair of theirs: its loss, both logits as probabilities,
 * and the sign of real - fake, or without pairing of real. */
enum { NN_GAN_LOSS, NN_GAN_REAL, NN_GAN_FAKE, NN_GAN_SIGN, NN_GAN_TOLD };

#endif
