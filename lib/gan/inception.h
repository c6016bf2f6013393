/*
 * The Inception network by which the FID is defined (Heusel et al. 2017): the
 * third one (Szegedy et al. 2015) as TensorFlow had it on 2015-12-05, under
 * PyTorch's names ("Mixed_5b.branch1x1.conv.weight"), as the weights file
 * pt_inception-2015-12-05-6726825d.pth has them. It differs from
 * torchvision's: means at a border are of what lies inside, and the last block
 * takes maxima. Features are the last block's channels, each one's mean.
 *
 * Pictures are stretched to 299x299 as they are, without antialiasing, as those
 * who publish FIDs from such files do.
 */
#ifndef GAN_INCEPTION_H
#define GAN_INCEPTION_H

#include "gan/extractor.h"
#include "nn/safetensors.h"

/* Whether a weights file is one. */
bool gan_inception_is(const struct nn_st *st);

/*
 * Take over its weights; st may then be closed. Any number of channels will do,
 * as long as they fit together: ERR_DATA names the tensor that does not. be
 * computes in the host's memory; it is taken over, too, and closed with the
 * extractor, or at once where that cannot be opened. The extractor's name is
 * GAN_EXTRACTOR_INCEPTION_NAME and `digest`, the first digits of the file's
 * SHA-256.
 */
int gan_inception_open(struct gan_extractor *extractor, const struct nn_st *st,
	struct nn_backend *be, const char *digest, struct err *e);

#endif
