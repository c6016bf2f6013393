#include "img/img_int.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENCODED_MAX = 1 << 30 };

void img_init(struct img *im, int w, int h)
{
	BUG_ON(w < 1 || h < 1 || (int64_t)w * h > IMG_PIXELS_MAX);
	*im = (struct img){w, h, 3, mem_alloc((size_t)w * h, 3)};
}

void img_release(struct img *im)
{
	mem_free(im->px);
	*im = (struct img){0};
}

int img_check_size(uint32_t w, uint32_t h, struct err *e)
{
	if (!w || !h || (uint64_t)w * h > IMG_PIXELS_MAX)
		return err_set(e, ERR_DATA,
			"%u by %u pixels: not between 1 and %d", w, h,
			IMG_PIXELS_MAX);
	return 0;
}

int img_format_bytes(
	const void *p, size_t n, enum img_format *format, struct err *e)
{
	static const uint8_t png[8] = {
		137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};
	static const uint8_t jpg[3] = {0xff, 0xd8, 0xff};

	if (n >= sizeof jpg && !memcmp(p, jpg, sizeof jpg))
		*format = IMG_JPG;
	else if (n >= sizeof png && !memcmp(p, png, sizeof png))
		*format = IMG_PNG;
	else
		return err_set(
			e, ERR_DATA, n ? "neither JPEG nor PNG" : "empty file");
	return 0;
}

static int sniff(FILE *f, enum img_format *format, struct err *e)
{
	uint8_t head[8];
	size_t n = fread(head, 1, sizeof head, f);

	if (ferror(f))
		return err_set(
			e, ERR_IO, "cannot be read: %s", strerror(errno));
	rewind(f);
	return img_format_bytes(head, n, format, e);
}

/* Of errors of open, those that say something of the file, and not of who
 * opens it. */
static bool is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EACCES ||
	       error == EPERM || error == ELOOP || error == ENAMETOOLONG ||
	       error == ENXIO || error == EISDIR || error == EINVAL;
}

/* Without waiting for the other end of a pipe: it could not be rewound, nor a
 * folder be read, so only regular files will do. */
static FILE *open_regular(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		err_set(e, is_missing(errno) ? ERR_NOINPUT : ERR_OS, "%s",
			strerror(errno));
		return NULL;
	}
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fdopen(fd, "rb");
	close(fd);
	err_set(e, ERR_NOINPUT, "not a regular file");
	return NULL;
}

FILE *img_open(const char *path, enum img_format *format, struct err *e)
{
	FILE *f = open_regular(path, e);

	if (f && !sniff(f, format, e))
		return f;
	if (f)
		fclose(f);
	err_wrap(e, "cannot read picture '%s'", path);
	return NULL;
}

static FILE *open_bytes(
	const void *p, size_t n, enum img_format *format, struct err *e)
{
	FILE *f;

	if (img_format_bytes(p, n, format, e))
		return NULL;
	f = fmemopen((void *)p, n, "rb");
	if (!f)
		err_set(e, ERR_OS, "%s", strerror(errno));
	return f;
}

static int load(struct img_window *win, FILE *f, enum img_format format,
	const struct img_ask *ask, struct err *e)
{
	struct img_info info;
	struct img_area at = {0};
	int bad;

	*win = (struct img_window){.scale = 1};
	if (format == IMG_JPG)
		bad = img_jpg_read(f, ask, &win->im, &info, &at, e);
	else
		bad = img_png_read(f, &win->im, &info, e);
	if (bad) {
		img_release(&win->im);
		return -1;
	}
	if (format == IMG_JPG)
		win->scale = win->im.w / at.w;
	if (format == IMG_JPG && !ask->as_stored)
		at = img_turn_area(at, info.turn, info.w, info.h);
	win->x = at.x;
	win->y = at.y;
	win->w = !ask->as_stored && info.turn >= 5 ? info.h : info.w;
	win->h = !ask->as_stored && info.turn >= 5 ? info.w : info.h;
	if (!ask->as_stored)
		img_turn(&win->im, info.turn);
	return 0;
}

int img_load_window(struct img_window *win, const char *path,
	const struct img_ask *ask, struct err *e)
{
	enum img_format format;
	FILE *f = img_open(path, &format, e);
	int bad;

	*win = (struct img_window){.scale = 1};
	if (!f)
		return -1;
	bad = load(win, f, format, ask, e);
	/* Then the file may be whole. */
	if (bad && ferror(f))
		err_set(e, ERR_IO, "reading failed half-way");
	fclose(f);
	return bad ? err_wrap(e, "cannot read picture '%s'", path) : 0;
}

int img_load_bytes(
	struct img *im, const void *p, size_t n, int min_side, struct err *e)
{
	struct img_window win = {0};
	enum img_format format = IMG_JPG;
	FILE *f = open_bytes(p, n, &format, e);
	int bad = -1;

	if (f) {
		bad = load(&win, f, format,
			&(struct img_ask){.min_side = min_side}, e);
		fclose(f);
	}
	*im = win.im;
	return bad;
}

int img_load(struct img *im, const char *path, int min_side, struct err *e)
{
	struct img_window win;
	int bad = img_load_window(
		&win, path, &(struct img_ask){.min_side = min_side}, e);

	*im = win.im;
	return bad;
}

void img_window_cut(struct img *out, const struct img_window *win,
	const struct img_part *part, int w, int h)
{
	struct img_area from = {(part->x - win->x) * win->scale,
		(part->y - win->y) * win->scale, part->w * win->scale,
		part->h * win->scale};

	if (win->scale < 1 || w != part->w || h != part->h)
		img_resize_area(out, &win->im, &from, w, h);
	else
		img_crop(out, &win->im,
			&(struct img_part){(int)from.x, (int)from.y, w, h});
}

int img_format(const char *path, enum img_format *format, struct err *e)
{
	FILE *f = img_open(path, format, e);

	if (!f)
		return -1;
	fclose(f);
	return 0;
}

static int size(FILE *f, enum img_format format, int *w, int *h, struct err *e)
{
	struct img_info info;

	if (format == IMG_JPG ? img_jpg_info(f, &info, e)
			      : img_png_info(f, &info, e))
		return -1;
	*w = info.turn >= 5 ? info.h : info.w;
	*h = info.turn >= 5 ? info.w : info.h;
	return 0;
}

int img_size(const char *path, int *w, int *h, struct err *e)
{
	enum img_format format;
	FILE *f = img_open(path, &format, e);
	int bad;

	if (!f)
		return -1;
	bad = size(f, format, w, h, e);
	fclose(f);
	return bad ? err_wrap(e, "cannot read picture '%s'", path) : 0;
}

int img_about_bytes(
	struct img_about *about, const void *p, size_t n, struct err *e)
{
	FILE *f = open_bytes(p, n, &about->format, e);
	int bad;

	if (!f)
		return -1;
	bad = size(f, about->format, &about->w, &about->h, e);
	fclose(f);
	return bad;
}

int img_save(const struct img *im, const char *path, int quality, struct err *e)
{
	const char *dot = strrchr(file_base(path), '.');
	struct buf b;
	int bad;

	buf_init(&b, ENCODED_MAX);
	if (dot && !strcasecmp(dot, ".png"))
		bad = img_write_png(im, &b, e);
	else if (dot && (!strcasecmp(dot, ".jpg") || !strcasecmp(dot, ".jpeg")))
		bad = img_write_jpg(im, quality, &b, e);
	else
		bad = err_set(
			e, ERR_USAGE, "name ends neither in .png nor in .jpg");
	if (bad)
		err_wrap(e, "cannot write picture '%s'", path);
	else
		bad = file_put(path, b.p, b.n, e);
	buf_release(&b);
	return bad;
}
