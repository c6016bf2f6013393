#include "gan/ring.h"
#include "base/arena.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char ending[] = ".safetensors";

/* The images in a kept checkpoint's name, or -1. */
static int64_t images_of(const char *name, const char *stem, size_t n)
{
	long long images;
	int end = 0;

	if (strncmp(name, stem, n) || name[n] != '_' ||
		sscanf(name + n + 1, "%12lld%n", &images, &end) != 1 ||
		strcmp(name + n + 1 + end, ending))
		return -1;
	return images;
}

/* How many of a ring there are, and the oldest's images. */
static int count(const char *dir, const char *stem, size_t n, int64_t *oldest)
{
	DIR *d = opendir(dir);
	int all = 0;

	*oldest = -1;
	if (!d)
		return 0;
	for (struct dirent *f; (f = readdir(d));) {
		int64_t images = images_of(f->d_name, stem, n);

		if (images < 0)
			continue;
		if (!all++ || images < *oldest)
			*oldest = images;
	}
	closedir(d);
	return all;
}

static const char *kept(struct arena *a, const char *model, int64_t images)
{
	size_t n = strlen(model) - strlen(ending);

	return arena_printf(
		a, "%.*s_%08lld%s", (int)n, model, (long long)images, ending);
}

int gan_ring_keep(const char *model, int64_t images, int keep, struct err *e)
{
	struct arena a = {0};
	const char *base = file_base(model), *to = kept(&a, model, images);
	const char *dir = arena_printf(&a, "%.*s.", (int)(base - model), model);
	size_t n = strlen(base) - strlen(ending);
	int64_t oldest;
	int bad = 0;

	unlink(to);
	if (link(model, to))
		bad = err_set(e, ERR_CREATE, "cannot keep '%s' as '%s': %s",
			model, to, strerror(errno));
	while (!bad && count(dir, base, n, &oldest) > keep)
		if (unlink(kept(&a, model, oldest)))
			break;
	arena_release(&a);
	return bad;
}
