/*
 * Records: one JSON object a line, deepstyle-record(5), between programs.
 *
 *	{"path":"img/1.jpg","width":300,"height":450,
 *	 "boxes":[{"bbox":[x,y,w,h],"category":"full","category_id":3,
 *	 "score":0.98}]}
 *
 * Pixels; the corner of the picture is 0,0; w and h are x2-x1 and y2-y1. What
 * is known is in the struct's fields; every other key stays in json, where it
 * was and as it was, numbers to the last digit, until record_write prints it.
 * So the fields are for reading: what shall be written goes through the
 * setters.
 *
 *	while ((got = lines_next(&in, &why)) != 0) {
 *		arena_reset(&a);
 *		if (got < 0 || record_parse(&r, in.line, in.n, &a, &why))
 *			... err_wrap(&why, "%s:%ld", in.name, in.number);
 *		record_set_number(&r, "sharpness", 0.7);
 *		record_write(&r, stdout, e);
 *	}
 */
#ifndef DATA_RECORD_H
#define DATA_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"
#include "json/json.h"

struct record_box {
	double x, y, w, h;
	const char *category; /* NULL: none given */
	int64_t category_id;  /* 0: none given */
	double score;
	bool has_score;
	struct json *json; /* where it was read, with its other keys, or NULL */
};

struct record {
	const char *path;
	int64_t width, height; /* 0: not known */
	struct record_box *boxes;
	int nboxes;
	struct json *json;   /* the whole object */
	struct arena *arena; /* where all of it lives */
};

/*
 * A record from a line of n bytes: an object with at least a "path", or, when
 * it does not begin with a brace, a bare path. All is allocated in a.
 * ERR_DATA: no JSON, a known key of the wrong kind, a box that is not four
 * finite numbers with width and height of at least 0, its corner and area
 * finite too. The message names the key or box; the caller puts file and line
 * before it.
 */
int record_parse(struct record *r, const char *line, size_t n, struct arena *a,
	struct err *e);

/* A record with nothing but its path. */
void record_new(struct record *r, const char *path, struct arena *a);

/*
 * Set what is known: struct and JSON both. Boxes are copied; one that still
 * holds the json that it was read from keeps its other keys, so that a filter
 * of boxes changes nothing in those that it lets through.
 */
void record_set_path(struct record *r, const char *path);
void record_set_size(struct record *r, int64_t width, int64_t height);
void record_set_boxes(struct record *r, const struct record_box *boxes, int n);

/* Set any other key; a number that is not finite is written as null. The
 * value of record_set_json was made in r->arena and is part of nothing else. */
void record_set_number(struct record *r, const char *key, double v);
void record_set_integer(struct record *r, const char *key, int64_t v);
void record_set_string(struct record *r, const char *key, const char *v);
void record_set_json(struct record *r, const char *key, struct json *v);

/* One line. -1 with ERR_IO when f can't be written. */
int record_write(const struct record *r, FILE *f, struct err *e);

#endif
