/*
 * The training of a detector: data sets, checkpoints, metrics, and the loop.
 *
 * OUTPUT_DIR receives model_iter%07d.safetensors every SNAPSHOT_ITERS, at the
 * end, and when it is asked for, model_final.safetensors,
 * model_best.safetensors by AP where there is validation, and metrics.jsonl. A
 * run begins again at the newest checkpoint that it finds there. N steps, a
 * stop and M steps leave the same weights, to the byte, as N + M.
 *
 * A batch whose loss or gradient is no number changes nothing and is passed
 * over; after several in a row the run goes back to its newest checkpoint.
 */
#ifndef APP_TRAINER_H
#define APP_TRAINER_H

#include "app/validate.h"
#include "cli/progress.h"
#include "data/lint.h"
#include "data/metrics.h"
#include "nn/prefetch.h"
#include "nn/ranks.h"
#include "nn/snapshot.h"
#include "rcnn/objective.h"

enum { TRAINER_SETS_MAX = 8 };

/* A data set by name: --dataset NAME=ann.json:imgdir. */
struct trainer_set {
	char name[KEY_STR_MAX];
	struct coco coco;
	struct loader_set set;
};

/* A step that is asked for. */
struct trainer_asked {
	const struct loader_batch *b;
	struct rcnn_readback readback;
};

struct trainer {
	struct cli *c;
	struct rcnn_config config;
	bool offline; /* no weights are fetched */
	struct arena arena;
	struct trainer_set sets[TRAINER_SETS_MAX];
	int nsets;
	struct loader_set train[KEY_LIST_MAX];
	int ntrain;
	const struct loader_set *test; /* NULL: none */
	struct lint lint;
	FILE *finds;          /* where what is wrong is told; or NULL */
	struct err unwritten; /* why it could not be */
	const struct trainer_set *linted; /* the set at hand */
	struct detector d;
	struct nn_snapshot snapshot; /* to undo a step */
	struct loader *loader;
	struct nn_prefetch ahead; /* of its batches */
	/* Step i is in i % 2: those from d.iteration on that are asked for
	 * and not told yet, two while a device works, none or one else. */
	struct trainer_asked asked[2];
	int nasked;
	/* Of processes that train together, the first writes files, validates
	 * and talks; what they are to do is asked of all (trainer.c). */
	struct nn_ranks ranks;
	bool stop;      /* the run is to end */
	bool save;      /* a checkpoint is asked for */
	int loaders;    /* threads of it */
	bool unsaved;   /* no files: OUTPUT_DIR is not touched */
	int64_t *saved; /* [nsaved] iterations of the checkpoints it wrote */
	int nsaved;
	struct metrics metrics;
	struct progress bar;
};

/*
 * Read the sets (arg: "NAME=ann.json:imgdir") that the config names, and look
 * for all that is wrong with them: a line a kind, and with finds a record each
 * there. Without finds ERR_DATA when there is anything that must not be.
 */
int trainer_sets(struct trainer *t, const struct opt_list *args, struct err *e);
/* Everything up to the first step: network, checkpoint, loader, metrics
 * (extra: another file for them, or NULL). */
int trainer_begin(struct trainer *t, const char *extra, const char *device,
	const char *dtype, int threads, struct err *e);
/* Steps until SOLVER.MAX_ITER or until the process is told to stop. */
int trainer_run(struct trainer *t, struct err *e);
void trainer_release(struct trainer *t);

#endif
