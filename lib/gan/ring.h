/* The last few checkpoints of a run, beside the very last: model.safetensors
 * is kept as model_00012800.safetensors, by the images that were shown. */
#ifndef GAN_RING_H
#define GAN_RING_H

#include <stdint.h>
#include "base/err.h"

/* Keep the file `model` as it is now under a name of its own, another link to
 * it, and drop the oldest of more than `keep`. The name ends in
 * .safetensors. */
int gan_ring_keep(const char *model, int64_t images, int keep, struct err *e);

#endif
