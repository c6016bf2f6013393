/*
 * The evaluation against pycocotools: all figures of random cases, equal as
 * doubles. tests/golden/coco_eval.py made the cases and makes more; another
 * file of them may be given as the argument.
 */
#include "tap.h"
#include "data/cocoeval.h"
#include "json/json.h"

#include <stdlib.h>

/* A row of numbers; at most max are kept. */
static int row(const struct json *list, double *v, int max)
{
	int n = 0;

	json_each (item, list)
		if (n < max && json_to_num(item, &v[n]))
			n++;
	return n;
}

static void build(const struct json *j, struct coco *c, struct arena *a)
{
	struct coco_builder b = {0};
	struct err e = {0};
	double v[9];

	json_each (id, json_get(j, "images")) {
		struct coco_image im = {0};

		json_to_int(id, &im.id);
		coco_add_image(&b, &im);
	}
	json_each (id, json_get(j, "categories")) {
		struct coco_category category = {.name = "x"};

		json_to_int(id, &category.id);
		coco_add_category(&b, &category);
	}
	json_each (list, json_get(j, "truths")) {
		row(list, v, 9);
		struct coco_ann ann = {.id = (int64_t)v[0],
			.image_id = (int64_t)v[1],
			.category_id = (int64_t)v[2],
			.box = {v[3], v[4], v[5], v[6]},
			.area = v[7],
			.crowd = v[8] != 0};

		coco_add_ann(&b, &ann);
	}
	if (coco_build(c, &b, "case", a, &e))
		ok(false, "%s", e.msg);
}

static struct coco_det *detections(
	const struct json *j, const struct coco *c, struct arena *a, int *n)
{
	struct json *list = json_get(j, "dets");
	struct coco_det *d = arena_zero(a, (size_t)json_count(list), sizeof *d);
	double v[7];

	*n = 0;
	json_each (item, list) {
		row(item, v, 7);
		d[(*n)++] = (struct coco_det){coco_image_at(c, (int64_t)v[0]),
			coco_category_at(c, (int64_t)v[1]),
			{v[2], v[3], v[4], v[5]}, v[6]};
	}
	return d;
}

/* Equal to the last bit; says where not. */
static bool same(const struct json *j, const char *key, const double *got)
{
	bool equal = true;
	int i = 0;

	json_each (item, json_get(j, key)) {
		double want = 2;

		json_to_num(item, &want);
		if (want != got[i])
			printf("# %s %d: got %.17g, want %.17g\n", key, i,
				got[i], want);
		equal = equal && want == got[i];
		i++;
	}
	return equal && i > 0;
}

static bool check(const char *line, size_t n, struct arena *a)
{
	struct err e = {0};
	struct json *j = json_parse(line, n, a, &e);
	struct coco c;
	struct cocoeval v;
	struct coco_det *d;
	int ndet;

	if (!j)
		return ok(false, "%s", e.msg);
	build(j, &c, a);
	d = detections(j, &c, a, &ndet);
	cocoeval_run(&v, &c, d, ndet, 2, a);
	return same(j, "figures", v.figure) & same(j, "ap", v.ap) &
	       same(j, "ap50", v.ap50);
}

static void names_and_print(void)
{
	struct cocoeval v = {.figure = {0.5034999, -1}};
	char text[2048] = "";
	FILE *f = fmemopen(text, sizeof text, "w");
	const char *first = " Average Precision  (AP) @[ IoU=0.50:0.95 | "
			    "area=   all | maxDets=100 ] = 0.503\n";

	cocoeval_print(&v, f);
	fclose(f);
	ok(!strncmp(text, first, strlen(first)), "pycocotools' first line");
	ok(strstr(text, "\n Average Recall     (AR) @[ IoU=0.50:0.95 | "
			"area=   all | maxDets=  1 ] = 0.000\n"),
		"its seventh");
	ok(strstr(text, "] = -1.000\n"), "-1 where nothing can be measured");
	is_str(cocoeval_name(COCOEVAL_AP50), "AP50", "a short name");
}

int main(int argc, char **argv)
{
	FILE *f =
		fopen(argc > 1 ? argv[1] : "tests/golden/coco_eval.jsonl", "r");
	struct arena a = {0};
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int cases = 0, good = 0;

	while (f && (n = getline(&line, &cap, f)) > 0) {
		cases++;
		if (check(line, (size_t)n, &a))
			good++;
		else
			printf("# case %d\n", cases);
		arena_reset(&a);
	}
	ok(cases > 0, "there are cases");
	is_int(good, cases, "cases equal to pycocotools, bit for bit");
	names_and_print();
	if (f)
		fclose(f);
	free(line);
	arena_release(&a);
	return done();
}
