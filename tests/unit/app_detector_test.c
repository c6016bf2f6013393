#include "app/detector.h"
#include "tap.h"
#include "tiny_rcnn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Are all values of the two the same, to the bit? */
static bool same_weights(const struct detector *a, const struct detector *b)
{
	const struct nn_params *pa = &a->model.params, *pb = &b->model.params;
	bool same = pa->n == pb->n;

	for (int i = 0; same && i < pa->n; i++) {
		const struct nn_tensor *x = &pa->p[i]->x, *y = &pb->p[i]->x;

		same = nn_bytes(x) == nn_bytes(y) &&
		       !memcmp(x->data, y->data, nn_bytes(x));
	}
	return same;
}

static void check_round_trip(
	const struct coco *classes, const struct rcnn_config *c, char *path)
{
	struct detector d, back;
	struct err e = {0};
	float *w;

	ok(!detector_new(&d, c, classes, "cpu", 1, &e), "new: %s", e.msg);
	w = d.model.params.p[0]->x.data;
	w[0] = 1.0f / 3;
	d.iteration = 7;
	d.rated = 5;
	d.best = 1.0 / 3;
	ok(!detector_save(&d, path, false, &e), "save: %s", e.msg);
	ok(!detector_open(&back, path, "cpu", 1, &e), "open: %s", e.msg);
	ok(same_weights(&d, &back), "weights come back");
	ok(!memcmp(&back.model.config, c, sizeof *c), "the configuration too");
	is_int(back.ncategories, 2, "categories");
	is_int(back.category[1].id, 40, "their ids");
	is_str(back.category[1].name, "robe \"d'été\"", "their names");
	is_int(back.iteration, 7, "iteration");
	is_int(back.rated, 5, "last validation");
	is_near(back.best, 1.0 / 3, 0, "best AP");
	detector_release(&back);
	detector_release(&d);
}

static void check_resume(
	const struct coco *classes, const struct rcnn_config *c, char *path)
{
	struct rcnn_config other = *c;
	struct detector d;
	struct err e = {0};

	other.fpn_dim = 4;
	detector_new(&d, &other, classes, "cpu", 1, &e);
	is_int(detector_resume(&d, path, &e), -1, "another shape");
	ok(strstr(e.msg, path), "is told with the file: %s", e.msg);
	detector_release(&d);

	for (int i = 0; i < 2; i++) {
		struct coco_category names[] = {
			classes->categories[0], classes->categories[1]};
		struct coco others = *classes;

		others.categories = names;
		if (i)
			names[1].name = "hat";
		else
			names[1].id = 41;
		detector_new(&d, c, &others, "cpu", 1, &e);
		ok(detector_resume(&d, path, &e) && e.code == ERR_DATA &&
				strstr(e.msg, i ? "40 'hat'" : "41 'robe"),
			"other categories: %s", e.msg);
		detector_release(&d);
	}
}

/* A file that is no detector is named, once. */
static void check_named(char *path)
{
	struct detector d;
	struct err e = {0};
	const struct nn_meta meta[] = {{"format", "deepstyle-rcnn"}};
	char *at;

	ok(!nn_st_save(path, NULL, 0, false, meta, 1, &e), "a file: %s", e.msg);
	is_int(detector_open(&d, path, "cpu", 1, &e), -1, "without a detector");
	at = strstr(e.msg, path);
	ok(at && !strstr(at + 1, path), "is named once: %s", e.msg);
}

int main(void)
{
	struct coco_category names[] = {{.id = 3, .name = "upper"},
		{.id = 40, .name = "robe \"d'été\""}};
	struct coco classes = {
		.path = "gt.json", .categories = names, .ncategories = 2};
	char path[] = "/tmp/app_detector_XXXXXX";
	struct rcnn_config c = tiny();
	struct detector d;
	struct err e = {0};

	if (mkstemp(path) < 0)
		return 1;
	check_round_trip(&classes, &c, path);
	check_resume(&classes, &c, path);
	check_named(path);
	classes.ncategories = 1;
	is_int(detector_new(&d, &c, &classes, "cpu", 1, &e), -1,
		"classes that are not the data's");
	is_int(e.code, ERR_CONFIG, "are the configuration's fault");
	detector_release(&d);
	unlink(path);
	return done();
}
