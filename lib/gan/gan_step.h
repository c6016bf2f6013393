/*
 * Training a DCGAN, step by step. In a step of preset "pytorch", exactly as in
 * PyTorch's tutorial,
 *
 *	1. D sees n real pictures, to be called 1, then n fakes, to be called
 *	   0: two minibatches, each with its own statistics; their gradients
 *	   add up, and D moves;
 *	2. D, as it is now, sees the same fakes again, to be called 1; the
 *	   gradient goes through it into G, and G moves.
 *
 * What else a step may be, struct gan_how says (gan/preset.h).
 *
 *	struct gan gan;
 *	gan_init(&gan, &run, be);
 *	while (gan.run.images < limit) {
 *		... which of b.store, into b.which
 *		gan_noise(&gan, &b);
 *		if (gan_step(&gan, &b, &report, e))
 *			return -1;
 *	}
 *	gan_release(&gan);
 */
#ifndef GAN_GAN_STEP_H
#define GAN_GAN_STEP_H

#include "gan/labels.h"
#include "gan/preset.h"
#include "nn/readback.h"
#include "nn/footprint.h"

/* A step that is asked for, and what it tells. */
enum { GAN_SAID, GAN_NORM_D, GAN_NORM_G, GAN_LINES };
struct gan_asked {
	struct nn_readback readback;
	struct nn_line line[GAN_LINES];
	int n;                 /* pictures */
	int64_t images, steps; /* the run's, with it */
};

struct gan {
	struct gan_run run;
	struct nn_backend *be;
	struct dcgan_net g, d;
	struct dcgan_net mean; /* of g's weights, where run.how.ema */
	/* What the numbers beside the noise are; the caller's, NULL without. */
	const struct gan_labels *labels;
	struct arena step;   /* a step's tapes, */
	struct nn_pool pool; /* and activations */
	/* What activations are kept as: NN_F32, or NN_BF16. */
	enum nn_type dtype;
	int skipped; /* steps in a row that were not finite */
	/* Step i is in i % 2: the last nasked are not told yet. */
	struct gan_asked asked[NN_TELLS];
	int nasked;
	int64_t measured; /* steps after which running statistics were; -1 */
};

/* Networks as they are before training. r1, r2 and span are numbers already:
 * gan_plan, in gan/gan_train.h, settles what a preset leaves open. */
void gan_init(struct gan *m, const struct gan_run *run, struct nn_backend *be);
void gan_release(struct gan *m);

/* What a step learns from: numbers, in the host's memory. */
struct gan_batch {
	int n;
	const uint8_t *store; /* all pictures, h w 3 each, on the device */
	int32_t *which;       /* n: the real ones' places there */
	float *label;         /* n labels: of the real ones; NULL without */
	float *z; /* n inputs, twice if D has fakes of its own (g_first) */
};

/* Room for n pictures of the run; store is the caller's. */
void gan_batch_init(struct gan_batch *b, const struct gan_run *run, int n);
void gan_batch_release(struct gan_batch *b);

/* The noise of the next step, a function of seed and step, and the labels that
 * fakes are to have: those of the real pictures. */
void gan_noise(const struct gan *m, struct gan_batch *b);

struct gan_report {
	int n;                 /* pictures of the step */
	int64_t images, steps; /* the run's, with it */
	double loss_d, loss_g;
	/* Means of D's answers, as probabilities of being real: to the real
	 * pictures, and to the fakes before and after D moved. */
	double d_real, d_fake, d_fake_after;
	/* Of pairs, or of real pictures alone, how far D is right: the mean of
	 * the sign of real - fake, or of real. */
	double sign;
	double grad_d, grad_g; /* lengths of the gradients */
	double r1, r2; /* mean |gradient by the picture|^2, where penalised */
	bool skipped;  /* not finite: one of them, or both, did not move */
};

/* The memory that steps of n pictures, and gan_best, need at most. */
struct nn_footprint gan_footprint(struct gan *m, int n);

/*
 * Learn from a batch; images and steps are counted on. ERR_DATA, naming the
 * step, when a loss or a gradient is not finite: more often in a row than
 * run.how.skip allows. The networks must then not be saved.
 */
int gan_step(struct gan *m, struct gan_batch *b, struct gan_report *r,
	struct err *e);

/*
 * The same in two parts, so that a device need not wait for the host: a step is
 * asked for, and what came of it told later. Where gan_asks_ahead, another one
 * may be asked for in between; not on the host, which would gain nothing, nor
 * where what one step tells decides how the next augments.
 */
bool gan_asks_ahead(const struct gan *m);
void gan_ask(struct gan *m, struct gan_batch *b);
/* Of the first that is not told yet. */
int gan_told(struct gan *m, struct gan_report *r, struct err *e);

/* Pictures from G as it draws best: the mean, if there is one, with its
 * statistics measured when they were not since it moved; else G. */
struct dcgan_net *gan_best(struct gan *m);

#endif
