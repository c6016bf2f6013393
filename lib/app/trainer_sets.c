#include "app/trainer_int.h"

#include <string.h>

enum { PHOTOS_AT_ONCE = 1024 };

/* ---- what is found to be wrong ---- */

static int print_find(
	const struct trainer *t, const struct lint_find *f, struct err *e)
{
	struct arena a = {0};
	struct json *j = json_object(&a), *box = json_array(&a);
	int bad;

	json_put(&a, j, "set", json_str(&a, t->linted->name));
	json_put(&a, j, "kind", json_str(&a, lint_name(f->kind)));
	if (f->ann)
		json_put(&a, j, "annotation", json_int(&a, f->ann->id));
	if (f->image) {
		json_put(&a, j, "image", json_int(&a, f->image->id));
		json_put(&a, j, "path", json_str(&a, f->image->file));
	}
	for (int i = 0; f->ann && i < 4; i++)
		json_add(box, json_num(&a, f->ann->box[i]));
	if (f->ann)
		json_put(&a, j, "bbox", box);
	json_put(&a, j, "fate", json_str(&a, lint_fate_words(f->fate)));
	json_put(&a, j, "message", json_str(&a, f->msg));
	bad = json_print(j, t->finds) || fputc('\n', t->finds) == EOF
		      ? err_set(e, ERR_IO, "cannot write what was found")
		      : 0;
	arena_release(&a);
	return bad;
}

static void tell(void *arg, const struct lint_find *f)
{
	struct trainer *t = arg;

	if (t->finds && !t->unwritten.code)
		print_find(t, f, &t->unwritten);
	else if (!t->finds && t->c->verbose)
		cli_note(t->c, "%s", f->msg);
}

static void begin_lint(struct trainer *t)
{
	const struct rcnn_config *c = &t->config;

	t->lint = (struct lint){.min_area = c->gt_min_area,
		.pixel = rcnn_config_convention(c)->pixel != 0,
		.keep_empty = c->keep_empty,
		.tell = tell,
		.arg = t,
		.policy = LINT_FIX};
	if (!strcmp(c->bad_boxes, "drop"))
		t->lint.policy = LINT_DROP;
	if (!strcmp(c->bad_boxes, "fail"))
		t->lint.policy = LINT_FAIL;
}

static void lint_set(struct trainer *t, const struct trainer_set *s)
{
	bool pixels = !strcmp(t->config.lint, "photos");
	int n = s->coco.nimages;
	struct progress bar;

	lint_boxes(&t->lint);
	if (!strcmp(t->config.lint, "annotations"))
		return;
	progress_begin(&bar, t->c, "photographs", 0, n);
	for (int i = 0; i < n && !cli_stopped(); i += PHOTOS_AT_ONCE) {
		lint_photos(&t->lint, i, i + PHOTOS_AT_ONCE,
			pixels ? LINT_PIXELS : LINT_HEADERS, 0);
		progress_at(&bar, i, s->name);
	}
	progress_end(&bar);
}

/* A line for each kind of trouble in a set: "12 boxes..." */
static void summarise(
	const struct trainer *t, const char *set, const long before[LINT_KINDS])
{
	for (int k = 0; k < LINT_KINDS; k++) {
		long n = t->lint.count[k] - before[k];

		if (n)
			cli_note(t->c, "%s: %ld: %s: %s", set, n, lint_words(k),
				lint_fate_words(lint_fate(&t->lint, k)));
	}
}

/* ---- the sets ---- */

static bool named(const struct key_strs *names, const char *name)
{
	for (int i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

/* Nothing is left out of what is rated: then the figures would be others'. */
static enum lint_policy policy(const struct trainer *t, const char *name)
{
	if (t->lint.policy == LINT_DROP &&
		!named(&t->config.train_datasets, name))
		return LINT_FIX;
	return t->lint.policy;
}

static int read_and_lint(struct trainer *t, struct trainer_set *s,
	const char *ann, struct err *e)
{
	struct coco_faults faults = {lint_fault, &t->lint};
	enum lint_policy all = t->lint.policy;
	long before[LINT_KINDS];
	int bad;

	memcpy(before, t->lint.count, sizeof before);
	t->linted = s;
	t->lint.policy = policy(t, s->name);
	lint_begin(&t->lint, &s->set);
	bad = coco_read_faulty(&s->coco, ann, COCO_NEED_FILES | COCO_NEED_SIZES,
		&faults, &t->arena, e);
	if (!bad) {
		lint_set(t, s);
		summarise(t, s->name, before);
	}
	t->lint.policy = all;
	return bad;
}

/* NAME=ann.json:imgdir; the folder begins behind the last colon. */
static int read_set(struct trainer *t, const char *arg, struct err *e)
{
	struct trainer_set *s = &t->sets[t->nsets];
	const char *eq = strchr(arg, '='), *colon = strrchr(arg, ':');
	char *ann;

	if (!eq || eq == arg || !colon || colon < eq || !colon[1])
		return err_set(e, ERR_USAGE,
			"--dataset: NAME=ann.json:imgdir expected, not '%s'",
			arg);
	if (t->nsets == TRAINER_SETS_MAX ||
		(size_t)(eq - arg) >= sizeof s->name)
		return err_set(
			e, ERR_USAGE, "--dataset: too many, or too long");
	memcpy(s->name, arg, (size_t)(eq - arg));
	s->name[eq - arg] = 0;
	/* One that the configuration does not name needs no reading. */
	if (!named(&t->config.train_datasets, s->name) &&
		!named(&t->config.test_datasets, s->name))
		return 0;
	ann = arena_dupn(&t->arena, eq + 1, (size_t)(colon - eq - 1));
	s->set = (struct loader_set){&s->coco, colon + 1};
	t->nsets++;
	return read_and_lint(t, s, ann, e);
}

/* Of the second of two data sets of a name nothing would be seen. */
static int check_once(const struct opt_list *args, int i, struct err *e)
{
	int n = (int)strcspn(args->v[i], "=");

	for (int j = 0; j < i; j++)
		if (!strncmp(args->v[j], args->v[i], (size_t)n + 1))
			return err_set(e, ERR_USAGE,
				"--dataset: '%.*s' is given twice", n,
				args->v[i]);
	return 0;
}

static const struct loader_set *find_set(
	const struct trainer *t, const char *name)
{
	for (int i = 0; i < t->nsets; i++)
		if (!strcmp(t->sets[i].name, name))
			return &t->sets[i].set;
	return NULL;
}

/* All that was wrong is known; is it so bad that nothing may be learnt? */
static int judge(const struct trainer *t, struct err *e)
{
	if (t->unwritten.code) {
		*e = t->unwritten;
		return -1;
	}
	if (t->finds || !t->lint.fatal)
		return 0;
	if (t->lint.fatal == 1)
		return err_set(e, ERR_DATA, "%s", t->lint.first.msg);
	return err_set(e, ERR_DATA, "%s; and %ld more: --lint tells them all",
		t->lint.first.msg, t->lint.fatal - 1);
}

int trainer_sets(struct trainer *t, const struct opt_list *args, struct err *e)
{
	const struct key_strs *train = &t->config.train_datasets;
	const struct key_strs *test = &t->config.test_datasets;

	begin_lint(t);
	for (int i = 0; i < args->n; i++)
		if (check_once(args, i, e) || read_set(t, args->v[i], e))
			return -1;
	if (!train->n)
		return err_set(e, ERR_CONFIG, "TRAIN.DATASETS names none");
	for (int i = 0; i < train->n; i++) {
		const struct loader_set *s = find_set(t, train->v[i]);

		if (!s)
			return err_set(e, ERR_CONFIG,
				"TRAIN.DATASETS: no --dataset %s=...",
				train->v[i]);
		t->train[t->ntrain++] = *s;
	}
	if ((t->config.eval_iters || t->config.eval_epochs > 0) && test->n) {
		t->test = find_set(t, test->v[0]);
		if (!t->test)
			return err_set(e, ERR_CONFIG,
				"TEST.DATASETS: no --dataset %s=...",
				test->v[0]);
	}
	return judge(t, e);
}
