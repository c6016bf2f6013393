#include "base/sweep.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a name is NAME.tmp.PID, of a process that is gone; it is cut to NAME
 * then. */
static bool is_left(char *name)
{
	char *tmp = strstr(name, ".tmp."), *end;
	long pid;

	if (!tmp || tmp[5] < '1' || tmp[5] > '9')
		return false;
	errno = 0;
	pid = strtol(tmp + 5, &end, 10);
	if (*end || errno || pid > INT32_MAX || !kill((pid_t)pid, 0) ||
		errno != ESRCH)
		return false;
	*tmp = 0;
	return true;
}

int sweep_folder(const char *dir, bool (*ours)(const char *name))
{
	DIR *d = opendir(dir);
	struct arena a = {0};
	struct dirent *f;
	int n = 0;

	while (d && (f = readdir(d))) {
		char *name = arena_dup(&a, f->d_name);

		if (is_left(name) && ours(name))
			n += !unlink(file_join(&a, dir, f->d_name));
	}
	if (d)
		closedir(d);
	arena_release(&a);
	return n;
}
