/*
 * For fuzz targets. One is a file tests/fuzz/NAME_fuzz.c with the function
 * below, and a few inputs in tests/fuzz/corpus/NAME/ (and, if it helps,
 * libFuzzer's dictionary tests/fuzz/NAME.dict). `make fuzz FUZZ=NAME T=600`
 * looks for inputs that break it; `make check` replays the corpus.
 *
 * A target returns 0 whatever the input is: that it comes back at all, without
 * a sanitizer's complaint or a BUG_ON of its own, is what is tested.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A path under which the bytes can be read, for readers that take one. It is
 * the same file each time. */
static inline const char *fuzz_file(const void *data, size_t n)
{
	static char path[64];
	static FILE *f;
	ssize_t wrote;

	if (!f) {
		f = tmpfile();
		BUG_ON(!f);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(f));
	}
	BUG_ON(ftruncate(fileno(f), 0));
	wrote = pwrite(fileno(f), data, n, 0);
	BUG_ON(wrote < 0 || (size_t)wrote != n);
	return path;
}

#endif
