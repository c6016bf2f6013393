#include "rcnn/nms.h"

#include <math.h>

static float weight(const struct rcnn_soften *how, float iou, float threshold)
{
	if (how->how == RCNN_GAUSSIAN)
		return expf(-(iou * iou) / how->sigma);
	return iou >= threshold ? 1 - iou : 1;
}

/* The place in the list of the highest score, the lowest index of equals. */
static int best_of(const int32_t *list, int n, const float *score)
{
	int best = 0;

	for (int i = 1; i < n; i++) {
		float s = score[list[i]], top = score[list[best]];

		if (s > top || (s == top && list[i] < list[best]))
			best = i;
	}
	return best;
}

int rcnn_soft_nms(const struct rcnn_box *box, float *score, int n,
	const struct rcnn_soften *how, float threshold, float least,
	float pixel, int32_t *keep)
{
	/* keep[0..m-1] are chosen, keep[m..n-1] are left. */
	int m = 0;

	for (int i = 0; i < n; i++)
		keep[i] = i;
	for (; m < n; m++) {
		int at = m + best_of(keep + m, n - m, score), left = m + 1;
		int32_t best = keep[at];

		keep[at] = keep[m];
		keep[m] = best;
		for (int i = m + 1; i < n; i++) {
			int32_t k = keep[i];
			float iou = rcnn_box_iou(&box[best], &box[k], pixel);

			score[k] *= weight(how, iou, threshold);
			if (score[k] >= least)
				keep[left++] = k;
		}
		n = left;
	}
	return m;
}
