/*
 * JSON. A value is an opaque struct json that lives in an arena; nothing is
 * freed singly, a reset of the arena is the end of all. It is our own because
 * the usual libraries lose the text of numbers, and most of the time that our
 * programs take for large files would be theirs.
 *
 *	struct json *j = json_parse(line, n, &a, &e);
 *	const char *path = json_get_str(j, "path");
 *	json_put(&a, j, "score", json_num(&a, 0.98));
 *	json_print(j, stdout);
 *
 * What reading accepts is RFC 8259 and no more: at most JSON_MAX bytes and
 * JSON_DEPTH levels, valid UTF-8, no NUL in a string, no number that a double
 * can't hold. Where an object has the same key twice, the last one counts.
 *
 * Numbers keep the text that they were read from, so that what passes through
 * is printed as it came: an identifier beyond 2^53 loses no digit. Numbers
 * that were computed print as integers where they are whole, else as the
 * shortest decimal that reads back as the same double.
 *
 * Any number of threads may use it, each with arenas of its own.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct json;

enum { JSON_MAX = 16 << 20, JSON_DEPTH = 64 };

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* One value and nothing behind it, from n bytes of text, which are copied.
 * NULL with ERR_DATA; the message names the byte, counted from 1. */
struct json *json_parse(
	const char *text, size_t n, struct arena *a, struct err *e);

/* What it is; a NULL pointer is a JSON_NULL. */
enum json_kind json_kind(const struct json *j);
/* "an array", "a string", ... for messages. */
const char *json_kind_name(const struct json *j);

/* The items of an array or members of an object in their order, O(1) each;
 * nothing for any other value or NULL. */
struct json *json_first(const struct json *list);
struct json *json_next(const struct json *item);
const char *json_key(const struct json *member);
int json_count(const struct json *list);
#define json_each(item, list) \
	for (struct json *item = json_first(list); item; item = json_next(item))

/* The member of that name, case and all; NULL when there is none or obj is no
 * object. */
struct json *json_get(const struct json *obj, const char *key);

/* The value as a C type: false (NULL for strings), with *v left alone, when j
 * is NULL or of another kind. An int is any whole number in the range: 3.0 and
 * 3e0 are 3. */
bool json_to_bool(const struct json *j, bool *v);
bool json_to_int(const struct json *j, int64_t *v);
bool json_to_num(const struct json *j, double *v);
const char *json_to_str(const struct json *j);
/* The same for a member. */
bool json_get_bool(const struct json *obj, const char *key, bool *v);
bool json_get_int(const struct json *obj, const char *key, int64_t *v);
bool json_get_num(const struct json *obj, const char *key, double *v);
const char *json_get_str(const struct json *obj, const char *key);

/* New values in an arena; strings are copied. A number that is not finite
 * becomes null: JSON has no word for it. */
struct json *json_null(struct arena *a);
struct json *json_bool(struct arena *a, bool v);
struct json *json_int(struct arena *a, int64_t v);
struct json *json_num(struct arena *a, double v);
struct json *json_str(struct arena *a, const char *s);
struct json *json_array(struct arena *a);
struct json *json_object(struct arena *a);
struct json *json_copy(struct arena *a, const struct json *j);

/* Append to an array. The item must not be part of another value. */
void json_add(struct json *array, struct json *item);
/* Set a member: in the place of the one that has this key, else at the end.
 * The value must not be part of another value. */
void json_put(
	struct arena *a, struct json *obj, const char *key, struct json *value);

/*
 * Text, compact and on one line. Bytes of a string that are not UTF-8 are
 * printed as U+FFFD. json_print returns -1 when f can't be written.
 */
int json_print(const struct json *j, FILE *f);
bool json_print_buf(const struct json *j, struct buf *b);

/* The parts, for whoever streams what is too large for a tree. */
bool json_quote(struct buf *b, const char *s);
enum { JSON_NUMBER_SIZE = 32 };
const char *json_format(double v, char text[JSON_NUMBER_SIZE]);

/* How many of n bytes are valid UTF-8, from the first. */
size_t json_utf8_span(const char *s, size_t n);

#endif
