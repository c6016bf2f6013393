/*
 * Zip archives as PyTorch writes them: files that are stored, not packed.
 * (PKWARE, APPNOTE.TXT, 4.3; with the 64-bit extensions.)
 */
#ifndef FOREIGN_ZIP_H
#define FOREIGN_ZIP_H

#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"

struct zip_file {
	const char *name; /* NUL-terminated, in the arena */
	const uint8_t *data;
	size_t n;
};

struct zip {
	int n;
	struct zip_file *file; /* by name */
};

/* The files of the archive of n bytes at p, which they are in. ERR_DATA when
 * it is broken, or a file is packed or encrypted. */
int zip_open(struct zip *z, const uint8_t *p, size_t n, struct arena *a,
	struct err *e);
/* The file of that name, or NULL. */
const struct zip_file *zip_find(const struct zip *z, const char *name);

#endif
