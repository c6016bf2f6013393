/* Shared inside the json room. */
#ifndef JSON_JSON_INT_H
#define JSON_JSON_INT_H

#include <stddef.h>
#include "base/err.h"

/* What cJSON lets pass or does not see: depth, UTF-8, control characters,
 * the grammar and range of numbers. text[n] is 0. The grammar of the rest is
 * cJSON's affair. */
int json_scan(const char *text, size_t n, struct err *e);

/* The first number at or after s that is not inside a string, NULL when there
 * is none; and the bytes that it takes. For text that json_scan accepted. */
const char *json_scan_number(const char *s);
size_t json_scan_number_len(const char *s);

#endif
