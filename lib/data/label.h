/*
 * Boxes and what they are called, drawn onto a picture: a colour a class, line
 * and letters as large as the picture wants them.
 */
#ifndef DATA_LABEL_H
#define DATA_LABEL_H

#include "data/record.h"
#include "img/img.h"

/* The frames, the first box's lowest, then over all of them "full 0.98" above
 * each box, or inside or below it where there is no room. */
void label_boxes(struct img *im, const struct record_box *const *box, int n);

#endif
