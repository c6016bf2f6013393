/*
 * What is wrong with a data set, all of it, before anybody learns from it: each
 * annotation that can't be learnt from by its id, each picture whose photograph
 * is not what the annotations say.
 *
 *	struct lint l = {.policy = LINT_FIX, .tell = say, .arg = c};
 *	struct coco_faults faults = {lint_fault, &l};
 *
 *	lint_begin(&l, &set, path);
 *	if (coco_read_faulty(&coco, path, need, &faults, &arena, e))
 *		return -1;
 *	lint_boxes(&l);
 *	for (int i = 0; i < coco.nimages; i += 4096)
 *		lint_photos(&l, i, i + 4096, LINT_HEADERS, threads);
 *	for (int k = 0; k < LINT_KINDS; k++)
 *		say(l.count[k], lint_words(k), lint_fate_words(...));
 */
#ifndef DATA_LINT_H
#define DATA_LINT_H

#include "data/loader.h"

enum lint_kind {
	/* items that contradict the file */
	LINT_ITEM,
	LINT_TWICE,
	LINT_LOST,
	/* boxes, of which one has the worst that is true of it */
	LINT_NEGATIVE,
	LINT_FLAT,
	LINT_OUTSIDE,
	LINT_THIN,
	LINT_SMALL,
	LINT_CROSSING,
	LINT_REPEATED,
	/* photographs */
	LINT_GONE,
	LINT_UNREADABLE,
	LINT_OTHER_SIZE,
	/* nothing wrong, but worth knowing */
	LINT_CROWD,
	LINT_IGNORED,
	LINT_NO_OBJECT,
	LINT_KINDS
};

/* What is done about what is wrong. */
enum lint_policy {
	LINT_FIX,  /* clip boxes, leave out those with nothing left of them */
	LINT_DROP, /* leave out whatever is wrong */
	LINT_FAIL  /* learn nothing before it is put right */
};

enum lint_fate { LINT_KEPT, LINT_CLIPPED, LINT_DROPPED, LINT_FATAL };

/* One find. */
struct lint_find {
	enum lint_kind kind;
	enum lint_fate fate;
	const struct coco_image *image; /* NULL: an item of the file */
	const struct coco_ann *ann;     /* NULL: of a picture, or of the file */
	const char *msg;                /* complete, with file and id */
};

struct lint {
	enum lint_policy policy;
	double min_area; /* of an object: TRAIN.GT_MIN_AREA */
	int pixel;       /* as of truth_box */
	bool keep_empty;
	void (*tell)(void *arg, const struct lint_find *find); /* or NULL */
	void *arg;

	/* The set at hand, and of all sets so far: */
	const struct loader_set *set;
	long count[LINT_KINDS];
	long fatal;
	struct err first; /* the first fatal one */
};

/* A few words for people: "reaches beyond its picture". And for programs:
 * "crossing". */
const char *lint_words(enum lint_kind k);
const char *lint_name(enum lint_kind k);
const char *lint_fate_words(enum lint_fate f);
enum lint_fate lint_fate(const struct lint *l, enum lint_kind k);
/* Is it wrong, or only worth knowing? */
static inline bool lint_wrong(enum lint_kind k)
{
	return k < LINT_CROWD;
}

/* The next set; its coco is filled by then or later. */
void lint_begin(struct lint *l, const struct loader_set *set);
/* For coco_read_faulty: arg is the lint. */
void lint_fault(void *arg, enum coco_fault kind, const char *msg);
/* All annotations of the set. */
void lint_boxes(struct lint *l);

/* The photographs of pictures from..to-1 (fewer where there are no more): that
 * they are there and of their size, or that all of their pixels can be read. */
enum lint_depth { LINT_HEADERS, LINT_PIXELS };
void lint_photos(
	struct lint *l, int from, int to, enum lint_depth depth, int threads);

#endif
