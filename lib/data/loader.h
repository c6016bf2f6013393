/*
 * Batches for a detector: photographs scaled and normalised, one below the
 * other in an N H W 3 block of floats, with the boxes to learn; or as bytes,
 * from which a device makes the same. Threads of its own decode the next
 * batches while the network works on this one.
 *
 *	struct loader_set set = {&coco, "photos"};
 *	struct loader_options o = {
 *		.sets = &set, .nsets = 1, .look = look, .sizes = {800},
 *		.nsizes = 1, .batch = 2, .flip = true, .grouped = true,
 *		.seed = 3, .note = say, .arg = c,
 *	};
 *	struct loader *l = loader_new(&o, e);
 *
 *	for (int64_t i = start; l && i < end; i++) {
 *		if (loader_next(l, i, &b, e))
 *			break;
 *		step(b->x, b->n, b->h, b->w, b->picture);
 *	}
 *	loader_free(l);
 *
 * Batch i is a function of the options and i, never of what was loaded before
 * nor of how many threads there are:
 * a run that resumes at i sees what it would have seen. That includes damaged
 * photographs: the next of the epoch's order takes the place of one that
 * cannot be read.
 */
#ifndef DATA_LOADER_H
#define DATA_LOADER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "data/coco.h"
#include "data/memory.h"
#include "data/photo.h"
#include "data/photo_pack.h"
#include "data/truth.h"
#include "data/vary.h"

enum { LOADER_SIZES_MAX = 16 };

/* One data set: a COCO file and the folder that its file names begin in. */
struct loader_set {
	const struct coco *coco;
	const char *root; /* NULL: where the program runs */
};

struct loader_options {
	const struct loader_set *sets; /* must live as long as the loader */
	int nsets;
	struct photo_look look;
	int sizes[LOADER_SIZES_MAX]; /* of the shorter side: one is drawn for */
	int nsizes;                  /* each batch */
	int batch;                   /* pictures in one */
	uint64_t seed;
	double min_area; /* of an object, as annotated: TRAIN.GT_MIN_AREA */
	bool flip;       /* every picture and its mirror image, as two items */
	bool grouped;    /* wide and tall pictures never in one batch */
	bool keep_empty; /* pictures without objects too */
	bool inside;     /* boxes that reach beyond their picture are dropped,
			  * else clipped */
	struct vary_rule vary; /* crop 0: as they are */
	bool edges; /* corners of boxes are edges, else pixels inside */
	/* A device scales and normalises: batches are bytes, in pack. */
	bool bytes;
	/* One of `ranks` loaders that share the work: each step has a batch
	 * for each of them, and this one loads its own. 0, 0: all. */
	int rank, ranks;
	int threads; /* that decode, a batch each; 0 for 1 */
	int stay;    /* batches before the one taken last that stay, too */
	struct data_memory memory; /* of the batches */
	/* What is wrong with the data, by loader_new and loader_next in the
	 * caller's thread, once each; may be NULL. msg is complete. */
	void (*note)(void *arg, enum truth_defect d, const char *msg);
	void *arg;
};

struct loader_picture {
	int set, image; /* places in the sets, and in its COCO's images */
	bool flipped;
	double scale;           /* from the photograph to x */
	int w, h;               /* in x, without padding */
	int photo_w, photo_h;   /* of the photograph */
	struct img_part part;   /* of it that is in x */
	int nboxes;             /* crowds included */
	const float (*box)[4];  /* [nboxes] x1 y1 x2 y2, pixels of x */
	const int32_t *classes; /* [nboxes] 1 to K: place of the category + 1 */
	const uint8_t *crowd;   /* [nboxes] 1: many objects, neither object nor
				 * background */
};

struct loader_batch {
	int n, h, w; /* padded: a multiple of the look's stride */
	/* [n][h][w][3]; or NULL, with the option bytes, and what it is to be
	 * made of. */
	float *x;
	struct photo_pack pack;
	size_t room;                    /* bytes that there are for either */
	struct loader_picture *picture; /* [n] */

	struct arena arena; /* of the pictures and their boxes */
};

struct loader;

/*
 * Nothing is loaded yet, nor is there memory for it: that comes with the first
 * batch. Checks all annotations, telling what is wrong with them, and drops
 * what cannot be learnt from. ERR_DATA when nothing is left, when a picture has
 * no size, or when the sets' categories are not the same; ERR_NOINPUT when a
 * root is no folder.
 */
struct loader *loader_new(const struct loader_options *o, struct err *e);
void loader_free(struct loader *l);

/* How many annotations and pictures have a defect; photographs only as far as
 * they were looked at. */
long loader_defects(const struct loader *l, enum truth_defect d);
/* Pictures that are learnt from (mirror images not counted), and batches of one
 * loader in an epoch. */
int loader_pictures(const struct loader *l);
int loader_epoch(const struct loader *l);

/* The height and width of the largest batch there can be, and the bytes of it,
 * or, with the option bytes, of the largest pack. */
void loader_largest(const struct loader *l, int *h, int *w);
size_t loader_batch_bytes(const struct loader *l);
/* What the loader holds at most: the batch in use and those that stay, one that
 * each thread fills, one ahead, and each thread's photograph, with what is made
 * of it. */
size_t loader_bytes(const struct loader *l);

/*
 * Batch iter, from 0; the ones after it are begun. It is the loader's, and
 * stays until the next call, or for as many more as the options say. ERR_DATA
 * when a thousand photographs in a row, or all that there are, cannot be read;
 * other errors when the machine cannot read one.
 */
int loader_next(struct loader *l, int64_t iter, const struct loader_batch **b,
	struct err *e);

/* The batch after the one that was taken last, when it is there already; it
 * stays until that is taken, and the next call. Else NULL. */
const struct loader_batch *loader_ready(struct loader *l);

/* Seconds that loader_next was waited for, in all: none, while the loader is
 * quicker than whoever takes its batches. */
double loader_waited(const struct loader *l);

#endif
