/* Records: what is read, what passes through, what is refused. */
#include "tap.h"
#include "data/record.h"

#include <math.h>

static struct arena a;

static int parse(struct record *r, const char *line, struct err *e)
{
	return record_parse(r, line, strlen(line), &a, e);
}

static const char *text(const struct record *r)
{
	static char out[4096];
	FILE *f = fmemopen(out, sizeof out, "w");

	record_write(r, f, NULL);
	fclose(f);
	return out;
}

static void passes(void)
{
	static const char line[] =
		"{\"pin\":123456789012345678901,\"path\":\"a \\\"b\\\".jpg\","
		"\"x\":[1.50,{\"y\":null}],\"width\":300,\"height\":450,"
		"\"boxes\":[{\"k\":1e2,\"bbox\":[1.0,2,3.25,0],"
		"\"category\":\"full\",\"category_id\":3,\"score\":0.98},"
		"{\"bbox\":[0,0,1,1]}],\"z\":false}\n";
	struct record r;
	struct err e = {.msg = ""};

	ok(!record_parse(&r, line, strlen(line) - 1, &a, &e), "read%s", e.msg);
	is_str(r.path, "a \"b\".jpg", "path");
	ok(r.width == 300 && r.height == 450, "size");
	is_int(r.nboxes, 2, "boxes");
	ok(r.boxes[0].x == 1 && r.boxes[0].y == 2 && r.boxes[0].w == 3.25 &&
			r.boxes[0].h == 0,
		"bbox");
	is_str(r.boxes[0].category, "full", "category");
	is_int(r.boxes[0].category_id, 3, "category_id");
	ok(r.boxes[0].has_score && r.boxes[0].score == 0.98, "score");
	ok(!r.boxes[1].has_score && !r.boxes[1].category &&
			!r.boxes[1].category_id,
		"what a box hasn't");
	is_str(text(&r), line, "written as it came");
}

static void sets(void)
{
	struct record r;
	struct record_box b[2];

	parse(&r,
		"{\"width\":0,\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,4],"
		"\"id\":17}],\"score\":1}",
		NULL);
	b[0] = (struct record_box){.w = 5, .h = 6.5, .category = "top"};
	b[1] = r.boxes[0];
	b[1].has_score = true;
	b[1].score = 0.25;
	record_set_boxes(&r, b, 2);
	record_set_size(&r, 10, 20);
	record_set_number(&r, "score", 0.1);
	record_set_number(&r, "loss", NAN);
	record_set_string(&r, "crop_of", "b");
	record_set_path(&r, "c");
	is_str(text(&r),
		"{\"width\":10,\"path\":\"c\",\"boxes\":[{\"bbox\":[0,0,5,6.5],"
		"\"category\":\"top\"},{\"bbox\":[1,2,3,4],\"id\":17,"
		"\"score\":0.25}],\"score\":0.1,\"height\":20,\"loss\":null,"
		"\"crop_of\":\"b\"}\n",
		"set in place or at the end; a box keeps its other keys");
	is_str(r.path, "c", "the struct knows too");
	ok(r.nboxes == 2 && r.boxes[1].score == 0.25 && r.width == 10,
		"all of it");
	record_new(&r, "d.jpg", &a);
	record_set_boxes(&r, NULL, 0);
	record_set_integer(&r, "seed", INT64_MAX);
	record_set_json(&r, "v", json_array(&a));
	is_str(text(&r),
		"{\"path\":\"d.jpg\",\"boxes\":[],"
		"\"seed\":9223372036854775807,\"v\":[]}\n",
		"a new record");
}

static void paths(void)
{
	struct record r;
	struct err e;

	ok(!parse(&r, "dir/a b \"c\".jpg", &e), "a bare path");
	is_str(text(&r), "{\"path\":\"dir/a b \\\"c\\\".jpg\"}\n",
		"is a record");
	is_int(parse(&r, "", &e), -1, "an empty line is none");
	is_str(e.msg, "empty line", "the message");
	is_int(parse(&r, "a\xff.jpg", &e), -1, "a path that is not UTF-8");
	is_str(e.msg, "path is not UTF-8", "the message");
	is_int(record_parse(&r, "a\0b", 3, &a, &e), -1, "a path with a NUL");
}

static void refused(void)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{"{", "bad JSON: it ends too early"},
		{"{}", "no \"path\""},
		{"{\"path\":\"\"}", "no \"path\""},
		{"{\"path\":null}", "no \"path\""},
		{"{\"path\":7}", "\"path\" is a number, not a string"},
		{"{\"path\":\"a\",\"width\":-1}",
			"\"width\" is not a whole number from 0"},
		{"{\"path\":\"a\",\"height\":1.5}",
			"\"height\" is not a whole number from 0"},
		{"{\"path\":\"a\",\"boxes\":{}}",
			"\"boxes\" is an object, not an array"},
		{"{\"path\":\"a\",\"boxes\":[7]}",
			"box 1: \"bbox\" is not four numbers"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3]}]}",
			"box 1: \"bbox\" is not four numbers"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,4,5]}]}",
			"box 1: \"bbox\" is not four numbers"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,\"4\"]}]}",
			"box 1: \"bbox\" is not four numbers"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,4]},"
		 "{\"bbox\":[1,2,-3,4]}]}",
			"box 2: \"bbox\" has a negative size"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1e308,0,1e308,1]}]}",
			"box 1: \"bbox\" is not of finite size"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[0,0,1e200,1e200]}]}",
			"box 1: \"bbox\" is not of finite size"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,4],"
		 "\"score\":\"x\"}]}",
			"box 1: \"score\" is a string, not a number"},
		{"{\"path\":\"a\",\"boxes\":[{\"bbox\":[1,2,3,4],"
		 "\"category\":3}]}",
			"box 1: \"category\" is a number, not a string"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct record r;
		struct err e = {.msg = ""};

		is_int(parse(&r, bad[i].line, &e), -1, bad[i].line);
		is_str(e.msg, bad[i].why, "the message");
		is_int(e.code, ERR_DATA, "the code");
	}
}

int main(void)
{
	struct record r;
	struct err e = {0};
	FILE *full = fopen("/dev/full", "w");

	passes();
	sets();
	paths();
	refused();
	setvbuf(full, NULL, _IONBF, 0);
	record_new(&r, "a", &a);
	is_int(record_write(&r, full, &e), -1, "a full disk");
	is_int(e.code, ERR_IO, "its code");
	fclose(full);
	arena_release(&a);
	return done();
}
