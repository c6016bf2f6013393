/*
 * Weights by file or URL (fetch.h): those that a detector is opened with, and
 * those that a training begins with, TRAIN.WEIGHTS, which may be of ours, of
 * torchvision's, Detectron's or Detectron2's, a whole detector or a body from
 * ImageNet. Which of these it is, its content says.
 */
#ifndef APP_WEIGHTS_H
#define APP_WEIGHTS_H

#include "app/detector.h"
#include "cli/cli.h"

/*
 * Fill d with them, as far as they reach, and tell what was taken. The first
 * convolution is made to take this configuration's pixels. Classes of other
 * names are warned of. ERR_DATA when they are of another body, of another
 * number of classes (unless TRAIN.NEW_CLASSES), damaged or nothing that we
 * know; fetch.h's errors. After an error d is of no use.
 */
int weights_begin(
	struct detector *d, const struct cli *c, bool offline, struct err *e);

/* detector_open, of a URL too. */
int weights_open(struct detector *d, const struct cli *c, const char *source,
	bool offline, const char *device, int threads, struct err *e);

#endif
