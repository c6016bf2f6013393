/* Every kind of trouble is found, once, and meets the fate of its policy. */
#include "data/lint.h"
#include "img_file.h"

enum { PICTURES = 4 };

static const char *const files[] = {"0.png", "1.png", "2.png"};
static struct coco c;
static struct loader_set set = {&c, test_dir};

static void annotate(struct coco_builder *b, int64_t image, double x, double y,
	double w, double h)
{
	coco_add_ann(b, &(struct coco_ann){.id = b->nanns + 1,
				.image_id = image,
				.category_id = 1,
				.box = {x, y, w, h},
				.area = w * h});
}

/* Pictures of 40 by 30: 0 has every box, 1 is of another size, 2 is damaged,
 * 3 is not there. */
static void describe(void)
{
	struct coco_builder b = {0};
	struct img im;

	for (int i = 0; i < PICTURES; i++)
		coco_add_image(&b, &(struct coco_image){.id = i,
					   .width = 40,
					   .height = 30,
					   .file = i < 3 ? files[i] : "3.png"});
	coco_add_category(&b, &(struct coco_category){1, "one", NULL});
	annotate(&b, 0, 1, 1, 10, 10);   /* 1 */
	annotate(&b, 0, 1, 1, 10, 10);   /* 2: again */
	annotate(&b, 0, 9, 9, -3, 5);    /* 3: negative */
	annotate(&b, 0, 9, 9, 0, 5);     /* 4: flat */
	annotate(&b, 0, 40, 9, 5, 5);    /* 5: outside */
	annotate(&b, 0, 30, 9, 20, 5);   /* 6: crossing */
	annotate(&b, 0, 30, 9, 1, 9);    /* 7: thin */
	annotate(&b, 0, 20, 9, 2.5, 2);  /* 8: small */
	annotate(&b, 0, 20, 9, 10, 10);  /* 9: a crowd */
	annotate(&b, 0, 20, 19, 10, 10); /* 10: ignored */
	b.anns[8].crowd = b.anns[9].ignore = true;
	annotate(&b, 1, 1, 1, 10, 10);
	annotate(&b, 2, 1, 1, 10, 10);
	if (coco_build(&c, &b, "c.json", &test_mem, NULL))
		exit(1);
	for (int i = 0; i < 2; i++) {
		img_init(&im, 40 + i, 30);
		if (img_save(&im, test_path(files[i]), 0, NULL))
			exit(1);
		img_release(&im);
	}
	test_write(files[2], "\x89PNG\r\n\x1a\nno more", 15);
}

/* What was told: the annotation of each kind, or -1. */
struct told {
	int64_t ann[LINT_KINDS];
	enum lint_fate fate[LINT_KINDS];
	char last[480];
};

static void tell(void *arg, const struct lint_find *f)
{
	struct told *to = arg;

	to->ann[f->kind] = f->ann ? f->ann->id : -1;
	to->fate[f->kind] = f->fate;
	snprintf(to->last, sizeof to->last, "%s", f->msg);
}

static void test_boxes(void)
{
	static const struct {
		enum lint_kind kind;
		int64_t ann;
		enum lint_fate fix, drop;
	} want[] = {{LINT_REPEATED, 2, LINT_KEPT, LINT_KEPT},
		{LINT_NEGATIVE, 3, LINT_DROPPED, LINT_DROPPED},
		{LINT_FLAT, 4, LINT_DROPPED, LINT_DROPPED},
		{LINT_OUTSIDE, 5, LINT_DROPPED, LINT_DROPPED},
		{LINT_CROSSING, 6, LINT_CLIPPED, LINT_DROPPED},
		{LINT_THIN, 7, LINT_DROPPED, LINT_DROPPED},
		{LINT_SMALL, 8, LINT_DROPPED, LINT_DROPPED},
		{LINT_CROWD, 9, LINT_KEPT, LINT_KEPT},
		{LINT_IGNORED, 10, LINT_DROPPED, LINT_DROPPED},
		{LINT_NO_OBJECT, -1, LINT_DROPPED, LINT_DROPPED}};

	for (int policy = LINT_FIX; policy <= LINT_FAIL; policy++) {
		struct told told = {0};
		struct lint l = {.policy = (enum lint_policy)policy,
			.min_area = 6,
			.pixel = 1,
			.tell = tell,
			.arg = &told};
		int right = 0, fates = 0, n = sizeof want / sizeof *want;

		lint_begin(&l, &set);
		lint_boxes(&l);
		for (int i = 0; i < n; i++) {
			enum lint_kind k = want[i].kind;
			enum lint_fate fate = policy == LINT_DROP ? want[i].drop
								  : want[i].fix;

			if (policy == LINT_FAIL && lint_wrong(k))
				fate = LINT_FATAL;
			right += l.count[k] == 1 && told.ann[k] == want[i].ann;
			fates += told.fate[k] == fate;
		}
		is_int(right, n, "one of each, by its id");
		is_int(fates, n, "what is done by the policy");
		is_int((int)l.fatal, policy == LINT_FAIL ? 7 : 0,
			"how many are not to be borne");
	}
}

static void test_photos(void)
{
	struct told told = {0};
	struct lint l = {.tell = tell, .arg = &told};

	lint_begin(&l, &set);
	lint_photos(&l, 0, 1, LINT_PIXELS, 1);
	is_str(told.last, "", "a good photograph");
	lint_photos(&l, 1, 2, LINT_HEADERS, 2);
	ok(l.count[LINT_OTHER_SIZE] == 1 && strstr(told.last, "image 1: ") &&
			strstr(told.last, "41 by 30 pixels, not 40 by 30"),
		"of another size: %s", told.last);
	lint_photos(&l, 2, 100, LINT_HEADERS, 2);
	ok(l.count[LINT_UNREADABLE] == 1 && l.count[LINT_GONE] == 1,
		"damaged, and gone: %s", told.last);
	lint_photos(&l, 0, 4, LINT_PIXELS, 2);
	ok(l.count[LINT_OTHER_SIZE] == 2 && l.count[LINT_UNREADABLE] == 2 &&
			l.count[LINT_GONE] == 2,
		"and by their pixels");
	lint_fault(&l, COCO_FAULT_LOST, "c.json: it is lost");
	ok(l.fatal == 1 && !strcmp(l.first.msg, "c.json: it is lost"),
		"what contradicts the file is not to be mended");
}

int main(void)
{
	test_dir_make();
	describe();
	test_boxes();
	test_photos();
	test_dir_remove(files, 3);
	return done();
}
