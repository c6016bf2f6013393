/* A file walked item by item, and where it is wrong. */
#include "tap.h"
#include "json/json_stream.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/json_stream_test.XXXXXX";

/* Open a file that holds text. */
static void begin(struct json_stream *s, const char *text)
{
	FILE *f = fopen(path, "w");
	struct err e;

	fputs(text, f);
	fclose(f);
	if (json_stream_open(s, path, &e))
		ok(false, "%s", e.msg);
}

/* Walk {"list":[...], other...}; the sum of the numbers in list, or -1. */
static double walk(const char *text, struct err *e)
{
	struct json_stream s;
	struct arena a = {0};
	const char *key;
	struct json *item;
	double total = 0, v;
	int got;

	begin(&s, text);
	got = json_stream_object(&s, e);
	while (!got && (got = json_stream_key(&s, &key, e)) > 0) {
		if (strcmp(key, "list")) {
			got = json_stream_skip(&s, e);
			continue;
		}
		got = json_stream_array(&s, e);
		while (!got && (got = json_stream_item(&s, &item, &a, e)) > 0) {
			total += json_to_num(item, &v) ? v : 100;
			got = 0;
		}
	}
	if (!got)
		got = json_stream_end(&s, e);
	json_stream_close(&s);
	arena_release(&a);
	return got ? -1 : total;
}

static void good(const char *text, double want)
{
	struct err e = {.msg = ""};
	double got = walk(text, &e);

	is_near(got, want, 0, "the numbers of a list");
	if (got != want)
		printf("# %s: %s\n", text, e.msg);
}

static void bad(const char *text, const char *want)
{
	struct err e = {.msg = ""};

	ok(walk(text, &e) < 0, "refused: %s", want);
	/* Behind the name of the file */
	is_str(e.msg + (strlen(e.msg) > strlen(path) ? strlen(path) : 0), want,
		"the message");
}

int main(void)
{
	int fd = mkstemp(path);
	struct json_stream s;
	struct err e;

	close(fd);
	good("{}", 0);
	good("{\"list\":[]}", 0);
	good(" {\n\"list\" : [ 1 , 2.5,3 ] } \n", 6.5);
	good("{\"a\":{\"list\":[7,\"]}\\\"\"]},\"list\":[1],\"b\":null}", 1);
	good("{\"list\":[\"]\",{\"a\":[\"}\\\\\"]},[[]],1]}", 301);
	good("{\"a\":1,\"b\":true,\"list\":[1,2],\"c\":\"x\"}", 3);
	bad("", ":1: bad JSON: it ends where an object is expected");
	bad("[]", ":1: bad JSON: an object expected");
	bad("{\"list\":{}}", ":1: bad JSON: an array expected");
	bad("{\n\"list\":[1 2]}", ":2: bad JSON: ',' or ']' expected");
	bad("{\"list\":[1,]}", ":1: bad JSON: a value expected");
	bad("{\"list\":[1\n,\n\n2", ":4: bad JSON: it ends where ',' or ']' "
				    "is expected");
	bad("{\"list\":[1\n,{\"a\":[1}",
		":2: bad JSON: it ends where the end of "
		"a value is expected");
	bad("{\"list\":[\"abc", ":1: bad JSON: it ends where the end of a "
				"string is expected");
	bad("{\"list\":[\n{\"a\":01}]}", ":2: bad JSON at byte 6: malformed "
					 "number");
	bad("{\"list\" 1}", ":1: bad JSON: ':' expected");
	bad("{1:2}", ":1: bad JSON: a key expected");
	bad("{\"a\":}", ":1: bad JSON: a value expected");
	bad("{} {}", ":1: bad JSON: the end of the file expected");
	unlink(path);
	is_int(json_stream_open(&s, path, &e), -1, "a file that is not there");
	is_int(e.code, ERR_NOINPUT, "its code");
	json_stream_close(&s);
	return done();
}
