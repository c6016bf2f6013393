/*
 * What a process that was killed had begun to write (base/file.h) and nobody
 * will end.
 *
 *	removed = sweep_folder("out", is_ours);
 */
#ifndef BASE_SWEEP_H
#define BASE_SWEEP_H

#include <stdbool.h>

/* Remove it from a folder, where the name that it would have had is ours; how
 * many. What a process that lives on this machine has begun stays. */
int sweep_folder(const char *dir, bool (*ours)(const char *name));

#endif
