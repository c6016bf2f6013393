/*
 * Configuration files: Detectron's YAML, read by libyaml, set through a table
 * of base/keys.h. Sections nest, and a key's name is its path with dots:
 *
 *	SOLVER:
 *	  BASE_LR: 0.0025			SOLVER.BASE_LR
 *	  STEPS: [0, 60000, 80000]		SOLVER.STEPS
 *	TRAIN:
 *	  DATASETS: ('coco_a', 'coco_b')	TRAIN.DATASETS
 *
 * A list is a YAML sequence or, as Detectron has them, a Python tuple in a
 * string. Dotted keys may be written as they are, so that what keys_dump
 * writes is read back.
 *
 * The reader is strict, since a misspelt key that is silently left out costs a
 * day of training: keys that the table does not have, keys given twice, tags,
 * anchors, aliases, a second document and deep nesting are errors.
 *
 *	struct rcnn_config c = rcnn_config_default;
 *	if (conf_load("tiny.yaml", rcnn_keys, &c, note, prog, e) ||
 *		conf_set(rcnn_keys, &c, "SOLVER.BASE_LR", "0.01", note, prog,
 *			e))
 *		return -1;
 *
 * All return 0, or -1 with "file:line: cause" in e: ERR_CONFIG for what is
 * wrong in the file, base/file.h's codes when it cannot be read. The fields
 * that were set before the mistake stay set.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stddef.h>
#include "base/err.h"
#include "base/keys.h"

enum { CONF_MAX = 1 << 20 }; /* bytes in a file */

/* Told of every key that is known but has no effect, with the words for it. */
typedef void (*conf_note_fn)(
	void *arg, const struct key *k, const char *message);

/* Set the fields of `to` from a file. note may be NULL. */
int conf_load(const char *path, const struct key *table, void *to,
	conf_note_fn note, void *arg, struct err *e);
/* The same from n bytes of text; name stands for the file in messages. */
int conf_parse(const char *text, size_t n, const char *name,
	const struct key *table, void *to, conf_note_fn note, void *arg,
	struct err *e);
/* Set one field, from a command line's KEY VALUE. */
int conf_set(const struct key *table, void *to, const char *name,
	const char *value, conf_note_fn note, void *arg, struct err *e);

#endif
