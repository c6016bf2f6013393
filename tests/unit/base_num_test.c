#include "base/num.h"

#include "tap.h"

static void test_int(void)
{
	static const char *const bad[] = {"", "-", "+", " 1", "1 ", "1.0",
		"1e3", "0x10", "--1", "+-1", "1k", "99999999999999999999",
		"one"};
	int64_t v = 77;

	ok(num_int("42", 0, 100, &v) && v == 42, "42");
	ok(num_int("-7", -10, 0, &v) && v == -7, "-7");
	ok(num_int("+7", 0, 10, &v) && v == 7, "+7");
	ok(num_int("010", 0, 100, &v) && v == 10, "base ten, always");
	ok(num_int("9223372036854775807", 0, INT64_MAX, &v) && v == INT64_MAX,
		"the largest");
	ok(num_int("-9223372036854775808", INT64_MIN, 0, &v) && v == INT64_MIN,
		"the smallest");
	ok(!num_int("9223372036854775808", INT64_MIN, INT64_MAX, &v),
		"one more than the largest");
	ok(num_int("5", 5, 5, &v), "both ends are inside");
	v = 77;
	ok(!num_int("6", 0, 5, &v) && !num_int("-1", 0, 5, &v), "the range");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!num_int(bad[i], INT64_MIN, INT64_MAX, &v),
			"'%s' is no integer", bad[i]);
	is_int(v, 77, "what fails leaves the value alone");
}

static void test_real(void)
{
	static const char *const bad[] = {"", "-", ".", " 1", "1 ", "1,5",
		"inf", "-inf", "nan", "-nan", "0x10", "-0x10", "1e999", "1.5.2",
		"1e", "one"};
	double v = 77;

	ok(num_real("0.5", 0, 1, &v) && v == 0.5, "0.5");
	ok(num_real(".5", 0, 1, &v) && v == 0.5, ".5");
	ok(num_real("10.", 0, 10, &v) && v == 10, "10.");
	ok(num_real("-1e-3", -1, 0, &v) && v == -1e-3, "-1e-3");
	ok(num_real("1e-400", 0, 1, &v) && v == 0, "too small is nothing");
	ok(num_real("1", 1, 1, &v), "both ends are inside");
	v = 77;
	ok(!num_real("1.01", 0, 1, &v) && !num_real("-.1", 0, 1, &v),
		"the range");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!num_real(bad[i], -1e300, 1e300, &v), "'%s' is no number",
			bad[i]);
	is_near(v, 77, 0, "what fails leaves the value alone");
}

static void bytes(void)
{
	static const struct {
		const char *text;
		int64_t v;
	} good[] = {{"0", 0}, {"300", 300}, {"2k", 2048}, {"1.5M", 1572864},
		{"2G", (int64_t)2 << 30}};
	static const char *const bad[] = {
		"", "k", "-1", "1T", "1 M", "1KB", "9e15G", "x"};
	int64_t v;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ok(num_bytes(good[i].text, &v) && v == good[i].v, "%s bytes",
			good[i].text);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!num_bytes(bad[i], &v), "'%s' is no size", bad[i]);
}

int main(void)
{
	bytes();
	test_int();
	test_real();
	return done();
}
