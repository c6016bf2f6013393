#include "app/weights.h"
#include "app/convert.h"
#include "app/fetch.h"
#include "foreign/foreign.h"

#include <string.h>

/* A file of weights, looked at. */
struct source {
	struct nn_st st;
	struct convert look;
	bool ours;
	bool known; /* look.config says what the tensors are of */
};

/* ---- what it is ---- */

static int look(struct source *s, struct err *e)
{
	const char *format = nn_st_meta(&s->st, "format");
	int got;

	s->ours = format && !strncmp(format, "deepstyle-", 10);
	if (!s->ours) {
		s->known = true;
		return convert_look(&s->look, &s->st, e);
	}
	s->look.whole = strcmp(format, "deepstyle-body") != 0;
	got = detector_config(&s->st, &s->look.config, e);
	s->known = got > 0;
	return got < 0 ? -1 : 0;
}

static int check_body(
	const struct source *s, const struct rcnn_config *to, struct err *e)
{
	const struct rcnn_config *from = &s->look.config;

	if (strcmp(from->conv_body, to->conv_body) != 0)
		return err_set(e, ERR_DATA,
			"'%.200s' is of %s, MODEL.CONV_BODY is %s", s->st.path,
			from->conv_body, to->conv_body);
	if (from->num_groups != to->num_groups ||
		from->width_per_group != to->width_per_group)
		return err_set(e, ERR_DATA,
			"'%.200s' has RESNETS.NUM_GROUPS %lld and "
			"WIDTH_PER_GROUP %lld, the configuration %lld and %lld",
			s->st.path, (long long)from->num_groups,
			(long long)from->width_per_group,
			(long long)to->num_groups,
			(long long)to->width_per_group);
	return 0;
}

/* As many classes, but one of them has another name: which; -1: none, or
 * theirs have no names, or numbers for them. Ids are not what is learnt. */
static int other_name(const struct detector *d, const struct source *s,
	struct arena *a, const char **theirs)
{
	struct coco_category *list;
	int n = s->ours ? detector_categories(&s->st, a, &list, NULL) : -1;

	for (int i = 0; i < n && n == d->ncategories; i++) {
		*theirs = list[i].name;
		if (strcmp(*theirs, d->category[i].name) != 0 &&
			strcmp(*theirs, arena_printf(a, "%d", i + 1)) != 0)
			return i;
	}
	return -1;
}

/* They may be the same in other words, so it is the user's to say. */
static void check_names(
	const struct detector *d, const struct cli *c, struct source *s)
{
	struct arena a = {0};
	const char *theirs = NULL;
	int i = other_name(d, s, &a, &theirs);

	s->look.but_classes = i >= 0 && d->model.config.train_new_classes;
	if (i >= 0 && !s->look.but_classes)
		cli_warn(c,
			"'%.200s' calls class %d '%s', the data '%s': unless "
			"both mean the same, set TRAIN.NEW_CLASSES True",
			s->st.path, i + 1, theirs, d->category[i].name);
	arena_release(&a);
}

static int check_classes(const struct detector *d, const struct cli *c,
	struct source *s, struct err *e)
{
	const struct rcnn_config *to = &d->model.config;
	long long theirs = s->look.config.num_classes;

	if (s->look.whole && theirs == to->num_classes)
		check_names(d, c, s);
	if (!s->look.whole || theirs == to->num_classes)
		return 0;
	s->look.but_classes = to->train_new_classes;
	if (to->train_new_classes)
		return 0;
	return err_set(e, ERR_DATA,
		"'%.200s' tells %lld classes apart, MODEL.NUM_CLASSES is %lld: "
		"with TRAIN.NEW_CLASSES True what does so would begin anew",
		s->st.path, theirs, (long long)to->num_classes);
}

static void check_stride(const struct cli *c, const struct source *s,
	const struct rcnn_config *to)
{
	bool in_1x1 = s->look.config.stride_1x1;

	if (rcnn_config_body(to)->bottleneck && in_1x1 != to->stride_1x1)
		cli_warn(c,
			"'%s' was trained with strides in the %s convolutions: "
			"RESNETS.STRIDE_1X1 should be %s",
			s->st.path, in_1x1 ? "1x1" : "3x3",
			in_1x1 ? "True" : "False");
}

/* ---- taking it ---- */

static int take_ours(struct detector *d, const struct source *s, int *missing,
	struct arena *a, struct err *e)
{
	const struct nn_params *all = &d->model.params;
	struct nn_params some = *all;
	/* Other norms have other tensors; otherwise none may be missing. */
	bool whole = s->known && s->look.whole &&
		     !strcmp(s->look.config.norm, d->model.config.norm);

	some.p = arena_alloc(a, (size_t)all->n * sizeof *some.p);
	some.n = 0;
	for (int i = 0; i < all->n; i++)
		if (convert_takes(&s->look, all->p[i]->name))
			some.p[some.n++] = all->p[i];
	if (nn_st_load(&s->st, "", &some, false, !whole, missing, e))
		return -1;
	if (*missing == some.n)
		return err_set(e, ERR_DATA,
			"'%.200s' has none of this network's tensors",
			s->st.path);
	*missing += all->n - some.n;
	return 0;
}

static int take_theirs(
	struct detector *d, const struct source *s, int *missing, struct err *e)
{
	const struct nn_params *all = &d->model.params;

	for (int i = 0; i < all->n; i++)
		*missing += !convert_takes(&s->look, all->p[i]->name);
	return convert_fill(d, &s->look, &s->st, 1e-5, e);
}

static int take(struct detector *d, struct source *s, const struct cli *c,
	struct err *e)
{
	const struct rcnn_config *to = &d->model.config;
	struct arena a = {0};
	int missing = 0, bad;

	if (look(s, e) || (s->known && (check_body(s, to, e) ||
					       check_classes(d, c, s, e))))
		return -1;
	bad = s->ours ? take_ours(d, s, &missing, &a, e)
		      : take_theirs(d, s, &missing, e);
	arena_release(&a);
	if (bad)
		return -1;
	if (s->known) {
		check_stride(c, s, to);
		convert_pixels(&d->model.params, &s->look.config, to);
	}
	cli_note(c, "weights from '%s'; %d of %d tensors are not in it",
		s->st.path, missing, d->model.params.n);
	return 0;
}

int weights_begin(
	struct detector *d, const struct cli *c, bool offline, struct err *e)
{
	const struct rcnn_config *config = &d->model.config;
	const struct fetch_how how = {c, config->train_weights_sha256, offline};
	struct source s = {0};
	struct arena a = {0};
	const char *path = fetch(config->train_weights, &how, &a, e);
	int bad = path ? foreign_open(&s.st, path, e) : -1;

	if (!bad) {
		bad = take(d, &s, c, e);
		nn_st_close(&s.st);
	}
	arena_release(&a);
	return bad;
}

int weights_open(struct detector *d, const struct cli *c, const char *source,
	bool offline, const char *device, int threads, struct err *e)
{
	const struct fetch_how how = {.cli = c, .offline = offline};
	struct arena a = {0};
	const char *path = fetch(source, &how, &a, e);
	int bad = path ? detector_open(d, path, device, threads, e) : -1;

	arena_release(&a);
	return bad;
}
