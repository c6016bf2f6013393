/*
 * JSON that is too large for a tree: the outermost object and its arrays are
 * walked, each item is parsed by itself, so that memory is bounded by the
 * largest item (JSON_MAX).
 *
 *	json_stream_open(&s, "coco.json", e);
 *	json_stream_object(&s, e);
 *	while ((got = json_stream_key(&s, &key, e)) > 0) {
 *		if (strcmp(key, "images"))
 *			bad = json_stream_skip(&s, e);
 *		else
 *			bad = json_stream_array(&s, e);
 *		while (!bad && (got = json_stream_item(&s, &item, a, e)) > 0)
 *			use(item);
 *	}
 *	json_stream_end(&s, e);
 *	json_stream_close(&s);
 *
 * Every message begins with "file:line: ".
 */
#ifndef JSON_JSON_STREAM_H
#define JSON_JSON_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "json/json.h"

struct json_stream {
	const char *name; /* of the file, for messages */
	long line;        /* that is being read, from 1 */
	/* The text of the last item or value, good until the next call, and
	 * where in the file it began. */
	const char *text;
	size_t n;
	int64_t offset;

	FILE *f;
	bool ours; /* to be closed */
	char *p;   /* [cap]: bytes of the file from base, read up to at */
	size_t at, end, cap;
	int64_t base;
	struct buf key;
	bool comma; /* an item was read from the list that we are in */
};

/* "-" is standard input. path must outlive the stream. */
int json_stream_open(struct json_stream *s, const char *path, struct err *e);
/* The same for an open file, which is not closed in the end. */
void json_stream_begin(struct json_stream *s, FILE *f, const char *name);
void json_stream_close(struct json_stream *s);

/* Enter the object, or the array, that comes next; ERR_DATA when it is
 * something else. */
int json_stream_object(struct json_stream *s, struct err *e);
int json_stream_array(struct json_stream *s, struct err *e);

/* The next key of the object: 1; 0 behind its end; -1. The key is good until
 * the next call. Its value must be entered, taken or skipped. */
int json_stream_key(struct json_stream *s, const char **key, struct err *e);
/* The next item of the array: 1; 0 behind its end; -1. */
int json_stream_item(struct json_stream *s, struct json **item, struct arena *a,
	struct err *e);
/* The value of the key, as a tree: 0 or -1. */
int json_stream_value(struct json_stream *s, struct json **value,
	struct arena *a, struct err *e);
/* Pass over a value, however large, without a look at what is in it. */
int json_stream_skip(struct json_stream *s, struct err *e);

/* Nothing may follow. */
int json_stream_end(struct json_stream *s, struct err *e);

#endif
