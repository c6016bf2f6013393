#include "app/trainer_int.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/sweep.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *trainer_file(const struct trainer *t, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", t->config.output_dir, name);
}

/* ---- the checkpoints that are there ---- */

/* N of model_iterN.safetensors; -1: it is none. */
static int64_t number(const char *name)
{
	char digits[32];
	int64_t n;
	int end = 0;

	/* Not a temporary one that a killed run left behind. */
	if (sscanf(name, "model_iter%31[0-9].safetensors%n", digits, &end) !=
			1 ||
		!end || name[end] || !num_int(digits, 0, INT64_MAX, &n))
		return -1;
	return n;
}

/* A checkpoint of some run in OUTPUT_DIR. */
struct found {
	int64_t iteration;
	char *name;
};

static int newest_first(const void *x, const void *y)
{
	const struct found *a = x, *b = y;

	return a->iteration > b->iteration ? -1 : a->iteration < b->iteration;
}

/* All of them, the newest first; how many. *list is the heap's, the names are
 * in a. */
static int find(const struct trainer *t, struct arena *a, struct found **list)
{
	DIR *dir = opendir(t->config.output_dir);
	struct dirent *f;
	int n = 0;

	*list = NULL;
	while (dir && (f = readdir(dir))) {
		int64_t at = number(f->d_name);

		if (at < 0)
			continue;
		*list = mem_grow(*list, (size_t)n + 1, sizeof **list);
		(*list)[n++] = (struct found){at, arena_dup(a, f->d_name)};
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(*list, (size_t)n, sizeof **list, newest_first);
	return n;
}

char *trainer_newest(const struct trainer *t, struct arena *a)
{
	struct found *list;
	char *name =
		find(t, a, &list) ? trainer_file(t, a, list[0].name) : NULL;

	mem_free(list);
	return name;
}

/* Whether this run wrote it. One that began anew, in a folder where another had
 * been, knows its own. */
static bool is_own(const struct trainer *t, int64_t iteration)
{
	if (t->config.auto_resume)
		return true;
	for (int i = 0; i < t->nsaved; i++)
		if (t->saved[i] == iteration)
			return true;
	return false;
}

int64_t trainer_newest_before(const struct trainer *t, int64_t limit)
{
	struct arena a = {0};
	struct found *list;
	int n = find(t, &a, &list), i = 0;
	int64_t at;

	while (i < n &&
		(list[i].iteration >= limit || !is_own(t, list[i].iteration)))
		i++;
	at = i < n ? list[i].iteration : 0;
	mem_free(list);
	arena_release(&a);
	return at;
}

char *trainer_checkpoint_path(
	const struct trainer *t, struct arena *a, int64_t iteration)
{
	return arena_printf(a, "%s/model_iter%07lld.safetensors",
		t->config.output_dir, (long long)iteration);
}

void trainer_thin_out(struct trainer *t)
{
	int64_t most = t->config.keep_snapshots, kept = 0;
	struct arena a = {0};
	struct found *list;
	int n;

	if (t->ranks.rank)
		return;
	n = find(t, &a, &list);
	for (int i = 0; i < n && most > 0; i++) {
		const char *path = trainer_file(t, &a, list[i].name);

		/* What this run has not come to yet is another's. */
		if (list[i].iteration > t->d.iteration || kept++ < most)
			continue;
		if (!unlink(path) && t->c->verbose)
			cli_note(t->c, "removed '%s'", path);
	}
	mem_free(list);
	arena_release(&a);
}

/* Whether the saving of weights is what a temporary file is of. */
static bool is_ours(const char *name)
{
	return number(name) >= 0 || !strcmp(name, TRAINER_FINAL) ||
	       !strcmp(name, TRAINER_BEST);
}

void trainer_sweep(const struct trainer *t)
{
	int n = sweep_folder(t->config.output_dir, is_ours);

	if (n && t->c->verbose)
		cli_note(t->c, "removed %d half-written files from '%s'", n,
			t->config.output_dir);
}

/* ---- writing ---- */

int trainer_checkpoint(struct trainer *t, struct err *e)
{
	struct arena a = {0};
	char *path;
	int bad;

	/* All processes go back to the same. */
	t->saved = mem_grow(t->saved, (size_t)t->nsaved + 1, sizeof *t->saved);
	t->saved[t->nsaved++] = t->d.iteration;
	if (t->ranks.rank)
		return 0;
	path = trainer_checkpoint_path(t, &a, t->d.iteration);
	bad = detector_save(&t->d, path, true, e);
	if (bad) {
		const char *last = trainer_newest(t, &a);
		const char *why = arena_dup(&a, e->msg);

		err_set(e, e->code, "%s; %s%s%s", why,
			last ? "a run will go on from '" : "there is none",
			last ? last : " from before",
			last ? "', which is whole" : "");
	} else {
		if (t->c->verbose)
			cli_note(t->c, "wrote '%s'", path);
		/* Now that the new one is safe. */
		trainer_thin_out(t);
	}
	arena_release(&a);
	return bad;
}

int trainer_save_weights(struct trainer *t, const char *name, struct err *e)
{
	struct detector *d = &t->d;
	struct arena a = {0};
	int bad;

	if (t->ranks.rank)
		return 0;
	if (d->ema.on)
		nn_ema_swap(&d->ema, &d->model.params);
	bad = detector_save(d, trainer_file(t, &a, name), false, e);
	if (d->ema.on)
		nn_ema_swap(&d->ema, &d->model.params);
	arena_release(&a);
	return bad;
}
