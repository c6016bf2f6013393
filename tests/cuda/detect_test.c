/*
 * A detector opened from its file on a card that is not there (card.c), and on
 * the CPU: both find the same in photographs, which travel to the card as
 * bytes.
 */
#include "app/survey.h"
#include "img_file.h"
#include "tiny_rcnn.h"

enum { PHOTOS = 3 };
static const char *const files[PHOTOS + 1] = {
	"a.png", "b.png", "wide.png", "d.safetensors"};
static struct arena names;

static void draw(const char *name, int w, int h, uint32_t rgb)
{
	struct img im;

	img_init(&im, w, h);
	img_fill_rect(&im, 4, 10, w / 2, h / 3, rgb);
	img_fill_rect(&im, w / 3, h / 2, w / 4, h / 4, 0xffffff);
	if (img_save(&im, test_path(name), 0, NULL))
		exit(1);
	img_release(&im);
}

/* A file of a detector that has learnt nothing. */
static const char *save(void)
{
	struct coco_category category[] = {
		{.id = 1, .name = "upper"}, {.id = 2, .name = "lower"}};
	struct coco classes = {
		.path = "gt.json", .categories = category, .ncategories = 2};
	struct rcnn_config c = tiny();
	const char *path = arena_dup(&names, test_path(files[PHOTOS]));
	struct detector d;

	c.test_scale = 48;
	c.test_max_size = 100;
	c.score_thresh = 0.3;
	if (detector_new(&d, &c, &classes, "cpu", 1, NULL) ||
		detector_save(&d, path, false, NULL))
		exit(1);
	detector_release(&d);
	return path;
}

/* The one of b's that is nearest to a box of a's: how far all its numbers are
 * from it. */
static float nearest(const struct rcnn_detection *p, const struct rcnn_found *b)
{
	float least = INFINITY;

	for (int i = 0; i < b->n; i++) {
		const struct rcnn_detection *q = &b->list[i];
		float far = fabsf(p->box.x1 - q->box.x1) +
			    fabsf(p->box.y1 - q->box.y1) +
			    fabsf(p->box.x2 - q->box.x2) +
			    fabsf(p->box.y2 - q->box.y2) +
			    1e3f * fabsf(p->score - q->score);

		if (p->label == q->label)
			least = fminf(least, far);
	}
	return least;
}

int main(void)
{
	static const char *const device[] = {"cpu", "cuda"};
	struct survey_photo photo[2][PHOTOS];
	struct survey s[2];
	struct detector d[2];
	const char *path;

	test_dir_make();
	draw(files[0], 40, 60, 0xff0000);
	draw(files[1], 140, 210, 0x00ff00);
	draw(files[2], 60, 40, 0x0000ff);
	path = save();
	for (int k = 0; k < 2; k++) {
		struct err e = {0};

		if (!ok(!detector_open(&d[k], path, device[k], 1, &e),
			    "opened on %s: %s", device[k], e.msg))
			return done();
		survey_init(&s[k], &d[k]);
		s[k].batch = 2;
		for (int i = 0; i < PHOTOS; i++)
			photo[k][i].path =
				arena_dup(&names, test_path(files[i]));
		survey_photos(&s[k], photo[k], PHOTOS);
	}
	for (int i = 0; i < PHOTOS; i++) {
		const struct rcnn_found *a = &photo[0][i].found;
		const struct rcnn_found *b = &photo[1][i].found;
		float far = 0;

		for (int j = 0; j < a->n; j++)
			far = fmaxf(far, nearest(&a->list[j], b));
		ok(a->n > 0 && b->n == a->n && far < 0.1f,
			"%s: %d objects, as many, %g apart", files[i], a->n,
			(double)far);
	}
	for (int k = 0; k < 2; k++) {
		survey_release(&s[k]);
		detector_release(&d[k]);
	}
	arena_release(&names);
	test_dir_remove(files, PHOTOS + 1);
	return done();
}
