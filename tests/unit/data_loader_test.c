#include "data/loader.h"
#include "img_file.h"
#include "pack.h"

#include <sched.h>
#include <sys/resource.h>

enum { PHOTOS = 9, ROUNDS = 40 };

/*
 * Nine photographs, black but for a red garment. Photos 0 to 5 are tall, 6 to
 * 8 wide; 5 has nothing but a crowd, 8 has nothing; 4 has a crowd too.
 */
static const int size[2][2] = {{30, 40}, {50, 30}};
static const struct img_part garment = {4, 6, 10, 20};
static const char *const files[PHOTOS] = {"0.png", "1.png", "2.png", "3.png",
	"4.png", "5.png", "6.png", "7.png", "8.png"};

static void draw_photos(void)
{
	for (int i = 0; i < PHOTOS; i++) {
		struct img im;

		img_init(&im, size[i > 5][0], size[i > 5][1]);
		img_fill_rect(&im, garment.x, garment.y, garment.w, garment.h,
			0xff0000);
		im.px[im.w * im.h * 3 - 1] = (uint8_t)i; /* who it is */
		if (img_save(&im, test_path(files[i]), 0, NULL))
			exit(1);
		img_release(&im);
	}
}

static void annotate(struct coco_builder *b, int64_t image, bool crowd)
{
	struct coco_ann ann = {.id = b->nanns + 1,
		.image_id = image,
		.category_id = 3,
		.box = {garment.x, garment.y, garment.w, garment.h},
		.area = 200,
		.crowd = crowd};

	coco_add_ann(b, &ann);
}

static void describe(struct coco *c, const char *path, const char *third)
{
	struct coco_builder b = {0};

	for (int i = 0; i < PHOTOS; i++) {
		struct coco_image im = {.id = i,
			.width = size[i > 5][0],
			.height = size[i > 5][1],
			.file = files[i]};

		coco_add_image(&b, &im);
		if (i != 5 && i != 8)
			annotate(&b, i, false);
		if (i == 4 || i == 5)
			annotate(&b, i, true);
	}
	for (int i = 1; i <= 3; i++)
		coco_add_category(&b, &(struct coco_category){i,
					      i < 3 ? "other" : third, NULL});
	if (coco_build(c, &b, path, &test_mem, NULL))
		exit(1);
}

/* What was noted. */
struct notes {
	int n[TRUTH_DEFECTS];
	char last[480];
};

static void note(void *arg, enum truth_defect d, const char *msg)
{
	struct notes *to = arg;

	to->n[d]++;
	snprintf(to->last, sizeof to->last, "%s", msg);
}

static struct loader_options options(const struct loader_set *set)
{
	return (struct loader_options){
		.sets = set,
		.nsets = 1,
		.look = {.max_size = 100, .stride = 32},
		.sizes = {30},
		.nsizes = 1,
		.batch = 2,
		.seed = 3,
		.flip = true,
		.grouped = true,
	};
}

static const struct loader_batch *next(struct loader *l, int64_t i)
{
	const struct loader_batch *b;
	struct err e;

	if (!loader_next(l, i, &b, &e))
		return b;
	printf("# batch %d: %s\n", (int)i, e.msg);
	exit(1);
}

static const float *pixel(const struct loader_batch *b, int i, int x, int y)
{
	return b->x + (((size_t)i * b->h + y) * b->w + x) * 3;
}

/* Pixels that are red outside of the box or not red inside. */
static int misplaced(const struct loader_batch *b, int i)
{
	const float *box = b->picture[i].box[0];
	int n = 0;

	for (int y = 0; y < b->h; y++)
		for (int x = 0; x < b->w; x++) {
			bool inside = x >= box[0] && x <= box[2] &&
				      y >= box[1] && y <= box[3];

			n += (pixel(b, i, x, y)[2] == 255) != inside;
		}
	return n;
}

static void test_batches(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct loader *l = loader_new(&o, NULL);
	int seen[PHOTOS] = {0}, flips = 0, wrong = 0, mixed = 0, shape = 0;

	is_int(loader_pictures(l), 7, "pictures with objects");
	is_int(loader_epoch(l), 5 + 2, "batches of an epoch, with mirrors");
	for (int i = 0; i < loader_epoch(l); i++) {
		const struct loader_batch *b = next(l, i);

		shape += b->n != 2 || b->h != (b->picture[0].h + 31) / 32 * 32;
		for (int k = 0; k < b->n; k++) {
			const struct loader_picture *p = &b->picture[k];

			seen[p->image]++;
			flips += p->flipped;
			wrong += misplaced(b, k);
			mixed += (p->w < p->h) != (b->w < b->h) || p->set;
			shape += p->classes[0] != 3 || p->scale != 1 ||
				 p->nboxes != 1 + (p->image == 4);
			if (p->image == 4)
				shape += p->crowd[0] || !p->crowd[1];
		}
	}
	is_int(wrong, 0, "boxes are where the garment is, mirrored or not");
	is_int(shape, 0, "shapes and classes");
	is_int(mixed, 0, "tall and wide apart");
	is_int(flips, 7, "half of them are mirrored");
	ok(seen[0] == 2 && seen[4] == 2 && seen[6] == 2 && !seen[5] && !seen[8],
		"each and its mirror image, none without objects");
	loader_free(l);
}

static bool same_picture(
	const struct loader_picture *a, const struct loader_picture *b)
{
	return a->image == b->image && a->flipped == b->flipped &&
	       a->scale == b->scale && a->nboxes == b->nboxes &&
	       !memcmp(a->box, b->box, (size_t)a->nboxes * sizeof *a->box);
}

/* The same numbers in both, to the bit. */
static bool same(const struct loader_batch *a, const struct loader_batch *b)
{
	if (a->n != b->n || a->h != b->h || a->w != b->w)
		return false;
	for (int i = 0; i < a->n; i++)
		if (!same_picture(&a->picture[i], &b->picture[i]))
			return false;
	return !memcmp(
		a->x, b->x, (size_t)a->n * a->h * a->w * 3 * sizeof *a->x);
}

static void test_resume(const struct loader_set *set)
{
	static const int order[] = {17, 18, 19, 20, 3, 4, 39, 12, 12, 13, 11};
	struct loader_options o = options(set);
	struct loader *l, *other;
	size_t most;
	int heights = 0, alike = 0, n = (int)(sizeof order / sizeof *order);

	o.sizes[1] = 45;
	o.sizes[2] = 60;
	o.nsizes = 3;
	l = loader_new(&o, NULL);
	other = loader_new(&o, NULL);
	for (int i = 0; i < n; i++)
		alike += same(next(l, order[i]), next(other, order[i]));
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);
		int shorter = b->picture[0].w < b->picture[0].h
				      ? b->picture[0].w
				      : b->picture[0].h;

		heights |= 1 << shorter / 15;
	}
	is_int(alike, n, "the same batches wherever one begins");
	is_int(heights, 1 << 2 | 1 << 3 | 1 << 4, "every size is drawn");
	loader_free(other);

	other = loader_new(&o, NULL);
	alike = 0;
	for (int i = 0; i < n; i++)
		alike += same(next(l, order[i]), next(other, i));
	ok(alike < n / 2, "other batches are others");
	loader_free(other);

	o.threads = 5;
	other = loader_new(&o, NULL);
	ok(loader_bytes(other) > loader_bytes(l), "threads take memory");
	most = loader_bytes(other);
	alike = 0;
	for (int i = 0; i < n; i++)
		alike += same(next(l, order[i]), next(other, order[i]));
	for (int i = 0; i < ROUNDS; i++)
		alike += same(next(l, i), next(other, i));
	is_int(alike, n + ROUNDS, "many threads, the same batches");
	ok(loader_waited(other) > 0, "the first is waited for");
	loader_free(other);

	o.vary.crop = 0.6f;
	other = loader_new(&o, NULL);
	is_int(loader_bytes(other) - most, 5 * 3 * 50 * 30,
		"and a part of a photograph in each");
	loader_free(other);
	loader_free(l);
}

static void test_damaged(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct notes notes = {0}, more = {0};
	struct loader *l, *other;
	int alike = 0, gone = 0, mixed = 0;

	o.note = note;
	o.arg = &notes;
	l = loader_new(&o, NULL);
	o.arg = &more;
	other = loader_new(&o, NULL);
	is_int(notes.n[TRUTH_EMPTY], 2, "pictures without objects are noted");
	is_int(loader_defects(l, TRUTH_EMPTY), 2, "and counted");

	test_write(files[2], "\x89PNG\r\n\x1a\nno more", 15);
	unlink(test_path(files[6]));
	unlink(test_path(files[7])); /* the last of its shape */
	next(other, ROUNDS);         /* finds them in another order */
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);

		alike += same(b, next(other, i));
		for (int k = 0; k < b->n; k++) {
			gone += b->picture[k].image == 2 ||
				b->picture[k].image > 5;
			mixed += b->picture[k].w > b->picture[k].h;
		}
	}
	is_int(gone + mixed, 0, "others take the place of damaged photos");
	is_int(alike, ROUNDS, "the same others, whenever they are found");
	is_int(notes.n[TRUTH_PHOTO], 3, "each is noted once");
	is_int(loader_defects(l, TRUTH_PHOTO), 3, "and counted");
	ok(strstr(notes.last, ".png'") != NULL, "by name: %s", notes.last);
	loader_free(other);
	loader_free(l);
}

/* Photograph 0 in a set that says it is of another size. */
static void test_other_size(struct coco c)
{
	struct coco_image im[PHOTOS];
	struct loader_set set = {&c, test_dir};
	struct loader_options o = options(&set);
	struct notes notes = {0};
	struct loader *l;
	const struct loader_batch *b;
	struct err e;

	memcpy(im, c.images, sizeof im);
	for (int i = 0; i < PHOTOS; i++) {
		im[i].width++;
		im[i].file = files[0];
	}
	c.images = im;
	o.note = note;
	o.arg = &notes;
	l = loader_new(&o, NULL);
	ok(loader_next(l, 0, &b, &e) == -1 && e.code == ERR_DATA &&
			strstr(e.msg, "has 30 by 40 pixels, not "),
		"no photo is of the size it should be: %s", e.msg);
	is_int(notes.n[TRUTH_PHOTO], 7, "all were tried");
	ok(loader_next(l, 1, &b, &e) == -1, "nor in the next batch");
	loader_free(l);

	im[3].height = 0;
	ok(!loader_new(&o, &e) && strstr(e.msg, "image 3 has no size"),
		"a picture without a size: %s", e.msg);
	im[3].height = 40;
	im[3].file = NULL;
	ok(!loader_new(&o, &e) && strstr(e.msg, "image 3 has no file"),
		"a picture without a file: %s", e.msg);
}

/* Squares are learnt with the wide ones, beside which they are high. */
static void test_squares(struct coco c)
{
	static const char *const names[] = {"square.png", "flat.png"};
	static const int sides[2][2] = {{40, 40}, {100, 10}};
	struct coco_image im[PHOTOS];
	struct loader_set set = {&c, test_dir};
	struct loader_options o = options(&set);
	struct loader *l;
	int h, w, over = 0, both = 0;

	memcpy(im, c.images, sizeof im);
	for (int i = 0; i < 2; i++) {
		struct img photo;

		img_init(&photo, sides[i][0], sides[i][1]);
		if (img_save(&photo, test_path(names[i]), 0, NULL))
			exit(1);
		img_release(&photo);
	}
	for (int i = 0; i < PHOTOS; i++) {
		im[i].width = sides[i % 2][0];
		im[i].height = sides[i % 2][1];
		im[i].file = names[i % 2];
	}
	c.images = im;
	o.sizes[0] = 60;
	l = loader_new(&o, NULL);
	loader_largest(l, &h, &w);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);

		over += b->h * b->w > h * w;
		both += b->h == 64 && b->w == 128;
	}
	is_int(over, 0, "squares: none is larger than the largest");
	ok(both > 0, "which is as high as one and as wide as another: %d",
		both);
	loader_free(l);
	unlink(test_path(names[0]));
	unlink(test_path(names[1]));
}

/* The network's pixels red where the box says, and not red a little beyond it:
 * edges are blurred where a part is made larger. */
static int astray(const struct loader_batch *b, int i)
{
	const struct loader_picture *p = &b->picture[i];
	const float *box = p->box[0];
	int x = (int)(box[0] + box[2]) / 2, y = (int)(box[1] + box[3]) / 2;
	int left = (int)box[0] - 3, right = (int)box[2] + 4, n;

	n = pixel(b, i, x, y)[2] < 200;
	n += left >= 0 && pixel(b, i, left, y)[2] > 55;
	n += right < p->w && pixel(b, i, right, y)[2] > 55;
	return n + (box[0] < 0 || box[2] > (float)p->w || box[3] > (float)p->h);
}

static void test_parts(const struct loader_set *set, float stretch)
{
	struct loader_options o = options(set);
	struct loader *l, *other;
	int wrong = 0, parts = 0, shape = 0, alike = 0;

	o.vary.crop = 0.6f;
	o.vary.stretch = stretch;
	l = loader_new(&o, NULL);
	o.threads = 3;
	other = loader_new(&o, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);

		alike += same(b, next(other, i));
		for (int k = 0; k < b->n; k++) {
			const struct loader_picture *p = &b->picture[k];

			if (!p->crowd[0])
				wrong += astray(b, k);
			parts += p->part.w < p->photo_w;
			shape += (p->w < p->h ? p->w : p->h) != 30;
		}
	}
	is_int(wrong, 0, "parts: boxes are where the garment is");
	ok(parts > ROUNDS, "most are parts: %d", parts);
	is_int(shape, 0, "as large as the whole would be");
	is_int(alike, ROUNDS, "a function of the batch's number");
	loader_free(l);
	loader_free(other);
}

static void test_colours(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct loader *l;
	int dark = 0, moved = 0;

	o.vary.jitter = 0.5f;
	l = loader_new(&o, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);
		const float *px = pixel(b, 0, 9, 12);

		dark += px[2] < 250;
		moved += b->picture[0].part.w != b->picture[0].photo_w;
	}
	ok(dark > ROUNDS / 4 && dark < ROUNDS, "other colours: %d", dark);
	is_int(moved, 0, "of the whole");
	loader_free(l);

	o.vary = (struct vary_rule){.hue = 0.3f};
	l = loader_new(&o, NULL);
	dark = 0;
	for (int i = 0; i < ROUNDS; i++) {
		const float *px = pixel(next(l, i), 0, 9, 12);

		dark += px[0] > 5 || px[1] > 5;
	}
	ok(dark > ROUNDS / 4, "red that is turned: %d", dark);
	loader_free(l);
}

/* Whether there is anything in a picture that is neither black nor red, nor
 * its name in the last pixel. */
static bool is_covered(const struct loader_batch *b, int i)
{
	const struct loader_picture *p = &b->picture[i];

	for (int y = 0; y < p->h - 4; y++)
		for (int x = 4; x < p->w - 4; x++) {
			const float *px = pixel(b, i, x, y);

			if (px[0] > 16 || px[1] > 16)
				return true;
		}
	return false;
}

static void test_covers(const struct loader_set *set, float crop)
{
	struct loader_options o = options(set);
	struct loader *l;
	int covered = 0;

	o.vary = (struct vary_rule){.crop = crop, .erase = 1};
	l = loader_new(&o, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);

		for (int k = 0; k < b->n; k++)
			covered += is_covered(b, k);
	}
	/* Some lie at the edge, some are black. */
	ok(covered > 3 * ROUNDS / 2, "something is in front: %d", covered);
	loader_free(l);
}

/* What no photograph is to blame for ends it. */
static void test_no_files(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct loader *l = loader_new(&o, NULL);
	const struct loader_batch *b;
	struct rlimit was, none;
	struct err e;
	int got;

	getrlimit(RLIMIT_NOFILE, &was);
	none = was;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	got = loader_next(l, 0, &b, &e);
	setrlimit(RLIMIT_NOFILE, &was);
	ok(got == -1 && e.code == ERR_OS, "no more files: %s", e.msg);
	is_int(loader_defects(l, TRUTH_PHOTO), 0, "no photograph is struck");
	loader_free(l);
}

/* Pixels that are others when they travel as bytes. */
static int other_bytes(const struct loader_batch *a,
	const struct loader_batch *b, const struct photo_look *look)
{
	int n = 0;

	for (int i = 0; i < a->n; i++) {
		n += !same_picture(&a->picture[i], &b->picture[i]);
		for (int y = 0; y < a->h; y++)
			for (int x = 0; x < a->w; x++)
				for (int k = 0; k < 3; k++)
					n += pixel(a, i, x, y)[k] !=
					     pack_pixel(&b->pack, look, i, y, x,
						     k);
	}
	return n;
}

static void test_bytes(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct loader *l, *other;
	size_t most;
	int others = 0, over = 0;

	o.vary = (struct vary_rule){.jitter = 0.5f,
		.hue = 0.3f,
		.crop = 0.7f,
		.stretch = 0.2f,
		.erase = 0.5f};
	o.sizes[1] = 12; /* of which most pixels are left out */
	o.sizes[2] = 60;
	o.nsizes = 3;
	o.look.mean[1] = 100.5;
	o.look.std[2] = 50;
	l = loader_new(&o, NULL);
	o.bytes = true;
	o.threads = 2;
	other = loader_new(&o, NULL);
	most = loader_batch_bytes(other);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *a = next(l, i), *b = next(other, i);

		others += b->x || a->n != b->pack.n || a->h != b->pack.h ||
			  a->w != b->pack.w || other_bytes(a, b, &o.look);
		over += photo_pack_bytes(&b->pack) > most;
	}
	is_int(others, 0, "the same batches as bytes");
	is_int(over, 0, "no larger than they may be");
	ok(most < loader_batch_bytes(l), "and smaller: %zu bytes", most);
	loader_free(l);
	loader_free(other);
}

static void test_ranks(const struct loader_set *set)
{
	struct loader_options o = options(set);
	struct loader *all, *l[3];
	int alike = 0, sizes = 0;

	o.vary = (struct vary_rule){.jitter = 0.5f,
		.hue = 0.3f,
		.crop = 0.7f,
		.stretch = 0.2f,
		.erase = 0.5f};
	all = loader_new(&o, NULL);
	o.ranks = 3;
	for (o.rank = 0; o.rank < 3; o.rank++)
		l[o.rank] = loader_new(&o, NULL);
	is_int(loader_epoch(l[0]), 3, "three share seven batches");
	for (int i = 0; i < ROUNDS; i++)
		alike += same(next(l[i % 3], i / 3), next(all, i));
	is_int(alike, ROUNDS, "and each batch is one's of them");
	loader_free(all);
	for (int r = 0; r < 3; r++)
		loader_free(l[r]);

	o.vary = (struct vary_rule){.crop = 1};
	o.sizes[1] = 45;
	o.sizes[2] = 60;
	o.nsizes = 3;
	o.grouped = false;
	for (o.rank = 0; o.rank < 3; o.rank++)
		l[o.rank] = loader_new(&o, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		double scale = next(l[0], i)->picture[0].scale;

		sizes += scale == next(l[1], i)->picture[0].scale &&
			 scale == next(l[2], i)->picture[0].scale;
	}
	is_int(sizes, ROUNDS, "a step's batches are of one size");
	for (int r = 0; r < 3; r++)
		loader_free(l[r]);
}

/* Batches that stay while others are taken, and decoded. */
static void test_stay(const struct loader_set *set)
{
	struct loader_options o = options(set);
	const struct loader_batch *before = NULL;
	struct loader *l, *other = loader_new(&o, NULL);
	int kept = 0;

	o.stay = 1;
	o.threads = 2;
	l = loader_new(&o, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		const struct loader_batch *b = next(l, i);

		while (!loader_ready(l))
			sched_yield();
		kept += i && same(before, next(other, i - 1));
		before = b;
	}
	is_int(kept, ROUNDS - 1, "the batch before stays as it was");
	loader_free(l);
	loader_free(other);
}

static void test_sets(const struct coco *c)
{
	struct coco other;
	struct loader_set sets[2] = {{c, test_dir}, {&other, test_dir}};
	struct loader_options o = options(sets);
	struct loader *l;
	struct err e;

	o.nsets = 2;
	o.keep_empty = true;
	o.flip = false;
	describe(&other, "other.json", "full");
	l = loader_new(&o, NULL);
	is_int(loader_pictures(l), 18, "two sets, empty pictures kept");
	loader_free(l);

	describe(&other, "other.json", "hat");
	ok(!loader_new(&o, &e) && e.code == ERR_DATA &&
			strstr(e.msg, "other.json"),
		"categories that differ: %s", e.msg);
	o.nsets = 1;
	sets[0].root = test_path("nowhere");
	ok(!loader_new(&o, &e) && e.code == ERR_NOINPUT, "no folder: %s",
		e.msg);
	sets[0].root = test_path(files[0]);
	ok(!loader_new(&o, &e) && e.code == ERR_NOINPUT, "a file: %s", e.msg);
}

int main(void)
{
	struct coco c;
	struct loader_set set = {&c, test_dir};
	struct loader_options o = options(&set);

	test_dir_make();
	draw_photos();
	describe(&c, "test.json", "full");
	test_batches(&set);
	test_resume(&set);
	test_parts(&set, 0);
	test_parts(&set, 0.2f);
	test_colours(&set);
	test_covers(&set, 1);
	test_covers(&set, 0.6f);
	test_no_files(&set);
	test_bytes(&set);
	test_ranks(&set);
	test_stay(&set);
	test_sets(&c);
	test_squares(c);
	test_other_size(c);
	loader_free(loader_new(&o, NULL)); /* nothing was loaded */
	loader_free(NULL);
	test_damaged(&set);
	test_dir_remove(files, PHOTOS);
	return done();
}
