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

/* What a file may hold, of which a network takes the floats from F16 up. */
enum nn_st_type {
	NN_ST_BOOL,
	NN_ST_U8,
	NN_ST_I8,
	NN_ST_F8_E5M2,
	NN_ST_F8_E4M3,
	NN_ST_U16,
	NN_ST_I16,
	NN_ST_F16,
	NN_ST_BF16,
	NN_ST_U32,
	NN_ST_I32,
	NN_ST_F32,
	NN_ST_U64,
	NN_ST_I64,
	NN_ST_F64,
	NN_ST_TYPES
};

/* "F32", ...; and bytes of a value. */
const char *nn_st_type_name(enum nn_st_type type);
size_t nn_st_type_size(enum nn_st_type type);

enum { NN_ST_RANK_MAX = 8 };

struct nn_st_entry {
	const char *name;
	enum nn_st_type type;
	int rank;
	int64_t shape[NN_ST_RANK_MAX];
	const void *data; /* in the map: not always aligned for its type */
	size_t bytes;
};

/* Strings beside the tensors. */
struct nn_meta {
	const char *key, *value;
};

struct nn_st {
	const char *path;
	struct arena arena; /* the header, parsed */
	void *map;          /* NULL: what a pipe gave, in the arena */
	size_t size;
	int n;
	struct nn_st_entry *entry;          /* in the header's order */
	const struct nn_st_entry **by_name; /* sorted */
	int nmeta;
	struct nn_meta *meta; /* __metadata__, by key */
};

/*
 * "-" is standard input. A pipe is read to its end, up to NN_ST_PIPE_MAX
 * bytes. Everything that st holds is good until nn_st_close, which after a
 * failed open has nothing to do.
 */
enum { NN_ST_PIPE_MAX = 1 << 30 };
int nn_st_open(struct nn_st *st, const char *path, struct err *e);
void nn_st_close(struct nn_st *st);
/* Both halves of opening, for readers of other formats: the file's bytes, and
 * what they say. After a failure of either the file is to be closed. */
const unsigned char *nn_st_map(
	struct nn_st *st, const char *path, struct err *e);
int nn_st_parse(struct nn_st *st, const unsigned char *file, struct err *e);
const struct nn_st_entry *nn_st_find(const struct nn_st *st, const char *name);
/* The metadata value of that key, or NULL. */
const char *nn_st_meta(const struct nn_st *st, const char *key);

/* Number of values of a tensor; and n of them, beginning with the one at
 * `from`, of whatever type (integers beyond 2^53 are rounded). */
size_t nn_st_count(const struct nn_st_entry *t);
void nn_st_values(
	const struct nn_st_entry *t, size_t from, size_t n, double *to);

/* Write parameters of several sets (a GAN has two), each with a prefix that
 * is put before its names ("" for none). The same sets give the same bytes.
 * After a failure the file is what it was. */
struct nn_st_part {
	const char *prefix;
	struct nn_params *params;
};
int nn_st_save(const char *path, const struct nn_st_part *part, int nparts,
	bool with_state, const struct nn_meta *meta, int nmeta, struct err *e);

/*
 * Fill a set's parameters from an open file. Every parameter must be there
 * with its shape (the message names the first that is not, both shapes, and
 * the file), unless missing_ok, when *missing counts them (it may be NULL).
 * With with_state the optimiser's state becomes what the file has, zero where
 * it has none. F64, F16 and BF16 become f32. After an error nothing was
 * filled.
 */
int nn_st_load(const struct nn_st *st, const char *prefix, struct nn_params *ps,
	bool with_state, bool missing_ok, int *missing, struct err *e);

#endif
