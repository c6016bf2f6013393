/* Shared inside the json room: what a value is, and numbers as text. */
#ifndef JSON_JSON_INT_H
#define JSON_JSON_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "json/json.h"

struct json {
	enum json_kind kind;
	bool truth;       /* of a boolean */
	uint32_t len;     /* of a number's text, which no 0 need end */
	const char *text; /* of a string or number */
	const char *key;  /* of a member */
	struct json *first, *last, *next;
};

/* Bytes of the UTF-8 sequence at s, of which n are there; 0 when it is none. */
size_t json_utf8_len(const char *s, size_t n);

/* The bytes that a number by RFC 8259 takes, followed by anything that no
 * number has in it (0 included); 0 when it is malformed. */
size_t json_number_len(const char *s);
/* Its value, the double that strtod gives: infinite when it is too large. */
double json_number_value(const char *s, size_t len);

#endif
