/*
 * The features of pictures that a trained detector sees: what its pyramid has
 * at a stride of 32 pixels, each channel's mean. Of its levels, this one parts
 * kinds of garments best. A detector of garments knows
 * what they look like, and its few channels (256, or fewer) make distances that
 * a few hundred pictures are enough for. Its blind spots are the judge's:
 * compare only what the same file has judged.
 */
#ifndef APP_DETECTOR_EYE_H
#define APP_DETECTOR_EYE_H

#include "base/err.h"
#include "gan/extractor.h"

/*
 * Open a file of weights. The extractor is called after the first eight digits
 * of its SHA-256. Pictures are scaled to 128 pixels on the shorter side. Errors
 * are detector_open's.
 */
int detector_extractor_open(struct gan_extractor *extractor, const char *path,
	const char *device, int threads, struct err *e);

#endif
