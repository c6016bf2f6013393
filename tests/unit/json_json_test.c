/* JSON: what is read and what is refused, numbers to the last digit. */
#include "tap.h"
#include "json/json.h"

#include <math.h>
#include <stdlib.h>

static struct arena a;

/* Parse and print again; the error's message when there is one. */
static const char *again_n(const char *text, size_t n)
{
	static char out[4096];
	struct err e = {0};
	struct json *j = json_parse(text, n, &a, &e);
	struct buf b;

	if (!j) {
		snprintf(out, sizeof out, "%s", e.msg);
		return out;
	}
	buf_init(&b, sizeof out - 1);
	json_print_buf(j, &b);
	snprintf(out, sizeof out, "%s", b.p);
	buf_release(&b);
	return out;
}

static const char *again(const char *text)
{
	return again_n(text, strlen(text));
}

static void same(void)
{
	static const char *const texts[] = {"{}", "[]", "null", "true", "false",
		"0", "-0", "1.0", "1e5", "0.1", "-12.50e-3",
		"12345678901234567890123", "9007199254740993", "\"\"",
		"[[],{},[{}]]", "{\"b\":1,\"a\":{\"z\":[1,2.0]},\"a\":2}",
		"\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"",
		"\"\\\"\\\\\\n\\t\\u0001\"", "{\"\":{\"\":0}}",
		"[\"1\",2,\"-3\",{\"4\":5},\"a\\\"6\",7]"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		is_str(again(texts[i]), texts[i], "comes out as it went in");
	is_str(again(" { \"a\" : [ 1 ,\t2 ] }\r\n"), "{\"a\":[1,2]}",
		"blanks go");
	is_str(again("\"\\u00e9\\/\\ud83d\\ude00\""),
		"\"\xc3\xa9/\xf0\x9f\x98\x80\"", "escapes become UTF-8");
}

static void refused(void)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"", "bad JSON: it ends too early"},
		{"{\"a\":1", "bad JSON: it ends too early"},
		{"{\"a\" 1}", "bad JSON at byte 6: '1}' not expected"},
		{"[1] 2", "bad JSON at byte 5: '2' not expected"},
		{"[1,]", "bad JSON at byte 4: ']' not expected"},
		{"[NaN]", "bad JSON at byte 2: 'NaN]' not expected"},
		{"[01]", "bad JSON at byte 2: malformed number"},
		{"[1.]", "bad JSON at byte 2: malformed number"},
		{"[-]", "bad JSON at byte 2: malformed number"},
		{"[1-2]", "bad JSON at byte 2: malformed number"},
		{"[1e]", "bad JSON at byte 2: malformed number"},
		{"[1e999]", "bad JSON at byte 2: number out of range"},
		{"\"abc", "bad JSON at byte 1: string without an end"},
		{"\"abc\\", "bad JSON at byte 1: string without an end"},
		{"\"a\nb\"",
			"bad JSON at byte 3: control character in a string"},
		{"\"\\u0000\"", "bad JSON at byte 2: NUL in a string"},
		{"\"a\xff\"", "bad JSON at byte 3: not UTF-8"},
		{"\"\xed\xa0\x80\"", "bad JSON at byte 2: not UTF-8"},
		{"\"\xc0\x80\"", "bad JSON at byte 2: not UTF-8"},
		{"[\x01]", "bad JSON at byte 2: control character"},
	};
	char deep[200];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is_str(again(bad[i].text), bad[i].why, "refused");
	is_str(again_n("[1]\0", 4), "bad JSON at byte 4: NUL", "NUL behind");
	ok(!strncmp(again("{a:1}"), "bad JSON", 8), "a key without quotes");
	ok(!strncmp(again("[\"\\ud800\"]"), "bad JSON", 8), "half a pair");
	ok(!strncmp(again("[\"\\x\"]"), "bad JSON", 8), "unknown escape");
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	is_int(strlen(again_n(deep, 128)), 128, "64 levels are read");
	memset(deep, '[', 65);
	is_str(again_n(deep, 65), "bad JSON at byte 65: nested too deeply",
		"65 are not");
	memset(deep, '1', 100);
	is_int(strlen(again_n(deep, 100)), 100, "a long number is read");
}

static void getters(void)
{
	const char *text = "{\"i\":9007199254740993,\"r\":2.5,\"s\":\"x\","
			   "\"t\":true,\"n\":null,\"e\":3e2,\"big\":1e300,"
			   "\"over\":9223372036854775808,\"I\":7,"
			   "\"two\":1,\"two\":2}";
	struct json *j = json_parse(text, strlen(text), &a, NULL);
	int64_t i = -1;
	double r = -1;
	bool t = false;

	ok(json_get_int(j, "i", &i) && i == 9007199254740993,
		"an integer beyond 2^53");
	ok(json_get_int(j, "e", &i) && i == 300, "3e2 is whole");
	ok(!json_get_int(j, "r", &i) && !json_get_int(j, "big", &i) &&
			!json_get_int(j, "over", &i) &&
			!json_get_int(j, "s", &i) && i == 300,
		"what is no int64 leaves the value alone");
	ok(json_get_int(j, "I", &i) && i == 7, "case counts");
	ok(json_get_num(j, "r", &r) && r == 2.5, "a real");
	ok(json_get_bool(j, "t", &t) && t, "a boolean");
	ok(!json_get_bool(j, "n", &t) && !json_get_num(j, "gone", &r),
		"neither null nor nothing has a value");
	is_str(json_get_str(j, "s"), "x", "a string");
	ok(!json_get_str(j, "i"), "a number is no string");
	ok(json_get_int(j, "two", &i) && i == 2, "the last of two counts");
	is_int(json_count(j), 11, "members");
	is_int(json_count(NULL), 0, "nothing has none");
	is_str(json_kind_name(json_get(j, "t")), "a boolean", "its kind");
	ok(!json_get(json_get(j, "s"), "x"), "a string has no members");
}

static const char *number(double v)
{
	static char text[JSON_NUMBER_SIZE];

	return json_format(v, text);
}

static void numbers(void)
{
	is_str(number(3), "3", "a whole number");
	is_str(number(-0.0), "-0", "minus nought");
	is_str(number(0.1), "0.1", "a tenth");
	is_str(number(0.1 + 0.2), "0.30000000000000004", "17 digits");
	is_str(number(1.0 / 3), "0.3333333333333333", "16 digits");
	is_str(number(0x1p53), "9007199254740992", "2^53");
	is_str(number(1e300), "1e+300", "a large one");
	is_str(number(5e-324), "4.94065645841247e-324", "the smallest");
	for (uint64_t i = 1, bad = 0; i <= 20000; i++) {
		uint64_t bits = i * 0x9e3779b97f4a7c15u;
		double v;

		memcpy(&v, &bits, sizeof v);
		bad += isfinite(v) && strtod(number(v), NULL) != v;
		if (i == 20000)
			is_int(bad, 0, "doubles that read back otherwise");
	}
}

static void making(void)
{
	struct json *o = json_object(&a), *list = json_array(&a), *other;
	struct buf b;

	json_put(&a, o, "n", json_num(&a, 0.5));
	json_put(&a, o, "list", list);
	json_add(list, json_int(&a, INT64_MIN));
	json_add(list, json_str(&a, "a\"b\xff"));
	json_add(list, json_num(&a, NAN));
	json_put(&a, o, "n", json_bool(&a, false));
	json_put(&a, o, "z", json_null(&a));
	other = json_copy(&a, o);
	json_put(&a, o, "list", json_int(&a, 1));
	buf_init(&b, 1000);
	json_print_buf(other, &b);
	is_str(b.p,
		"{\"n\":false,\"list\":[-9223372036854775808,"
		"\"a\\\"b\xef\xbf\xbd\",null],\"z\":null}",
		"made, replaced in place, copied");
	buf_clear(&b);
	json_print_buf(o, &b);
	is_str(b.p, "{\"n\":false,\"list\":1,\"z\":null}",
		"a copy has nothing of the original");
	buf_release(&b);
	buf_init(&b, 10);
	ok(!json_print_buf(o, &b), "a buffer that is too small says so");
	buf_release(&b);
}

/* What was parsed in an arena that was reset is not touched again. */
static void reset(void)
{
	struct arena r = {0};
	char text[64];
	int64_t v = 0, good = 0;

	for (int i = 0; i < 1000; i++) {
		struct json *j;

		arena_reset(&r);
		snprintf(text, sizeof text, "{\"k\":[%d,\"%d\"]}", i, i);
		j = json_parse(text, strlen(text), &r, NULL);
		json_put(&r, j, "more", json_int(&r, i));
		good += json_get_int(j, "more", &v) && v == i;
	}
	is_int(good, 1000, "a record an arena's life");
	arena_release(&r);
}

int main(void)
{
	same();
	refused();
	getters();
	numbers();
	making();
	reset();
	arena_release(&a);
	return done();
}
