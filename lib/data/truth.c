#include "data/truth.h"

#include <math.h>

const char *truth_words(enum truth_defect d)
{
	static const char *const words[TRUTH_DEFECTS] = {
		[TRUTH_GOOD] = "good",
		[TRUTH_CROSSING] = "reaches beyond its picture",
		[TRUTH_IGNORED] = "is marked to be ignored",
		[TRUTH_SMALL] = "has too small an area",
		[TRUTH_THIN] = "is not two pixels wide and high in its picture",
		[TRUTH_EMPTY] = "has no object to learn",
		[TRUTH_PHOTO] = "cannot be read",
	};

	return words[d];
}

/* One axis: from and length to first and last, inside 0..n. */
static bool clip(
	float *first, float *last, double from, double length, double n)
{
	double to = from + fmax(0, length), end = n;

	*first = (float)fmin(end, fmax(0, from));
	*last = (float)fmin(end, fmax(0, to));
	return from < 0 || to > end;
}

enum truth_defect truth_box(float box[4], const struct coco_ann *ann,
	double min_area, int64_t w, int64_t h, int pixel)
{
	bool across, down;

	if (ann->ignore)
		return TRUTH_IGNORED;
	across = clip(&box[0], &box[2], ann->box[0], ann->box[2] - pixel,
		(double)(w - pixel));
	down = clip(&box[1], &box[3], ann->box[1], ann->box[3] - pixel,
		(double)(h - pixel));
	/* Written so that what is not a number is dropped. */
	if (!(ann->area > 0 && ann->area >= min_area))
		return TRUTH_SMALL;
	if (!(box[2] > box[0] && box[3] > box[1]))
		return TRUTH_THIN;
	return across || down ? TRUTH_CROSSING : TRUTH_GOOD;
}

void truth_flip(float box[4], float w, int pixel)
{
	float x1 = box[0];

	box[0] = w - box[2] - (float)pixel;
	box[2] = w - x1 - (float)pixel;
}
