/* What the host lets us have, as files say that we plant. */
#define _XOPEN_SOURCE 700
#include "base/arena.h"
#include "base/file.h"
#include "base/host.h"
#include "tap.h"

#include <ftw.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static char root[] = "/tmp/host_test.XXXXXX";
static struct arena mem;

static void put(const char *path, const char *text)
{
	struct file_out o;

	if (file_begin(&o, arena_printf(&mem, "%s/%s", root, path), NULL))
		exit(1);
	fputs(text, o.f);
	file_finish(&o, NULL);
}

static int drop(
	const char *path, const struct stat *st, int kind, struct FTW *w)
{
	(void)st;
	(void)kind;
	(void)w;
	return remove(path);
}

static void is_mib(int total, int available, const char *what)
{
	struct host_memory m = host_memory(root);

	is_int((int)(m.total / MIB), total, what);
	is_int((int)(m.available / MIB), available, "available");
}

int main(void)
{
	struct host_memory real = host_memory(NULL);

	ok(real.total > MIB && real.available > MIB &&
			real.available <= real.total,
		"this machine has memory: %zu of %zu MiB, by %s",
		real.available / MIB, real.total / MIB, real.by);
	if (!mkdtemp(root))
		return 1;
	ok(host_memory(root).total == SIZE_MAX, "nothing is known");

	put("proc/meminfo",
		"MemTotal:  4194304 kB\nMemFree: 1 kB\nMemAvailable:  "
		"2097152 kB\nSwapTotal: 1048576 kB\nSwapFree: 524288 kB\n");
	is_mib(5120, 2560, "memory and swap");

	put("proc/self/cgroup", "1:cpu:/x\n0::/job/step\n");
	put("sys/fs/cgroup/job/step/memory.max", "max\n");
	put("sys/fs/cgroup/job/step/memory.current", "4096\n");
	is_mib(5120, 2560, "a group without a limit");
	put("sys/fs/cgroup/job/memory.max", "1073741824\n");
	put("sys/fs/cgroup/job/memory.current", "838860800\n");
	put("sys/fs/cgroup/job/memory.stat",
		"anon 1\nactive_file 5\ninactive_file 314572800\n");
	is_mib(1024, 524, "a limit further up, less what is no cache");
	is_str(host_memory(root).by, "its control group", "it is said");

	put("proc/self/cgroup", "4:memory:/a\n");
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "536870912\n");
	put("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "104857600\n");
	is_mib(512, 412, "version 1");
	put("sys/fs/cgroup/memory/a/memory.limit_in_bytes",
		"9223372036854771712\n");
	is_mib(5120, 2560, "version 1 without a limit");

	ok(host_disk(root) != SIZE_MAX, "room on a disk");
	ok(host_disk("/nowhere/at/all") == SIZE_MAX, "no folder, no room");
	nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS);
	arena_release(&mem);
	return done();
}
