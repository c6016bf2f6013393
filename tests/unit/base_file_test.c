#define _XOPEN_SOURCE 700
#include "base/file.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"

static struct arena mem;
static char dir[] = "/tmp/file_test.XXXXXX";

static char *in_dir(const char *name)
{
	return file_join(&mem, dir, name);
}

/* How many names a folder has. */
static int count(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

static void remove_all(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_all(file_join(&mem, path, entry->d_name));
	if (d)
		closedir(d);
	remove(path);
}

static const char *content(const char *path)
{
	size_t n;

	return file_read(path, 1000, &mem, &n, NULL);
}

static void test_commit(void)
{
	const char *path = in_dir("new/deep/a.txt");
	struct file_out o;
	struct err e = {0};

	is_int(file_begin(&o, path, &e), 0, "missing folders are made");
	fputs("one", o.f);
	fflush(o.f);
	ok(!content(path), "not under its name before it is whole");
	is_int(file_commit(&o, &e), 0, "committed");
	is_str(content(path), "one", "then whole");

	file_begin(&o, path, &e);
	fputs("two", o.f);
	fflush(o.f);
	is_str(content(path), "one", "the old stays until the new is whole");
	file_abort(&o);
	is_str(content(path), "one", "and after an abort");
	file_begin(&o, path, &e);
	fputs("three", o.f);
	file_commit(&o, &e);
	is_str(content(path), "three", "a commit replaces it");
	is_int(count(in_dir("new/deep")), 1, "no temporary file is left");
	is_int(e.code, ERR_NONE, "and no error was set");
}

static void test_failures(void)
{
	struct file_out o;
	struct stat st;
	struct err e = {0};

	file_begin(&o, "/dev/full", &e);
	fputs("x", o.f);
	ok(file_commit(&o, &e) && e.code == ERR_IO, "a full disk");
	is_str(e.msg, "cannot write '/dev/full': No space left on device",
		"is reported");
	ok(!stat("/dev/full", &st) && S_ISCHR(st.st_mode), "and still there");

	file_begin(&o, in_dir("a"), &e);
	file_commit(&o, &e);
	ok(file_begin(&o, in_dir("a/b"), &e) && e.code == ERR_CREATE,
		"a file is no folder");
	ok(file_begin(&o, "/proc/none/x", &e) && e.code == ERR_CREATE,
		"a folder that cannot be made");

	file_mkdirs(in_dir("taken"), &e);
	file_begin(&o, in_dir("taken"), &e);
	ok(file_commit(&o, &e) && e.code == ERR_IO, "a folder is no file");
	is_int(count(dir), 3, "nothing is left behind");
}

static void test_read(void)
{
	struct err e = {0};
	struct file_out o;
	size_t n = 0;
	char *p;

	file_begin(&o, in_dir("bytes"), &e);
	fwrite("a\0b", 1, 3, o.f);
	file_commit(&o, &e);
	p = file_read(in_dir("bytes"), 3, &mem, &n, &e);
	ok(p && n == 3 && !memcmp(p, "a\0b", 4), "a file of at most max");
	ok(!file_read(in_dir("bytes"), 2, &mem, &n, &e) && e.code == ERR_DATA,
		"a larger one");
	ok(!file_read(in_dir("none"), 9, &mem, &n, &e) && e.code == ERR_NOINPUT,
		"one that is not there");
	ok(!file_read(dir, 9, &mem, &n, &e) && e.code == ERR_IO, "a folder");
	is_str(e.msg + strlen(e.msg) - 16, ": Is a directory", "is named so");
	p = file_read(in_dir("a"), 9, &mem, &n, &e);
	ok(p && n == 0 && !*p, "an empty one");
}

/* A pipe has no size: what `--cfg <(sed ...)` gives. */
static void test_pipe(void)
{
	struct err e = {0};
	char name[32], *p, big[5000] = "";
	size_t n = 0;
	int fd[2];

	if (pipe(fd))
		exit(1);
	memset(big, 'x', sizeof big - 1);
	ok(write(fd[1], big, sizeof big) == sizeof big, "a pipe is filled");
	close(fd[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", fd[0]);
	p = file_read(name, sizeof big, &mem, &n, &e);
	ok(p && n == sizeof big && !strcmp(p, big), "and read to its end");
	p = file_read(name, 0, &mem, &n, &e);
	ok(p && n == 0 && !*p, "an empty one");
	close(fd[0]);
	ok(!file_read("/dev/zero", 9999, &mem, &n, &e) && e.code == ERR_DATA,
		"one without end has a limit");
	is_str(e.msg, "'/dev/zero' has more than 9999 bytes", "that is named");
}

static void test_paths(void)
{
	struct err e = {0};

	is_str(file_join(&mem, "root", "a/b"), "root/a/b", "joined");
	is_str(file_join(&mem, "root", "/a"), "/a", "absolute");
	is_str(file_join(&mem, "", "a"), "a", "an empty root");
	is_str(file_join(&mem, NULL, "a"), "a", "no root");
	is_str(file_base("a/b/c.jpg"), "c.jpg", "the last part");
	is_str(file_base("c.jpg"), "c.jpg", "the only part");
	is_int(file_mkdirs(in_dir("p/q/r/"), &e), 0, "a slash at the end");
	is_int(file_mkdirs(in_dir("p/q/r"), &e), 0, "a folder that exists");
	is_int(count(in_dir("p/q")), 1, "is there");
	ok(file_mkdirs(in_dir("bytes"), &e) && e.code == ERR_CREATE,
		"a file is no folder");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	test_commit();
	test_failures();
	test_read();
	test_pipe();
	test_paths();
	remove_all(dir);
	arena_release(&mem);
	return done();
}
