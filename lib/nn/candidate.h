/*
 * Candidates for detections (rcnn/postprocess.h says what they are), as far as
 * a device and the host must agree on the arithmetic; and how a device is asked
 * for those of a batch, so that the host reads no more than what scores enough.
 */
#ifndef NN_CANDIDATE_H
#define NN_CANDIDATE_H

#include "nn/proposal.h"

/* A picture as the network sees it, and the photograph that it is of. */
struct nn_sight {
	float view_w, view_h, scale, w, h;
	int32_t flipped;
};

/* How regions are refined; photo, pixel and least are a convention's. */
struct nn_refine {
	float weight[4], pixel;
	float least; /* side that an object must have */
	int32_t photo;
};

struct nn_candidate {
	float box[4], score; /* in pixels of the photograph */
	int32_t label;       /* 1..K */
};

/* Pointers are the device's. */
struct nn_sift {
	int32_t n, rows, classes;     /* rows: regions of a picture */
	int32_t agnostic;             /* deltas are of two classes */
	const float *roi;             /* n*rows 5: as roi_align's */
	const int32_t *label;         /* n*rows; -1: no region */
	const float *logit;           /* n*rows classes */
	const float *delta;           /* n*rows classes 4, or 2 4 */
	const struct nn_sight *sight; /* n */
	float score;                  /* candidates score more */
	struct nn_refine refine;
};

/* A region refined and brought home; false: what is left is no object. */
NN_HD bool nn_refine(const struct nn_refine *how, const struct nn_sight *s,
	const float roi[4], const float delta[4], float box[4])
{
	float w = how->photo ? s->w : s->view_w;
	float h = how->photo ? s->h : s->view_h;
	float shrink = how->photo ? s->scale : 1, from[4], left;

	for (int k = 0; k < 4; k++)
		from[k] = roi[k] / shrink;
	nn_box_decode(from, delta, how->weight, how->pixel, box);
	nn_box_clip(box, w, h, how->pixel);
	/* A NaN is none. */
	if (!(box[2] - box[0] >= how->least && box[3] - box[1] >= how->least))
		return false;
	if (!how->photo) {
		/* By the sides of both. */
		for (int k = 0; k < 4; k++)
			box[k] *= k % 2 ? s->h / s->view_h : s->w / s->view_w;
		nn_box_clip(box, s->w, s->h, 0);
	}
	if (s->flipped) {
		left = box[0];
		box[0] = s->w - how->pixel - box[2];
		box[2] = s->w - how->pixel - left;
	}
	return true;
}

#endif
