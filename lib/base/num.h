/*
 * Numbers from text, strictly: the whole string, base ten, inside the range.
 * Return false and leave *v alone otherwise.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

bool num_int(const char *s, int64_t lo, int64_t hi, int64_t *v);
bool num_real(const char *s, double lo, double hi, double *v);
/* Bytes: 300, 20K, 1.5M or 2G, in steps of 1024, small letters too. */
bool num_bytes(const char *s, int64_t *v);

#endif
