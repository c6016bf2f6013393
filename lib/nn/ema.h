/*
 * An exponential moving average of a network's weights, which is steadier than
 * they are (Polyak and Juditsky 1992): mean += (1 - keep) * (w - mean) after
 * each step, of all parameters, running statistics included. A step that
 * changed nothing, for it was not finite (nn/optim.h), is not taken in: the
 * device sees to that.
 *
 *	struct nn_ema ema = {0};
 *	nn_ema_init(&ema, &params);
 *	... a step ...
 *	nn_ema_step(&ema, &params, nn_ema_keep(0.999, steps));
 *	nn_ema_swap(&ema, &params);	// the network has the means now
 *	... rate it, save it ...
 *	nn_ema_swap(&ema, &params);	// and its own weights again
 *	nn_ema_release(&ema);
 */
#ifndef NN_EMA_H
#define NN_EMA_H

#include "nn/param.h"

struct nn_ema {
	bool on;
	struct nn_params mean; /* names and shapes of the network's */
};

/* The means of what a network has: its weights, to begin with. */
void nn_ema_init(struct nn_ema *ema, const struct nn_params *of);
void nn_ema_release(struct nn_ema *ema);

/* They become the network's present weights. */
void nn_ema_restart(struct nn_ema *ema, const struct nn_params *of);
void nn_ema_step(struct nn_ema *ema, const struct nn_params *of, float keep);
/* How much to keep after so many steps: decay in the long run, less at first,
 * when the weights are nothing to remember. */
float nn_ema_keep(double decay, int64_t steps);
void nn_ema_swap(struct nn_ema *ema, struct nn_params *with);

/* A step of any mean of the same parameters, buffers among them or not:
 * mean += rest * (w - mean). */
void nn_mean_step(struct nn_params *mean, const struct nn_params *of,
	float rest, bool buffers);

#endif
