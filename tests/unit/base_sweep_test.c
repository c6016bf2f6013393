#define _XOPEN_SOURCE 700
#include "base/sweep.h"
#include "base/file.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

static struct arena mem;
static char dir[] = "/tmp/sweep_test.XXXXXX";

/* NAME.tmp.PID, with some bytes. */
static const char *left(const char *name, long pid)
{
	char *path = arena_printf(&mem, "%s/%s.tmp.%ld", dir, name, pid);

	if (file_put(path, "x", 1, NULL))
		exit(1);
	return path;
}

static bool is_a(const char *name)
{
	return !strcmp(name, "a");
}

int main(void)
{
	const char *gone, *other, *live, *word;
	pid_t pid;

	if (!mkdtemp(dir))
		return 1;
	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	gone = left("a", (long)pid);
	other = left("b", (long)pid);
	live = left("a", (long)getpid());
	word = arena_printf(&mem, "%s/a.tmp.%ldx", dir, (long)pid);
	file_put(word, "x", 1, NULL);
	is_int(sweep_folder(dir, is_a), 1, "one is removed");
	ok(access(gone, F_OK), "that of a process that is gone");
	ok(!access(other, F_OK), "not of another name");
	ok(!access(live, F_OK), "nor of a process that lives");
	ok(!access(word, F_OK), "nor what is no process's");
	is_int(sweep_folder("/tmp/none.such", is_a), 0, "no folder, none");
	unlink(other);
	unlink(live);
	unlink(word);
	rmdir(dir);
	arena_release(&mem);
	return done();
}
