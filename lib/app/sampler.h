/*
 * What dcgan-sample is asked for, as a series of pictures and a sheet or
 * files: the words of its command line, checked against the model.
 */
#ifndef APP_SAMPLER_H
#define APP_SAMPLER_H

#include <stdio.h>

#include "app/neighbour.h"
#include "data/record.h"
#include "gan/directions.h"

struct sampler_options {
	struct opt_size sheet;
	const char *model, *format, *out, *nearest, *extractor, *root, *device;
	int64_t n, seed;                      /* n 0: not said */
	int64_t walk, like, cross, direction; /* 0, -1, -1, 0: not said */
	bool loop, captions;
	double spread, share, amount, truncation;
	struct opt_list label; /* "brand=chanel:0.7,dior:0.3" */
	int64_t threads;
};

struct sampler {
	struct cli *c;
	const struct sampler_options *o;
	const struct gan_run *run;
	int count; /* pictures */
	struct gan_draw draw;
	struct gan_labels labels;
	float label[DCGAN_LABELS_MAX];
	double direction[DCGAN_NZ_MAX];
	struct score_how how;
	struct gan_extractor extractor;
	struct nearest nearest; /* where o->nearest */
	struct nearest_hit hit; /* of the picture drawn last */
	FILE *records;          /* where they are written */
	int copies;
};

/* What can be said without the model. ERR_USAGE. */
int sampler_check(const struct sampler_options *o, struct err *e);

/* g is the model's generator, filled from st. To be closed in any case. */
int sampler_open(struct sampler *s, struct cli *c,
	const struct sampler_options *o, const struct gan_run *run,
	const struct nn_st *st, const struct dcgan_net *g, struct err *e);
void sampler_close(struct sampler *s);

/* Draw all of it, into one sheet or file by file, a record each. */
int sampler_run(struct sampler *s, struct err *e);

#endif
