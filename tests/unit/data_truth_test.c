#include "data/truth.h"
#include "tap.h"

/* What becomes of a box x y w h in a picture of 100 by 50. */
static void is_box(const char *name, struct coco_ann ann,
	enum truth_defect want, float x1, float y1, float x2, float y2)
{
	float b[4] = {-1, -1, -1, -1};
	enum truth_defect d;

	ann.area = ann.area != 0 ? ann.area : ann.box[2] * ann.box[3];
	d = truth_box(b, &ann, 4, 100, 50, 1);
	if (!ok(d == want && (truth_drops(d) ||
				     (b[0] == x1 && b[1] == y1 && b[2] == x2 &&
					     b[3] == y2)),
		    "%s", name))
		printf("# %s: %g %g %g %g\n", truth_words(d), b[0], b[1], b[2],
			b[3]);
}

#define BOX(...) \
	(struct coco_ann) \
	{ \
		.box = { __VA_ARGS__ } \
	}
#define GONE 0, 0, 0, 0

int main(void)
{
	float b[4] = {10, 20, 30, 45};

	is_box("corners are inside", BOX(10, 20, 30, 15), TRUTH_GOOD, 10, 20,
		39, 34);
	is_box("the whole picture", BOX(0, 0, 100, 50), TRUTH_GOOD, 0, 0, 99,
		49);
	is_box("parts of pixels", BOX(1.5, 2.25, 3.5, 4), TRUTH_GOOD, 1.5F,
		2.25F, 4, 5.25F);
	is_box("beyond the left", BOX(-10, 5, 20, 10), TRUTH_CROSSING, 0, 5, 9,
		14);
	is_box("beyond the corner", BOX(90, 40, 20, 20), TRUTH_CROSSING, 90, 40,
		99, 49);
	is_box("by one pixel", BOX(0, 0, 101, 50), TRUTH_CROSSING, 0, 0, 99,
		49);
	is_box("two pixels", BOX(5, 5, 2, 2), TRUTH_GOOD, 5, 5, 6, 6);
	is_box("one pixel", BOX(5, 5, 1, 9), TRUTH_THIN, GONE);
	is_box("no width", BOX(5, 5, 0, 9), TRUTH_SMALL, GONE);
	is_box("negative both ways", BOX(5, 5, -3, -3), TRUTH_THIN, GONE);
	is_box("outside", BOX(200, 10, 20, 20), TRUTH_THIN, GONE);
	is_box("outside but for a pixel", BOX(99, 10, 20, 20), TRUTH_THIN,
		GONE);
	is_box("not a number", BOX(NAN, 10, 20, 20), TRUTH_THIN, GONE);
	is_box("no number at all", BOX(1, 10, NAN, 20), TRUTH_SMALL, GONE);
	is_box("endless", BOX(1, 10, INFINITY, 20), TRUTH_CROSSING, 1, 10, 99,
		29);
	is_box("less than the least area",
		(struct coco_ann){.box = {1, 1, 9, 9}, .area = 3.9},
		TRUTH_SMALL, GONE);
	is_box("ignored",
		(struct coco_ann){.box = {1, 1, 9, 9}, .ignore = true},
		TRUTH_IGNORED, GONE);
	is_box("an area below 0",
		(struct coco_ann){.box = {1, 1, 9, 9}, .area = -1}, TRUTH_SMALL,
		GONE);
	is_box("a crowd like any other",
		(struct coco_ann){.box = {1, 1, 9, 9}, .crowd = true},
		TRUTH_GOOD, 1, 1, 9, 9);

	truth_flip(b, 100, 1);
	ok(b[0] == 69 && b[1] == 20 && b[2] == 89 && b[3] == 45, "mirrored");
	truth_flip(b, 100, 1);
	ok(b[0] == 10 && b[2] == 30, "and back");
	for (int d = 0; d < TRUTH_DEFECTS; d++)
		ok(truth_words(d) && *truth_words(d), "words for %d: %s", d,
			truth_words(d));
	return done();
}
