/*
 * Drives a fuzz target without libFuzzer: tests/fuzz/corpus/NAME, or the files
 * that are named, each whole and then cut short.
 */
#include <dirent.h>
#include "base/arena.h"
#include "base/file.h"
#include "fuzz.h"
#include "tap.h"

enum { FILE_MAX = 1 << 24, CUTS = 16 };

/* In memory of exactly its size, where a sanitizer sees the end of it. */
static void feed(const char *data, size_t n)
{
	uint8_t *copy = calloc(n ? n : 1, 1);

	BUG_ON(!copy);
	memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void replay(const char *path)
{
	struct arena a = {0};
	struct err e;
	size_t n;
	const char *data = file_read(path, FILE_MAX, &a, &n, &e);

	if (!data) {
		ok(false, "%s", e.msg);
	} else {
		for (size_t i = 1; i < CUTS; i++)
			feed(data, n * i / CUTS);
		feed(data, n);
		ok(true, "%s", path);
	}
	arena_release(&a);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void replay_corpus(const char *program)
{
	struct arena a = {0};
	const char *name = file_base(program), *end = strstr(name, "_fuzz");
	const char *dir = arena_printf(&a, "tests/fuzz/corpus/%.*s",
		end ? (int)(end - name) : 0, name);
	struct dirent **entry = NULL;
	int n = scandir(dir, &entry, visible, alphasort);

	ok(n > 0, "%s has inputs", dir);
	for (int i = 0; i < n; i++) {
		replay(arena_printf(&a, "%s/%s", dir, entry[i]->d_name));
		free(entry[i]);
	}
	free(entry);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	feed("", 0);
	if (argc == 1)
		replay_corpus(argv[0]);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return done();
}
