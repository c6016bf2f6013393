/*
 * How good drawn pictures are, by a set of real ones: all that is known about
 * it in one record, each number beside what two sets of real pictures get, so
 * that it can be read (the floor), and beside what noise gets.
 *
 *	struct gan_judge j;
 *	if (gan_judge_init(&j, &real, &extractor, seed, e))
 *		return -1;
 *	for (...) {
 *		...
 *		gan_judge_drawn(&j, 0, gan_draw, &draw, &score, e);
 *		use(score.v[GAN_SWD], j.floor.v[GAN_SWD]);
 *	}
 *	gan_judge_release(&j);
 *
 * The real pictures are shuffled by the seed and cut in halves: the floor is
 * of one half by the other, and what is drawn is measured by that same half,
 * with as many pictures, because most of these numbers depend on how many
 * there are. Copies of drawn pictures are looked for in all of them; the floor
 * of copies is of one half in the other alone, in which there is less to find.
 */
#ifndef GAN_SCORE_H
#define GAN_SCORE_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/err.h"
#include "gan/extractor.h"
#include "gan/swd.h"

enum gan_metric {
	GAN_SWD,       /* swd.h */
	GAN_NND,       /* see gan_metrics */
	GAN_FD,        /* frechet.h, of features */
	GAN_KD,        /* kernel_distance.h, times 1000, of features, as all */
	GAN_KD_STD,    /* that follow (neighbours.h) */
	GAN_PRECISION, /* with k = 3 */
	GAN_RECALL,
	GAN_DENSITY,
	GAN_COVERAGE,
	GAN_ONE_NN,
	GAN_COPIES,
	GAN_METRICS
};

struct gan_metric_info {
	const char *name; /* "SWD", "FD": features' names are put behind */
	bool of_features; /* "FD-1a2b3c4d" */
	int decimals;
	const char *about;
};
extern const struct gan_metric_info gan_metrics[GAN_METRICS];
/* Its name by that extractor's features: "SWD", "FD-1a2b3c4d". Only
 * GAN_EXTRACTOR_FID's are called "FID", "KID" and "KID-std". */
const char *gan_metric_name(
	enum gan_metric m, const char *extractor, struct arena *a);

enum { GAN_K = 3, GAN_PICTURES_LEAST = 10 };

/* Each is NAN where it was not measured. */
struct gan_score {
	double v[GAN_METRICS];
	struct gan_swd swd; /* by levels */
	int n; /* pictures of each side; of copies, all real ones */
};

/* Pictures of one size, their features, or both. */
struct gan_set {
	int n, w, h;
	const uint8_t *px;    /* [n][h][w][3]; NULL: not there */
	const float *feature; /* [n][d]; NULL: not there, or not yet */
	int d;
};

struct gan_judge {
	struct gan_set real;             /* copied, shuffled */
	struct gan_extractor *extractor; /* NULL: none */
	int half;
	uint64_t seed;
	struct gan_score floor, noise;
};

/*
 * Prepare to judge by real pictures, which are copied; their features are
 * looked at by the extractor where the set has none. extractor may be NULL, it
 * must outlive j. ERR_DATA for fewer pictures than GAN_PICTURES_LEAST,
 * ERR_USAGE for some that are too small for the extractor.
 */
int gan_judge_init(struct gan_judge *j, const struct gan_set *real,
	struct gan_extractor *extractor, uint64_t seed, struct err *e);
void gan_judge_release(struct gan_judge *j);

/* Rate a set of drawn pictures of the same size, of which as many are used as
 * there are real ones, at most. ERR_DATA for too few, or other features. */
int gan_judge_set(const struct gan_judge *j, const struct gan_set *drawn,
	struct gan_score *score, struct err *e);
/* Have n pictures drawn (0: as many as half of the real ones) and rate them;
 * draw puts picture i into px: gan_draw does. */
int gan_judge_drawn(const struct gan_judge *j, int n,
	void (*draw)(void *to, int i, uint8_t *px), void *to,
	struct gan_score *score, struct err *e);

#endif
