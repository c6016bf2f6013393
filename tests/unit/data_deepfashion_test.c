/*
 * DeepFashion's files joined, without pictures: what a caller of df_read sees.
 * tests/cli/df2coco.bats has the pictures and the messages.
 */
#include "tap.h"
#include "base/file.h"
#include "data/deepfashion.h"

#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/deepfashion_test.XXXXXX";
static struct arena a;

static const char *const files[] = {"Anno_fine/list_bbox.txt",
	"Anno_fine/list_category_img.txt", "Anno_fine/list_category_cloth.txt",
	"Eval/list_eval_partition.txt"};

static const char *path_of(const char *name)
{
	return arena_printf(&a, "%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	struct file_out o;

	if (file_begin(&o, path_of(name), NULL) || fputs(text, o.f) == EOF ||
		file_commit(&o, NULL))
		exit(1);
}

/* Columns and rows in an order of their own in each file. */
static void put_all(void)
{
	put(files[0], "5\nimage_name  y_2 x_1 y_1 x_2\n"
		      "a.jpg  273 072 079 232\n"
		      "b.jpg  20 10 10 30\n"
		      "c.jpg  9 1 2 5\n"
		      "d.jpg  9 5 2 1\n"
		      "e.jpg  5 -2 -3 5\n");
	put(files[1], "5\nimage_name category_label\n"
		      "e.jpg 3\nd.jpg 1\nc.jpg 4\nb.jpg 2\na.jpg 1\n");
	put(files[2], "3\ncategory_name category_type\n"
		      "Button Down  3\nTee 1\nJeans 2\n");
	put(files[3], "5\nimage_name evaluation_status\n"
		      "c.jpg train\na.jpg train\ne.jpg val\nb.jpg val\n"
		      "d.jpg train\n");
}

/* What was called back. */
struct seen {
	int n[DF_DEFECTS], stop_at;
	char image[64], msg[480];
	long rows, of;
};

static int on_defect(void *arg, enum df_defect d, const char *image,
	const char *msg, struct err *e)
{
	struct seen *s = arg;

	s->n[d]++;
	snprintf(s->image, sizeof s->image, "%s", image);
	snprintf(s->msg, sizeof s->msg, "%s", msg);
	return (int)d == s->stop_at ? err_set(e, ERR_LATER, "enough") : 0;
}

static void on_progress(void *arg, long row, long total)
{
	struct seen *s = arg;

	s->rows = row;
	s->of = total;
}

static int read_part(struct coco *c, struct seen *s, enum df_partition part,
	int classes, struct err *e)
{
	const struct df_options o = {.dir = dir,
		.partition = part,
		.classes = classes,
		.threads = 1,
		.no_images = true,
		.defect = on_defect,
		.progress = on_progress,
		.arg = s};

	*s = (struct seen){.stop_at = -1};
	*e = (struct err){0};
	return df_read(c, &o, &a, e);
}

static void joined(void)
{
	struct coco c;
	struct seen s;
	struct err e;

	if (!ok(!read_part(&c, &s, DF_ALL, 3, &e), "all, three types"))
		printf("# %s\n", e.msg);
	is_int(c.nimages, 3, "images that are left");
	is_int(c.nanns, 3, "a box each");
	is_str(c.images[0].file, "a.jpg", "in the order of the boxes");
	ok(c.images[0].width == 232 && c.images[0].height == 273,
		"the smallest size that holds the box");
	ok(c.anns[0].box[0] == 72 && c.anns[0].box[1] == 79 &&
			c.anns[0].box[2] == 160 && c.anns[0].box[3] == 194 &&
			c.anns[0].area == 160 * 194,
		"x1, y1, x2 - x1, y2 - y1, columns by name");
	is_int(c.ncategories, 3, "categories");
	is_int(c.anns[0].category_id, 3, "label 1 is of type 3");
	is_str(c.categories[2].name, "full", "which is full");
	is_int(c.anns[2].category_id, 2, "label 3 is of type 2");
	ok(c.anns[2].box[0] == 0 && c.anns[2].box[1] == 0 &&
			c.anns[2].box[2] == 5 && c.anns[2].box[3] == 5,
		"clipped at the corner");
	is_int(s.n[DF_ROW], 1, "a label beyond the table");
	is_int(s.n[DF_NO_CATEGORY], 1, "leaves its image without one");
	is_int(s.n[DF_NEGATIVE], 1, "a negative box");
	is_int(s.n[DF_CROSSING], 1, "a clipped one");
	ok(s.rows == 3 && s.of == 3, "progress");
}

static void parts(void)
{
	struct coco c;
	struct seen s;
	struct err e;

	ok(!read_part(&c, &s, DF_VAL, 50, &e), "a partition, all categories");
	is_int(c.nimages, 2, "its images");
	is_str(c.images[0].file, "b.jpg", "the first");
	is_int(c.images[0].id, 1, "numbered from 1");
	is_int(c.anns[0].category_id, 2, "labels are ids");
	is_str(c.categories[0].name, "Button Down", "names may have blanks");
	is_str(c.categories[0].super, "full", "below their type");
	is_int(read_part(&c, &s, DF_TEST, 3, &e), -1, "an empty one");
	is_int(e.code, ERR_DATA, "is an error");
}

static void stopped(void)
{
	struct coco c;
	struct seen s;
	struct err e = {0};
	struct df_options o = {
		.dir = dir, .no_images = true, .defect = on_defect, .arg = &s};

	s = (struct seen){.stop_at = DF_NEGATIVE};
	is_int(df_read(&c, &o, &a, &e), -1, "the callback can end it");
	is_int(e.code, ERR_LATER, "with its own error");
	is_str(s.image, "d.jpg", "the image");
	is_str(s.msg,
		arena_printf(&a, "%s:6: d.jpg: a box of negative size",
			path_of(files[0])),
		"file, line and cause");
	o.no_images = false;
	s.stop_at = -1;
	is_int(df_read(&c, &o, &a, &e), -1, "no folder of pictures");
	is_int(e.code, ERR_NOINPUT, "its code");
}

static void wrong_files(void)
{
	struct coco c;
	struct seen s;
	struct err e;

	put(files[2], "3\ncategory_name category_type\nTee 1\nHat 4\n");
	is_int(read_part(&c, &s, DF_ALL, 3, &e), -1,
		"a type that is none is not guessed");
	put(files[2], "3\ncategory_type category_name\n1 Tee\n");
	is_int(read_part(&c, &s, DF_ALL, 3, &e), -1,
		"names that are not the first column");
	unlink(path_of(files[2]));
	is_int(read_part(&c, &s, DF_ALL, 3, &e), -1, "a missing table");
	is_int(e.code, ERR_NOINPUT, "its code");
}

static void words(void)
{
	for (int d = 0; d < DF_DEFECTS; d++)
		ok(*df_defect_name(d) && *df_defect_words(d),
			"defect %d has a name and words", d);
	is_int(df_partition_named("test"), DF_TEST, "a partition by its name");
	is_int(df_partition_named("Test"), -1, "case and all");
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	put_all();
	joined();
	parts();
	stopped();
	wrong_files();
	words();
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(path_of(files[i]));
	rmdir(path_of("Anno_fine"));
	rmdir(path_of("Eval"));
	ok(!rmdir(dir), "no other file is left behind");
	arena_release(&a);
	return done();
}
