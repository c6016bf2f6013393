/* A detector that has learnt nothing sees the same whatever way it looks. */
#include <string.h>
#include "app/survey.h"
#include "img_file.h"
#include "tiny_rcnn.h"

enum { PHOTOS = 4 };
static const char *const files[PHOTOS] = {
	"a.png", "wide.png", "b.png", "none.png"};

static void draw(const char *name, int w, int h, uint32_t rgb, bool flip)
{
	struct img im;

	img_init(&im, w, h);
	img_fill_rect(&im, 4, 10, w / 2, h / 3, rgb);
	img_fill_rect(&im, w / 3, h / 2, w / 4, h / 4, 0xffffff);
	if (flip)
		img_flip(&im);
	if (img_save(&im, test_path(name), 0, NULL))
		exit(1);
	img_release(&im);
}

static void names(struct survey_photo *p, struct arena *a)
{
	for (int i = 0; i < PHOTOS; i++)
		p[i] = (struct survey_photo){
			.path = arena_dup(a, test_path(files[i]))};
}

static double apart(
	const struct rcnn_found *a, const struct rcnn_found *b, float mirrored)
{
	float far = a->n == b->n ? 0 : INFINITY;

	for (int i = 0; i < a->n && i < b->n; i++) {
		struct rcnn_box p = a->list[i].box, q = b->list[i].box;

		if (mirrored > 0)
			q = (struct rcnn_box){mirrored - 1 - q.x2, q.y1,
				mirrored - 1 - q.x1, q.y2};
		far = fmaxf(far, fabsf(p.x1 - q.x1) + fabsf(p.y1 - q.y1));
		far = fmaxf(far, fabsf(p.x2 - q.x2) + fabsf(p.y2 - q.y2));
		far = fmaxf(
			far, 1e3f * fabsf(a->list[i].score - b->list[i].score));
		far = a->list[i].label == b->list[i].label ? far : INFINITY;
	}
	return (double)far;
}

/* All at once, as one by one, in floats and as bytes. */
static void test_batches(struct survey *s, struct arena *a)
{
	struct survey_photo all[PHOTOS], one;

	names(all, a);
	s->batch = 4;
	is_int(survey_window(s), 16, "some more are looked ahead for");
	survey_photos(s, all, PHOTOS);
	ok(all[3].bad && all[3].why.code == ERR_NOINPUT && !all[0].bad,
		"one is not there: %s", all[3].why.msg);
	ok(all[1].w == 60 && all[1].h == 40, "one is of another size");
	s->batch = 1;
	for (int i = 0; i < PHOTOS - 1; i++) {
		struct survey other = *s;

		memset(other.room, 0, sizeof other.room);
		other.room[0].bytes = i > 0;
		other.arena = (struct arena){0};
		one = (struct survey_photo){.path = all[i].path};
		survey_photos(&other, &one, 1);
		ok(one.found.n > 0, "%d objects", one.found.n);
		ok(apart(&one.found, &all[i].found, 0) < 1e-2,
			"as many, where they are alone");
		survey_release(&other);
	}
}

/* Looked at from both sides, a picture and its mirror image are the same, but
 * for the order of objects of equal score. */
static void test_mirror(struct detector *d)
{
	struct arena a = {0};
	struct survey_photo p[2];
	struct survey s;

	d->model.config.bbox_aug = d->model.config.aug_flip = true;
	survey_init(&s, d);
	is_int(s.nviews, 2, "two looks");
	draw("b.png", 40, 60, 0xff0000, true);
	p[0].path = arena_dup(&a, test_path("a.png"));
	p[1].path = arena_dup(&a, test_path("b.png"));
	survey_photos(&s, p, 2);
	ok(p[0].found.n > 0 && apart(&p[0].found, &p[1].found, 40) < 1e-2,
		"both sides of %d objects", p[0].found.n);
	survey_release(&s);
	arena_release(&a);
}

static void test_views(struct detector *d)
{
	struct rcnn_config *c = &d->model.config;
	struct survey s;

	c->aug_scales = (struct key_ints){2, {32, 96}};
	c->aug_scale_flip = true;
	c->aug_max_size = 90;
	survey_init(&s, d);
	is_int(s.nviews, 6, "each size, from each side");
	ok(s.view[0].size == 48 && !s.view[0].flip && s.view[1].flip &&
			s.view[1].max_size == 100 && s.view[2].size == 32 &&
			s.view[5].size == 96 && s.view[5].flip &&
			s.view[5].max_size == 90,
		"as TEST.BBOX_AUG has them");
	survey_release(&s);
	c->bbox_aug = false;
	survey_init(&s, d);
	is_int(s.nviews, 1, "or not at all");
	survey_release(&s);
}

int main(void)
{
	struct coco_category category[] = {
		{.id = 1, .name = "upper"}, {.id = 2, .name = "lower"}};
	struct coco classes = {
		.path = "gt.json", .categories = category, .ncategories = 2};
	struct rcnn_config c = tiny();
	struct arena a = {0};
	struct detector d;
	struct survey s;
	struct err e;

	c.test_scale = 48;
	c.test_max_size = 100;
	c.score_thresh = 0.3;
	test_dir_make();
	draw("a.png", 40, 60, 0xff0000, false);
	draw("b.png", 40, 60, 0x00ff00, false);
	draw("wide.png", 60, 40, 0x0000ff, false);
	if (detector_new(&d, &c, &classes, "cpu", 1, &e))
		return 1;
	survey_init(&s, &d);
	test_batches(&s, &a);
	survey_release(&s);
	test_mirror(&d);
	test_views(&d);
	detector_release(&d);
	arena_release(&a);
	test_dir_remove(files, PHOTOS - 1);
	return done();
}
