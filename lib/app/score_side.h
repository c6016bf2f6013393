/*
 * A side of a comparison, as a command line names it: pictures of a folder or
 * of records, what a generator draws, or features that somebody made already.
 *
 *	struct score_side s;
 *	if (score_side_open(&s, &from, "crops", e) ||
 *		score_side_load(&s, 64, 96, 0, e))
 *		return -1;
 *	gan_judge_init(&judge, &s.set, &extractor, 1, e);
 *	score_side_release(&s);
 *
 * A features file is a safetensors file with a tensor "features", n x d, or an
 * array of NumPy (.npy). Ours have as metadata what they are of: "eye",
 * "pictures" (a number made of all pixels), "size".
 */
#ifndef APP_SCORE_SIDE_H
#define APP_SCORE_SIDE_H

#include "cli/cli.h"
#include "data/gallery.h"
#include "data/pixels.h"
#include "gan/gan_draw.h"
#include "gan/gan_file.h"
#include "gan/score.h"

/* What the sides of a comparison share. */
struct score_how {
	struct cli *c;
	const char *root; /* where records' paths begin; NULL */
	int64_t seed;     /* of the choice of pictures, and of drawn ones */
	int most;         /* pictures at most, chosen by the seed; 0: all */
	int threads;      /* 0: all */
	struct nn_backend *be;
};

enum score_kind { SCORE_PICTURES, SCORE_MODEL, SCORE_FEATURES };

struct score_side {
	const struct score_how *how;
	const char *path;
	enum score_kind kind;
	int w, h;                           /* as it comes; 0: not known */
	struct gan_set set;                 /* filled by score_side_load */
	char extractor[GAN_EXTRACTOR_NAME]; /* that made the features, where a
					       file says */

	struct gallery gallery;
	struct pixels px;
	const char **path_of; /* [set.n] of pictures, in the gallery */
	struct nn_st st;
	struct gan_run run;
	float *feature;
};

/* Look what is there, decode nothing yet. To be released in any case. */
int score_side_open(struct score_side *s, const struct score_how *how,
	const char *path, struct err *e);
/* The pictures, w by h: scaled and cut, as for training; or n of them drawn (0:
 * 1000). A bad picture is told of and skipped. */
int score_side_load(struct score_side *s, int w, int h, int n, struct err *e);
void score_side_release(struct score_side *s);

/* Take the features of its pictures, one row each in their order, from a file.
 * ERR_DATA where the file says that it is of others. */
int score_side_features(struct score_side *s, const char *path, struct err *e);
/* Write the features that an extractor sees in its pictures, and keep them. */
int score_side_save(struct score_side *s, struct gan_extractor *extractor,
	const char *path, struct err *e);

#endif
