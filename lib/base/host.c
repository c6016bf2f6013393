#include "base/host.h"
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>

enum { LINE_SIZE = 4096 };

/* The number behind a key at the beginning of a line; the file's only number
 * where key is "". */
static bool number(const char *path, const char *key, size_t *v)
{
	FILE *f = fopen(path, "r");
	size_t n = strlen(key);
	char line[LINE_SIZE];
	bool got = false;

	while (f && !got && fgets(line, sizeof line, f)) {
		char *end;
		unsigned long long x;

		if (strncmp(line, key, n))
			continue;
		x = strtoull(line + n, &end, 10);
		got = end != line + n; /* "max" is none */
		if (got)
			*v = (size_t)x;
	}
	if (f)
		fclose(f);
	return got;
}

static size_t kib(const char *path, const char *key)
{
	size_t v;

	return number(path, key, &v) && v < SIZE_MAX >> 10 ? v << 10 : 0;
}

static size_t less(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

static void lower(
	struct host_memory *m, size_t total, size_t available, const char *by)
{
	if (total < m->total) {
		m->total = total;
		m->by = by;
	}
	if (available < m->available)
		m->available = available;
}

/* How the two versions of control groups call the same things. */
struct group_files {
	const char *mount, *limit, *used, *cache;
};

static void one_group(struct host_memory *m, const char *folder,
	const struct group_files *as, struct arena *a)
{
	size_t limit, used = 0, cache = 0;

	if (!number(arena_printf(a, "%s/%s", folder, as->limit), "", &limit))
		return;
	number(arena_printf(a, "%s/%s", folder, as->used), "", &used);
	/* What was read from files goes when the room is wanted. */
	number(arena_printf(a, "%s/memory.stat", folder), as->cache, &cache);
	lower(m, limit, less(limit, less(used, cache)), "its control group");
}

/* A group and all those that it is in: each may set a limit. */
static void group_and_up(struct host_memory *m, const char *root, char *group,
	const struct group_files *as, struct arena *a)
{
	char *slash;

	do {
		one_group(m, arena_printf(a, "%s%s%s", root, as->mount, group),
			as, a);
		slash = strrchr(group, '/');
		if (slash)
			*slash = 0;
	} while (slash);
}

/* Lines of /proc/self/cgroup are "4:memory:/a/b", or "0::/a/b" in version 2. */
static void groups(struct host_memory *m, const char *root, struct arena *a)
{
	static const struct group_files v1 = {"/sys/fs/cgroup/memory",
		"memory.limit_in_bytes", "memory.usage_in_bytes",
		"total_inactive_file "};
	static const struct group_files v2 = {"/sys/fs/cgroup", "memory.max",
		"memory.current", "inactive_file "};
	FILE *f = fopen(arena_printf(a, "%s/proc/self/cgroup", root), "r");
	char line[LINE_SIZE];

	while (f && fgets(line, sizeof line, f)) {
		char *which = strchr(line, ':');
		char *group = which ? strchr(which + 1, ':') : NULL;

		if (!group)
			continue;
		*group++ = 0;
		group[strcspn(group, "\n")] = 0;
		if (!which[1])
			group_and_up(m, root, group, &v2, a);
		else if (strstr(which, "memory"))
			group_and_up(m, root, group, &v1, a);
	}
	if (f)
		fclose(f);
}

static void limits(struct host_memory *m)
{
	struct rlimit as;

	if (!getrlimit(RLIMIT_AS, &as) && as.rlim_cur != RLIM_INFINITY)
		lower(m, (size_t)as.rlim_cur, (size_t)as.rlim_cur,
			"the limit on its address space");
}

struct host_memory host_memory(const char *root)
{
	struct host_memory m = {SIZE_MAX, SIZE_MAX, "nothing known"};
	struct arena a = {0};
	const char *info;
	size_t total;

	root = root ? root : "";
	info = arena_printf(&a, "%s/proc/meminfo", root);
	total = kib(info, "MemTotal:");
	if (total)
		lower(&m, total + kib(info, "SwapTotal:"),
			kib(info, "MemAvailable:") + kib(info, "SwapFree:"),
			"this machine");
	groups(&m, root, &a);
	limits(&m);
	arena_release(&a);
	return m;
}

size_t host_disk(const char *folder)
{
	struct statvfs s;

	if (statvfs(folder, &s))
		return SIZE_MAX;
	return (size_t)s.f_bavail * (size_t)s.f_frsize;
}
