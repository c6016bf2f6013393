/*
 * Boxes of a photograph cut out into files.
 *
 *	struct cutter k = {.ext = "png"};
 *	struct derived_names names = derived_reserve(&d, photo.path, n);
 *	if (cutter_photo(&k, &photo, "in/1.jpg", box, n, &names, crop, e))
 *		return -1;	// the photograph cannot be read
 *	for (int i = 0; i < n; i++)
 *		if (!crop[i].bad)
 *			record_write(&crop[i].record, stdout, e);
 *
 * Of a JPEG no more is decoded than its boxes need. May be used by any number
 * of threads, each with a photograph of its own.
 */
#ifndef DATA_CUTTER_H
#define DATA_CUTTER_H

#include "data/crop.h"
#include "data/derived.h"

struct cutter {
	struct crop_rule rule;
	int w, h; /* crops are scaled to fit into this, on white; 0: not */
	const char *ext; /* "png" or "jpg" */
	/* JPEGs are cut between their blocks, without decoding, into .jpg. */
	bool lossless;
};

struct cutter_crop {
	struct record record; /* in the photograph's arena */
	bool bad;
	struct err why;
};

int cutter_photo(const struct cutter *k, const struct record *photo,
	const char *file, const struct record_box *const *box, int n,
	struct derived_names *names, struct cutter_crop *crop, struct err *e);

/* The same for the one box and path of the first version. */
int cutter_legacy(const struct record *photo, const char *file,
	const struct record_box *box, const char *path,
	struct cutter_crop *crop, struct err *e);

#endif
