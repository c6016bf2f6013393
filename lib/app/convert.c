#include "app/convert.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

/* The norms' small number, as lib/rcnn's layers have it. */
#define OUR_EPS 1e-5

/* Files of before torchvision 0.12 have one step less in some names. */
static const char *older(const char *name, struct arena *a)
{
	static const char *const steps[] = {"rpn.head.conv.0.0.", "blocks."};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const char *at = strstr(name, steps[i]), *rest;
		size_t keep;

		if (!at)
			continue;
		rest = strstr(at, i ? ".0." : ".0.0.");
		if (!rest)
			continue;
		keep = (size_t)(rest - name);
		return arena_printf(
			a, "%.*s%s", (int)keep, name, rest + (i ? 2 : 4));
	}
	return NULL;
}

static const struct nn_st_entry *find(const struct convert *c,
	const struct nn_st *st, const char *ours, struct arena *a)
{
	const struct rcnn_body *body = rcnn_config_body(&c->config);
	static const int none[4];
	const char *name = convert_name(
		c->from, c->whole, ours, body ? body->blocks : none, a);
	const struct nn_st_entry *t = name ? nn_st_find(st, name) : NULL;
	const char *old;

	if (t || !name || c->from != CONVERT_TORCHVISION)
		return t;
	old = older(name, a);
	return old ? nn_st_find(st, old) : NULL;
}

/* ---- what a file is ---- */

static int rows(const struct nn_st_entry *t)
{
	return t && t->rank && t->shape[0] <= INT32_MAX ? (int)t->shape[0] : 0;
}

static bool recognise(struct convert *c, const struct nn_st *st)
{
	static const struct {
		const char *name;
		enum convert_from from;
		bool whole;
	} marks[] = {
		{"backbone.body.layer1.0.conv1.weight", CONVERT_TORCHVISION,
			true},
		{"backbone.bottom_up.res2.0.conv1.weight", CONVERT_DETECTRON2,
			true},
		{"layer1.0.conv1.weight", CONVERT_TORCHVISION, false},
		{"res2.0.conv1.weight", CONVERT_DETECTRON2, false},
		{"res2_0_branch2a_w", CONVERT_DETECTRON, false},
	};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (nn_st_find(st, marks[i].name)) {
			c->from = marks[i].from;
			c->whole =
				marks[i].whole || nn_st_find(st, "cls_score_w");
			return true;
		}
	return false;
}

static int look_at_body(struct convert *c, const struct nn_st *st,
	struct arena *a, struct err *e)
{
	static const int sizes[] = {18, 34, 50, 101, 152};
	const struct nn_st_entry *mid =
		find(c, st, "backbone.body.layer1.0.conv2.weight", a);
	bool bottleneck =
		find(c, st, "backbone.body.layer1.0.conv3.weight", a) != NULL;
	int blocks[4] = {0}, groups;

	for (int s = 0; s < 4; s++)
		while (find(c, st,
			arena_printf(a, "backbone.body.layer%d.%d.conv1.weight",
				s + 1, blocks[s]),
			a))
			blocks[s]++;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const struct rcnn_body *b;

		snprintf(c->config.conv_body, sizeof c->config.conv_body,
			"FPN.add_fpn_ResNet%d_conv5_body", sizes[i]);
		b = rcnn_config_body(&c->config);
		if (b->bottleneck == bottleneck &&
			!memcmp(b->blocks, blocks, sizeof blocks))
			break;
		c->config.conv_body[0] = 0;
	}
	if (!c->config.conv_body[0] || !mid || mid->rank != 4 ||
		mid->shape[1] < 1)
		return err_set(e, ERR_DATA,
			"'%s': a body of %d, %d, %d, %d blocks is no ResNet "
			"that we know",
			st->path, blocks[0], blocks[1], blocks[2], blocks[3]);
	groups = rows(mid) / (int)mid->shape[1];
	c->config.num_groups = groups ? groups : 1;
	c->config.width_per_group = rows(mid) / c->config.num_groups;
	/* Both Detectrons stride in the 1x1 of their MSRA bodies, but not in
	 * those of groups. */
	c->config.stride_1x1 = c->from != CONVERT_TORCHVISION && groups == 1;
	return 0;
}

static void look_at_heads(
	struct convert *c, const struct nn_st *st, struct arena *a)
{
	struct rcnn_config *k = &c->config;
	const struct nn_st_entry *fc6 =
		find(c, st, "roi_heads.box_head.fc6.weight", a);

	k->fpn_dim =
		rows(find(c, st, "backbone.fpn.inner_blocks.0.0.weight", a));
	k->mlp_head_dim = rows(fc6);
	k->num_classes = rows(
		find(c, st, "roi_heads.box_predictor.cls_score.weight", a));
	if (fc6 && fc6->rank == 2 && k->fpn_dim)
		k->roi_xform_resolution = (int64_t)(sqrt(
			(double)fc6->shape[1] / (double)k->fpn_dim));
}

static void reals(struct key_reals *to, double a, double b, double c)
{
	*to = (struct key_reals){3, {a, b, c}};
}

void convert_torchvision_pixels(struct rcnn_config *c)
{
	snprintf(c->pixel_order, sizeof c->pixel_order, "rgb");
	reals(&c->pixel_means, 123.675, 116.28, 103.53);
	reals(&c->pixel_stds, 58.395, 57.12, 57.375);
}

/* What each project has beyond the shapes: its published configurations. */
static void habits(struct convert *c)
{
	struct rcnn_config *k = &c->config;
	bool tv = c->from == CONVERT_TORCHVISION;
	bool two = c->from == CONVERT_DETECTRON2;

	snprintf(k->type, sizeof k->type, "generalized_rcnn");
	snprintf(k->roi_box_head, sizeof k->roi_box_head,
		"fast_rcnn_heads.add_roi_2mlp_head");
	snprintf(k->roi_xform_method, sizeof k->roi_xform_method, "RoIAlign");
	snprintf(k->conventions, sizeof k->conventions, "%s",
		tv    ? "torchvision"
		: two ? "detectron2"
		      : "detectron");
	k->faster_rcnn = k->fpn_on = true;
	k->multilevel_rois = k->multilevel_rpn = true;
	k->roi_xform_resolution = 7;
	k->roi_xform_sampling_ratio = two ? 0 : 2;
	k->train_scales = (struct key_ints){1, {800}};
	k->test_scale = 800;
	k->train_max_size = k->test_max_size = 1333;
	k->batch_size_per_im = 512;
	k->train_rpn.pre_nms_top_n = 2000;
	k->train_rpn.post_nms_top_n = two ? 1000 : 2000;
	k->test_rpn.pre_nms_top_n = k->test_rpn.post_nms_top_n = 1000;
	k->test_nms = 0.5;
	k->weight_decay = 1e-4;
	if (c->from == CONVERT_DETECTRON)
		return;
	k->rpn_straddle_thresh = -1;
	k->bias_double_lr = false;
	k->bias_weight_decay = true;
	if (tv) {
		convert_torchvision_pixels(k);
		return;
	}
	reals(&k->pixel_means, 103.53, 116.28, 123.675);
	if (k->num_groups > 1)
		reals(&k->pixel_stds, 57.375, 57.12, 58.395);
}

int convert_look(struct convert *c, const struct nn_st *st, struct err *e)
{
	struct arena a = {0};
	int bad;

	*c = (struct convert){.config = rcnn_config_default};
	if (!recognise(c, st))
		return err_set(e, ERR_DATA,
			"'%s': none of its %d tensors is one of a ResNet's as "
			"torchvision, Detectron or Detectron2 call them",
			st->path, st->n);
	bad = look_at_body(c, st, &a, e);
	habits(c);
	if (c->whole)
		look_at_heads(c, st, &a);
	if (!c->whole)
		c->config.num_classes = 2;
	arena_release(&a);
	return bad;
}

/* ---- filling ---- */

bool convert_takes(const struct convert *c, const char *name)
{
	if (!c->whole)
		return !strncmp(name, "backbone.body.", 14);
	return !c->but_classes ||
	       strncmp(name, "roi_heads.box_predictor.", 24) != 0;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* Detectron2 has the background last among the classes, and no box for it:
 * rows in its order to rows in ours. */
static void background_first(
	const char *name, double *v, size_t n, size_t classes)
{
	size_t row = n / classes;
	double *last;

	if (!strstr(name, "cls_score"))
		return;
	last = mem_alloc(row, sizeof *last);
	memcpy(last, v + n - row, row * sizeof *v);
	memmove(v + row, v, (n - row) * sizeof *v);
	memcpy(v, last, row * sizeof *v);
	mem_free(last);
}

/* Whether t has p's shape, but for the `missing` values that its first rows
 * lack; a matrix may stand for what is one but for ones. */
static bool fits(const struct nn_param *p, const struct nn_st_entry *t,
	int64_t count, int64_t missing)
{
	bool same = t->rank == p->rank;

	for (int i = 1; i < p->rank && same; i++)
		same = t->shape[i] == p->shape[i];
	return same && t->type >= NN_ST_F16 &&
	       (int64_t)nn_st_count(t) == count - missing;
}

static int complain(const struct nn_st *st, const struct nn_param *p,
	const char *theirs, const struct nn_st_entry *t, struct err *e)
{
	char want[96] = "", got[96] = "";
	int n = 0, m = 0;

	for (int i = 0; i < p->rank; i++)
		n += snprintf(want + n, sizeof want - (size_t)n, "%s%lld",
			i ? "x" : "", (long long)p->shape[i]);
	for (int i = 0; t && i < t->rank && m < 80; i++)
		m += snprintf(got + m, sizeof got - (size_t)m, "%s%lld",
			i ? "x" : "", (long long)t->shape[i]);
	if (!t)
		return err_set(e, ERR_DATA, "'%s' has no tensor '%s' (%s), %s",
			st->path, theirs, p->name, want);
	return err_set(e, ERR_DATA, "'%s': tensor '%s' is %s %s, not %s",
		st->path, t->name, nn_st_type_name(t->type), got, want);
}

static int fill(struct nn_params *ps, struct nn_param *p,
	const struct convert *c, const struct nn_st *st, double eps,
	struct arena *a, struct err *e)
{
	const struct nn_st_entry *t = find(c, st, p->name, a);
	int64_t n = nn_count(&p->x), missing = 0;
	bool var = ends_in(p->name, "running_var");
	double *v = arena_zero(a, (size_t)n, sizeof *v);
	float *to = arena_alloc(a, (size_t)n * sizeof *to);

	if (c->from == CONVERT_DETECTRON2 &&
		strstr(p->name, "box_predictor.bbox_pred"))
		missing = n / c->config.num_classes;
	if (t && !fits(p, t, n, missing))
		return complain(st, p, "", t, e);
	if (t) {
		nn_st_values(t, 0, (size_t)(n - missing), v + missing);
	} else if (c->from != CONVERT_DETECTRON ||
		   !(var || ends_in(p->name, "running_mean"))) {
		const char *theirs = convert_name(c->from, c->whole, p->name,
			rcnn_config_body(&c->config)->blocks, a);

		return complain(st, p, theirs ? theirs : "?", NULL, e);
	}
	if (c->from == CONVERT_DETECTRON2)
		background_first(
			p->name, v, (size_t)n, (size_t)c->config.num_classes);
	for (int64_t i = 0; i < n; i++) {
		/* Detectron's norms are folded already: of variance 1. */
		if (var)
			v[i] = t ? v[i] + eps - OUR_EPS : 1 - OUR_EPS;
		to[i] = (float)v[i];
	}
	ps->be->copy(ps->be, p->x.data, to, nn_bytes(&p->x));
	ps->be->sync(ps->be);
	p->x.version++;
	return 0;
}

int convert_fill(struct detector *d, const struct convert *c,
	const struct nn_st *st, double bn_eps, struct err *e)
{
	struct nn_params *ps = &d->model.params;
	struct arena a = {0};
	int bad = 0;

	for (int i = 0; i < ps->n && !bad; i++) {
		arena_reset(&a);
		if (convert_takes(c, ps->p[i]->name))
			bad = fill(ps, ps->p[i], c, st, bn_eps, &a, e);
	}
	arena_release(&a);
	return bad;
}
