/*
 * DeepFashion's tables: the input is their texts, one behind the other, with a
 * byte 1 between; all of them are joined, without pictures.
 */
#include <sys/stat.h>
#include "data/deepfashion.h"
#include "fuzz.h"

static const char *const files[] = {"Anno/list_bbox.txt",
	"Anno/list_category_img.txt", "Anno/list_category_cloth.txt",
	"Eval/list_eval_partition.txt", "Anno/list_landmarks.txt",
	"Anno/list_bbox_inshop.txt", "Anno/train.txt", "Anno/train_cate.txt",
	"Anno/train_bbox.txt"};

enum { FILES = sizeof files / sizeof *files };

static char dir[] = "/tmp/deepfashion_fuzz.XXXXXX";

static void remove_all(void)
{
	char path[128];

	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/Anno", dir);
	rmdir(path);
	snprintf(path, sizeof path, "%s/Eval", dir);
	rmdir(path);
	rmdir(dir);
}

static void make_dir(void)
{
	char path[128];

	BUG_ON(!mkdtemp(dir));
	snprintf(path, sizeof path, "%s/Anno", dir);
	BUG_ON(mkdir(path, 0777));
	snprintf(path, sizeof path, "%s/Eval", dir);
	BUG_ON(mkdir(path, 0777));
	atexit(remove_all);
}

/* Part i of the input, as a file; none where there is no such part. */
static void put_file(int i, const uint8_t *from, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, files[i]);
	if (!from || !n) {
		unlink(path);
		return;
	}
	f = fopen(path, "wb");
	BUG_ON(!f || fwrite(from, 1, n, f) != n || fclose(f));
}

static int on_defect(void *arg, enum df_defect d, const char *image,
	const char *msg, struct err *e)
{
	(void)e;
	*(size_t *)arg += strlen(image) + strlen(msg) +
			  strlen(df_defect_name(d)) +
			  strlen(df_defect_words(d));
	return 0;
}

static void check(const struct coco *c)
{
	for (int i = 0; i < c->nanns; i++) {
		const struct coco_ann *ann = &c->anns[i];
		const struct coco_image *im = &c->images[ann->image];

		BUG_ON(coco_box_defect(ann->box, im->width, im->height) !=
			COCO_BOX_GOOD);
		BUG_ON(!df_path_ok(im->file));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	static bool made;
	size_t said = 0;
	const struct df_options o = {.dir = dir,
		.partition = n & 1 ? DF_TRAIN : DF_ALL,
		.classes = n & 2 ? 50 : 3,
		.no_images = true,
		.threads = 1,
		.defect = on_defect,
		.arg = &said};
	const uint8_t *at = data, *end = data + n;
	struct coco c;
	struct err e;

	if (!made)
		make_dir();
	made = true;
	for (int i = 0; i < FILES; i++) {
		const uint8_t *stop =
			at && at < end ? memchr(at, 1, (size_t)(end - at))
				       : NULL;

		put_file(i, at, at ? (size_t)((stop ? stop : end) - at) : 0);
		at = stop ? stop + 1 : NULL;
	}
	arena_reset(&a);
	if (!df_read(&c, &o, &a, &e))
		check(&c);
	return 0;
}
