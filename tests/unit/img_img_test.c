#define _XOPEN_SOURCE 700
#include "img_file.h"

#include <sys/stat.h>

static void check_save(void)
{
	struct img im, back;
	struct err e = {0};
	const char *path = test_path("new/a.png");

	test_picture(&im, 31, 17);
	is_int(img_save(&im, path, 0, &e), 0, "a PNG is saved in a new folder");
	is_int(img_load(&back, path, 0, &e), 0, "and loaded");
	is_int(test_differ(&im, &back), 0, "pixel by pixel the same");
	img_release(&back);
	unlink(path);
	rmdir(test_path("new"));

	path = test_path("b.JPEG");
	is_int(img_save(&im, path, 95, &e), 0, "a JPEG is saved");
	is_int(img_load(&back, path, 0, &e), 0, "and loaded");
	ok(test_differ(&im, &back) < 24, "and nearly the same");
	img_release(&back);
	img_release(&im);
}

static void check_same_bytes(void)
{
	struct img im;
	struct buf a, b;

	test_picture(&im, 64, 48);
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	img_write_png(&im, &a, NULL);
	img_write_jpg(&im, 80, &a, NULL);
	img_write_png(&im, &b, NULL);
	img_write_jpg(&im, 80, &b, NULL);
	ok(a.n == b.n && !memcmp(a.p, b.p, a.n), "the same bytes each time");
	buf_release(&a);

	struct err e = {0};

	buf_release(&b);
	buf_init(&b, 100);
	is_int(img_write_png(&im, &b, &e), -1, "a PNG beyond the limit");
	is_int(e.code, ERR_OS, "is refused");
	buf_clear(&b);
	e = (struct err){0};
	is_int(img_write_jpg(&im, 80, &b, &e), -1, "a JPEG beyond the limit");
	is_int(e.code, ERR_OS, "is refused");
	buf_release(&b);
	img_release(&im);
}

/* A file that is no picture: what is said about it. */
static void check_refused(const char *path, enum err_code code, const char *why)
{
	struct img im;
	struct err e = {0}, f = {0};
	int w = -1, h = -1;

	is_int(img_load(&im, path, 0, &e), -1, why);
	is_int(e.code, code, "with that code");
	ok(strstr(e.msg, path) && strstr(e.msg, why), "and says so: %s", e.msg);
	ok(!im.px && !im.w && !im.h, "the picture is empty");
	is_int(img_size(path, &w, &h, &f), -1, "nor has it a size");
	is_str(f.msg, e.msg, "for the same reason");
	ok(w == -1 && h == -1, "and the size is left alone");
}

static void check_errors(void)
{
	struct img im;
	struct err e = {0};

	check_refused(test_write("empty.jpg", "", 0), ERR_DATA, "empty file");
	check_refused(test_write("gif.jpg", "GIF89a..", 8), ERR_DATA,
		"neither JPEG nor PNG");
	check_refused(test_path("none.jpg"), ERR_NOINPUT,
		"No such file or directory");
	check_refused(test_dir, ERR_NOINPUT, "not a regular file");
	/* Nobody writes into it: waiting would be for ever. */
	ok(!mkfifo(test_path("pipe.jpg"), 0600), "a named pipe");
	check_refused(test_path("pipe.jpg"), ERR_NOINPUT, "not a regular file");

	test_picture(&im, 4, 4);
	is_int(img_save(&im, test_path("c.gif"), 0, &e), -1,
		"no GIF is written");
	is_int(e.code, ERR_USAGE, "that is a mistake of the caller");
	e = (struct err){0};
	is_int(img_save(&im, test_path("empty.jpg/c.png"), 0, &e), -1,
		"nor a file below a file");
	is_int(e.code, ERR_CREATE, "which cannot be created");
	img_release(&im);
}

/* By content, not by name. */
static void check_format(void)
{
	struct img im, back;
	struct buf b;
	enum img_format format = IMG_JPG;
	const char *path;
	int w, h;

	test_picture(&im, 20, 10);
	buf_init(&b, 1 << 20);
	img_write_png(&im, &b, NULL);
	path = test_write("png.jpg", b.p, b.n);
	is_int(img_load(&back, path, 0, NULL), 0, "a PNG called .jpg is read");
	is_int(test_differ(&im, &back), 0, "as the PNG that it is");
	is_int(img_format(path, &format, NULL), 0, "its format is known");
	is_int(format, IMG_PNG, "to be PNG");
	is_int(img_size(path, &w, &h, NULL), 0, "its size too");
	ok(w == 20 && h == 10, "20 by 10");
	img_release(&back);
	img_release(&im);
	buf_release(&b);
}

int main(void)
{
	static const char *const files[] = {
		"b.JPEG", "empty.jpg", "gif.jpg", "png.jpg", "pipe.jpg"};

	test_dir_make();
	check_save();
	check_same_bytes();
	check_errors();
	check_format();
	test_dir_remove(files, 5);
	return done();
}
