#define _DEFAULT_SOURCE /* mkdtemp, symlink */
#include "tap.h"
#include "base/file.h"
#include "data/pixels.h"
#include "data/sheet.h"

#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/pixels_test.XXXXXX";
static struct arena a;

static const char *at(const char *name)
{
	return file_join(&a, dir, name);
}

/* A picture whose columns get brighter from left to right. */
static void write_picture(const char *name, int w, int h)
{
	struct img im;
	struct err e = {0};

	img_init(&im, w, h);
	for (int i = 0; i < w * h * 3; i++)
		im.px[i] = (uint8_t)(i / 3 % w * 255 / w);
	ok(!img_save(&im, at(name), 0, &e), "%s %s", name, e.msg);
	img_release(&im);
}

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	fputs(text, f);
	fclose(f);
}

static void check_gallery(struct gallery *g)
{
	struct err e = {0};
	char line[] = "{\"path\":\"b/1.png\"}";

	gallery_init(g);
	is_int(gallery_add_operand(g, dir, &e), 1, "a folder");
	is_int(g->n, 4, "its pictures, hidden ones and others left out");
	is_str(g->item[0].path, at("a.png"), "by name: a");
	is_str(g->item[1].path, at("b/1.png"), "b/1");
	is_str(g->item[2].path, at("b/broken.JPG"), "what is called like one");
	is_str(g->item[3].path, at("b/plain"), "and what is one");
	is_int(gallery_add_operand(g, at("a.png"), &e), 1, "a picture");
	is_int(gallery_add_operand(g, at("notes"), &e), 0, "neither");
	is_int(gallery_add_operand(g, "-", &e), 0, "standard input");
	is_int(gallery_add_operand(g, at("none"), &e), 0, "not there");
	is_int(gallery_add_line(g, dir, line, strlen(line), "in", 7, &e), 0,
		"a record");
	is_str(g->item[5].path, at("b/1.png"), "its path from the root");
	is_int(gallery_add_line(g, dir, "{}", 2, "in", 8, &e), -1, "a bad one");
	gallery_add(g, at("none"), "in", 9);
	is_int(g->n, 7, "all of them");
}

struct told {
	int n, bad;
	char last[480];
};

static int tell(void *to, int i, const struct err *why)
{
	struct told *t = to;

	is_int(i, t->n++, "told in order");
	if (why->code == ERR_NONE)
		return 0;
	t->bad++;
	snprintf(t->last, sizeof t->last, "%s", why->msg);
	return t->bad == 3 ? -1 : 0;
}

static void check_load(struct gallery *g)
{
	struct pixels p;
	struct told t = {0};
	struct err e = {0};

	pixels_init(&p, 8, 8, 1);
	is_int(pixels_load(&p, g, 2, tell, &t, &e), 0, "loaded");
	is_int(t.n, 7, "of all is told");
	is_int(t.bad, 2, "two cannot be used");
	ok(!strncmp(t.last, "in:9: ", 6), "where from: %s", t.last);
	is_int(p.n, 5, "the others are there");
	/* The 16 by 8 picture's middle: columns 4 to 11. */
	is_int(p.px[0], 4 * 255 / 16, "cut in the middle: left");
	is_int(p.px[7 * 3], 11 * 255 / 16, "right");
	ok(!memcmp(p.px, p.px + (size_t)3 * 8 * 8 * 3, 8 * 8 * 3),
		"what comes twice is the same, behind what was left out");
	pixels_release(&p);
	pixels_init(&p, 8, 8, 1);
	t = (struct told){.bad = 2};
	is_int(pixels_load(&p, g, 1, tell, &t, &e), -1, "ended");
	ok(strstr(e.msg, "broken.JPG"), "by %s", e.msg);
	pixels_release(&p);
}

enum { MOST = 2 };

/* Which pictures are in a batch: digits into to. */
static int batch(struct pixels *p, int64_t seen, char *to)
{
	int32_t which[MOST];
	int n = pixels_next(p, seen, MOST, which);

	for (int i = 0; i < n; i++)
		to[i] = (char)('0' + which[i]);
	return n;
}

static void check_batches(void)
{
	struct pixels p;
	char all[2][16] = {"", ""}, got[16] = "", again[16] = "";
	int64_t seen = 0;

	pixels_init(&p, 1, 1, 1);
	p.n = 5;
	for (int epoch = 0; epoch < 2; epoch++) {
		for (int k = 0; k < 3; k++) {
			int n = batch(&p, seen, all[epoch] + 2 * k);

			is_int(n, k < 2 ? 2 : 1, "the last one is the rest");
			seen += n;
		}
		is_int(strlen(all[epoch]), 5, "an epoch");
		ok(strspn("01234", all[epoch]) == 5, "has all: %s", all[epoch]);
	}
	ok(strcmp(all[0], all[1]) != 0, "another order every time");
	batch(&p, 2, again);
	ok(!strncmp(again, all[0] + 2, 2), "a function of what was seen");
	batch(&p, 0, got);
	p.seed = 3;
	p.epoch = -1;
	batch(&p, 0, again);
	ok(strcmp(got, again) != 0, "and of the seed");
	pixels_release(&p);
}

static void dot(void *to, int i, uint8_t *px)
{
	(void)to;
	memset(px, 10 * (i + 1), 3);
}

static void check_sheet(void)
{
	const struct sheet s = {2, 2, 1, 1, NULL};
	const struct sheet huge = {9999, 9999, 64, 64, NULL};
	struct img im;
	struct err e = {0};
	int w, h;

	ok(!sheet_save(&s, dot, NULL, at("s.png"), &e), "written %s", e.msg);
	ok(!img_load(&im, at("s.png"), 0, &e), "read %s", e.msg);
	is_int(im.w, 8, "its width");
	is_int(im.h, 8, "its height");
	is_int(im.px[(2 * 8 + 2) * 3], 10, "the first picture");
	is_int(im.px[(2 * 8 + 5) * 3], 20, "beside it the second");
	is_int(im.px[(5 * 8 + 2) * 3], 30, "below it the third");
	is_int(im.px[(2 * 8 + 3) * 3], 0, "black between");
	img_release(&im);
	is_int(sheet_size(&huge, &w, &h, &e), -1, "too large");
}

int main(void)
{
	struct gallery g;

	if (!ok(mkdtemp(dir) != NULL, "a folder for the test"))
		return done();
	write_picture("a.png", 16, 8);
	write_picture("b/1.png", 8, 20);
	write_picture(".hidden.png", 8, 8);
	write_picture("b/x.png", 9, 9);
	rename(at("b/x.png"), at("b/plain"));
	write_text("b/broken.JPG", "no");
	write_text("notes", "some/path.jpg\n");
	ok(!symlink(dir, at("b/loop")), "a link back to the top");
	check_gallery(&g);
	check_load(&g);
	gallery_release(&g);
	check_batches();
	check_sheet();
	const char *const files[] = {"a.png", "b/1.png", ".hidden.png",
		"b/plain", "b/broken.JPG", "notes", "b/loop", "s.png", "b"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		remove(at(files[i]));
	is_int(rmdir(dir), 0, "nothing else was left there");
	arena_release(&a);
	return done();
}
