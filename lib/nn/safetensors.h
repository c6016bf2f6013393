/*
 * safetensors files: eight bytes of header length, a JSON header, raw little
 * endian data. Reading maps the file and checks every length and offset
 * (hostile files end in an err); writing goes through a temporary name.
 *
 * A checkpoint of ours is one such file: the parameters under their names;
 * with state, the optimiser's as "optimizer.0.NAME" and "optimizer.1.NAME";
 * and strings (config, class names, step, rng) as metadata.
 */
#ifndef NN_SAFETENSORS_H
#define NN_SAFETENSORS_H

#include "nn/param.h"

struct nn_st_entry {
	const char *name;
	enum nn_type type;
	int rank;
	int64_t shape[8];
	const void *data; /* in the map: not always aligned for its type */
	size_t bytes;
};

struct nn_st {
	char *path;
	struct arena arena;
	void *map;
	size_t size;
	int n;
	struct nn_st_entry *entry; /* in the header's order */
	int nmeta;
	const char **key, **value; /* __metadata__ */
};

int nn_st_open(struct nn_st *st, const char *path, struct err *e);
void nn_st_close(struct nn_st *st);
const struct nn_st_entry *nn_st_find(const struct nn_st *st, const char *name);
/* The metadata value of that key, or NULL. */
const char *nn_st_meta(const struct nn_st *st, const char *key);

/* Strings to store beside the tensors. */
struct nn_meta {
	const char *key, *value;
};

/* Write parameters of several sets (a GAN has two), each with a prefix that
 * is put before its names ("" for none). */
struct nn_st_part {
	const char *prefix;
	struct nn_params *params;
};
int nn_st_save(const char *path, const struct nn_st_part *part, int nparts,
	bool with_state, const struct nn_meta *meta, int nmeta, struct err *e);

/*
 * Fill a set's parameters from an open file. Every parameter must be there
 * with its shape (the message names the first that is not, both shapes, and
 * the file), unless missing_ok, when *missing counts them. With with_state
 * the optimiser's state is read where it is present.
 */
int nn_st_load(const struct nn_st *st, const char *prefix, struct nn_params *ps,
	bool with_state, bool missing_ok, int *missing, struct err *e);

#endif
