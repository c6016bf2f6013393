/*
 * What the host lets the process have of its memory: physical memory and swap,
 * less where a control group (Linux' cgroups, both versions: containers, Slurm,
 * systemd) or a limit of the process' own (ulimit -v) says so.
 *
 *	struct host_memory m = host_memory(NULL);
 *	if (need > m.total)
 *		return err_set(e, ERR_OS, "...");
 */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stddef.h>

struct host_memory {
	size_t total;     /* bytes at most; SIZE_MAX: not known */
	size_t available; /* of them now, beside all that others hold */
	const char *by;   /* what sets the total: "this machine", ... */
};

/* root: a folder that stands for "/", to read proc and sys below it; NULL for
 * the real ones. */
struct host_memory host_memory(const char *root);

/* Bytes that the file system of a folder has free for us; SIZE_MAX: not known,
 * the folder is not there. */
size_t host_disk(const char *folder);

#endif
