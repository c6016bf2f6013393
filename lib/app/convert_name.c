#include "app/convert.h"

#include <string.h>

static const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) ? NULL : s + n;
}

/* "weight", "bias", "running_mean" or "running_var", and Detectron's ends for
 * a layer (_w, _b) and a norm (_bn_s, _bn_b). */
static const char *end_of(const char *what, bool norm)
{
	if (!strcmp(what, "weight"))
		return norm ? "_bn_s" : "_w";
	if (!strcmp(what, "bias"))
		return norm ? "_bn_b" : "_b";
	return NULL;
}

/* The body: what follows "backbone.body.". */
struct body_name {
	int stage, block; /* -1: the stem */
	int conv;         /* 1..3; 0: the shortcut */
	bool norm;
	const char *what;
};

static bool read_body(const char *s, struct body_name *b)
{
	char kind[16];
	int end = 0;

	*b = (struct body_name){.stage = -1};
	if (sscanf(s, "layer%1d.%d.%n", &b->stage, &b->block, &end) >= 2 && end)
		s += end;
	if (sscanf(s, "downsample.%1d.%n", &end, &b->conv) == 1) {
		b->norm = end == 1;
		b->what = s + b->conv;
		b->conv = 0;
		return true;
	}
	end = 0;
	if (sscanf(s, "%8[a-z]%1d.%n", kind, &b->conv, &end) != 2 || !end)
		return false;
	b->norm = !strcmp(kind, "bn");
	b->what = s + end;
	return true;
}

static const char *detectron_body(const char *s, struct arena *a)
{
	struct body_name b;
	const char *end;
	char branch[16] = "branch1";

	if (!read_body(s, &b))
		return NULL;
	end = end_of(b.what, b.norm);
	if (!end)
		return NULL;
	if (b.stage < 0)
		return arena_printf(
			a, "%s%s", b.norm ? "res_conv1" : "conv1", end);
	if (b.conv)
		snprintf(branch, sizeof branch, "branch2%c", 'a' + b.conv - 1);
	return arena_printf(
		a, "res%d_%d_%s%s", b.stage + 1, b.block, branch, end);
}

static const char *detectron2_body(const char *s, struct arena *a)
{
	struct body_name b;
	const char *norm;

	if (!read_body(s, &b))
		return NULL;
	norm = b.norm ? ".norm" : "";
	if (b.stage < 0)
		return arena_printf(a, "stem.conv1%s.%s", norm, b.what);
	if (b.conv)
		return arena_printf(a, "res%d.%d.conv%d%s.%s", b.stage + 1,
			b.block, b.conv, norm, b.what);
	return arena_printf(a, "res%d.%d.shortcut%s.%s", b.stage + 1, b.block,
		norm, b.what);
}

/* Everything behind the body: ours, Detectron2's, Detectron's. */
static const struct {
	const char *ours, *two, *one;
} layers[] = {
	{"rpn.head.conv.0.0.", "proposal_generator.rpn_head.conv.",
		"conv_rpn_fpn2"},
	{"rpn.head.cls_logits.",
		"proposal_generator.rpn_head.objectness_logits.",
		"rpn_cls_logits_fpn2"},
	{"rpn.head.bbox_pred.", "proposal_generator.rpn_head.anchor_deltas.",
		"rpn_bbox_pred_fpn2"},
	{"roi_heads.box_head.fc6.", "roi_heads.box_head.fc1.", "fc6"},
	{"roi_heads.box_head.fc7.", "roi_heads.box_head.fc2.", "fc7"},
	{"roi_heads.box_predictor.cls_score.",
		"roi_heads.box_predictor.cls_score.", "cls_score"},
	{"roi_heads.box_predictor.bbox_pred.",
		"roi_heads.box_predictor.bbox_pred.", "bbox_pred"},
};

/* The pyramid: level 0..3 of what follows "backbone.fpn.". Detectron names a
 * level by the last block of its stage. */
static const char *pyramid(enum convert_from from, const char *s,
	const int depth[4], struct arena *a)
{
	bool inner = after(s, "inner_blocks.") != NULL;
	const char *rest = after(s, inner ? "inner_blocks." : "layer_blocks.");
	int level, end = 0;

	if (!rest || sscanf(rest, "%1d.0.%n", &level, &end) != 1 || !end)
		return NULL;
	rest += end;
	if (from == CONVERT_DETECTRON2)
		return arena_printf(a, "backbone.fpn_%s%d.%s",
			inner ? "lateral" : "output", level + 2, rest);
	return arena_printf(a, "fpn_%sres%d_%d_sum%s%s", inner ? "inner_" : "",
		level + 2, depth[level] - 1,
		inner && level < 3 ? "_lateral" : "", end_of(rest, false));
}

const char *convert_name(enum convert_from from, bool whole, const char *ours,
	const int depth[4], struct arena *a)
{
	const char *body = after(ours, "backbone.body.");
	const char *fpn = after(ours, "backbone.fpn.");
	bool two = from == CONVERT_DETECTRON2;

	if (from == CONVERT_TORCHVISION)
		return whole || !body ? ours : body;
	if (body && !two)
		return detectron_body(body, a);
	if (body)
		return arena_printf(a, "%s%s",
			whole ? "backbone.bottom_up." : "",
			detectron2_body(body, a));
	if (fpn)
		return pyramid(from, fpn, depth, a);
	for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
		const char *what = after(ours, layers[i].ours);

		if (what)
			return two ? arena_printf(
					     a, "%s%s", layers[i].two, what)
				   : arena_printf(a, "%s%s", layers[i].one,
					     end_of(what, false));
	}
	return NULL;
}
