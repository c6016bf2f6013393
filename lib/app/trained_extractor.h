/* The features of pictures that a file of weights sees: a detector
 * (detector_extractor.h), or the Inception network of the FID
 * (gan/inception.h). */
#ifndef APP_TRAINED_EYE_H
#define APP_TRAINED_EYE_H

#include "base/err.h"
#include "gan/extractor.h"

/*
 * Open a file of weights, whichever of both it holds. The extractor is called
 * after the first eight digits of its SHA-256. An Inception network computes on
 * the CPU, whatever the device. ERR_DATA with the path for anything else.
 */
int trained_extractor_open(struct gan_extractor *extractor, const char *path,
	const char *device, int threads, struct err *e);

#endif
