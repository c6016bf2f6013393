#include "cli/opt.h"

#include <stdlib.h>
#include "tap.h"

static struct {
	bool flag, other;
	int64_t count;
	double rate;
	const char *out;
	struct opt_list list;
	struct opt_size size, aspect;
} o;

static const struct opt own[] = {
	OPT_FLAG('f', "flag", &o.flag, "a flag"),
	OPT_INT('n', "count", "N", &o.count, -5, 100, "an integer"),
	OPT_REAL('t', "rate", "F", &o.rate, 0, 1, "a number"),
	OPT_STR('o', "output", "FILE", &o.out, "a string"),
	OPT_LIST('c', "class", "CLASS", &o.list, "a list"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 4096, "a size"),
	OPT_SIZE(0, "aspect", "W:H", &o.aspect, 1, 99, "a ratio"),
	{0},
};
static const struct opt more[] = {
	OPT_FLAG('x', "no-other", &o.other, "a flag of another table"),
	{0},
};
static const struct opt *const tables[] = {own, more, NULL};

static struct err e;
static char *argv[80];
static char words[2000];

/* Parse a line of words; the operands are at the front of argv. */
static int parse(const char *line)
{
	int argc = 1;
	char *at = words, *blank;

	e = (struct err){0};
	memset(&o, 0, sizeof o);
	snprintf(words, sizeof words, "%s", line);
	argv[0] = at;
	for (; *at; at = blank + 1) {
		argv[argc++] = at;
		blank = strchr(at, ' ');
		if (!blank)
			break;
		*blank = 0;
	}
	return opt_parse(tables, argc, argv, &e);
}

static void test_kinds(void)
{
	is_int(parse("-f -n 3 -t 0.5 -o a.png --size 64x96"), 0, "all kinds");
	ok(o.flag && o.count == 3 && o.rate == 0.5, "flag, integer, number");
	is_str(o.out, "a.png", "string");
	ok(o.size.w == 64 && o.size.h == 96, "size");
	is_int(parse("--aspect 3:4"), 0, "a ratio is a size with a colon");
	ok(o.aspect.w == 3 && o.aspect.h == 4, "ratio");
	is_int(parse("--flag --count=4 --rate 1 --output=x=y"), 0,
		"long names");
	ok(o.flag && o.count == 4 && o.rate == 1, "with and without =");
	is_str(o.out, "x=y", "a value may hold =");
	is_int(parse("-fxn-5 -oout"), 0, "letters share a dash");
	ok(o.flag && o.other && o.count == -5, "the last takes the value");
	is_str(o.out, "out", "a value may follow its letter");
	is_int(parse("-c full -c upper --class=lower"), 0, "a list");
	ok(o.list.n == 3 && !strcmp(o.list.v[1], "upper"), "in order");
	is_int(parse("--output="), 0, "an empty value");
	is_str(o.out, "", "is a value");
	is_int(parse("-n 1 -n 2"), 0, "twice");
	is_int(o.count, 2, "the last counts");
}

static void test_negation(void)
{
	is_int(parse("-f --no-flag"), 0, "a flag is taken back");
	ok(!o.flag, "it is");
	is_int(parse("--no-other"), 0, "a name may begin with no-");
	ok(o.other, "and is then on");
	is_int(parse("-x --no-no-other"), 0, "and is taken back");
	ok(!o.other, "like any");
	is_int(parse("--no-count"), -1, "only flags are");
	is_int(parse("--no-no-flag"), -1, "and only once");
	is_int(parse("--no-"), -1, "nothing is no flag");
}

static void test_operands(void)
{
	is_int(parse("a -f b -n 7 c"), 3, "operands among options");
	ok(!strcmp(argv[0], "a") && !strcmp(argv[1], "b") &&
			!strcmp(argv[2], "c"),
		"are moved to the front");
	is_int(parse("-f -- -n a"), 2, "-- ends the options");
	ok(!strcmp(argv[0], "-n") && !strcmp(argv[1], "a"), "truly");
	is_int(parse("- -f"), 1, "- is an operand");
	is_str(argv[0], "-", "itself");
	is_int(parse("-o - -o --"), 0, "a value may begin with a dash");
	is_str(o.out, "--", "whatever it is");
	is_int(parse(""), 0, "nothing at all");
}

static void test_errors(void)
{
	static const struct {
		const char *line, *message;
	} bad[] = {
		{"--wrong", "unknown option '--wrong'"},
		{"--wrong=3", "unknown option '--wrong'"},
		{"--coun 3", "unknown option '--coun'"},
		{"-fy", "unknown option '-y'"},
		{"--flag=1", "--flag takes no value"},
		{"--count", "--count: N missing"},
		{"-n", "-n: N missing"},
		{"-n 101",
			"--count: an integer in -5..100 expected, not '101'"},
		{"-n 1.5",
			"--count: an integer in -5..100 expected, not '1.5'"},
		{"--count=", "--count: an integer in -5..100 expected, not ''"},
		{"-t 1.01", "--rate: a number in 0..1 expected, not '1.01'"},
		{"--size 64", "--size: WxH in 1..4096 expected, not '64'"},
		{"--aspect 3x4", "--aspect: W:H in 1..99 expected, not '3x4'"},
		{"--size 0x64", "--size: WxH in 1..4096 expected, not '0x64'"},
		{"--size 8x8x8", "--size: WxH in 1..4096 expected, "
				 "not '8x8x8'"},
	};
	char line[600] = "";

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		is_int(parse(bad[i].line), -1, bad[i].line);
		is_str(e.msg, bad[i].message, "is explained");
		is_int(e.code, ERR_USAGE, "as a mistake of usage");
	}
	for (int i = 0; i <= OPT_LIST_MAX; i++)
		memcpy(line + 4 * i, "-ca ", 5);
	is_int(parse(line), -1, "a list has an end");
	is_str(e.msg, "--class: given more than 64 times", "it says which");
}

static void test_print(void)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	opt_table(own, f);
	fflush(f);
	ok(!strncmp(text,
		   "f\tflag\t-\ta flag\n"
		   "n\tcount\tN\tan integer\n",
		   35),
		"a table for programs");
	ok(strstr(text, "\n-\tsize\tWxH\ta size\n"), "- for no letter");
	rewind(f);
	opt_help(own, f);
	fclose(f);
	ok(!strncmp(text, "  -f, --flag                 a flag\n", 36),
		"a table for people");
	ok(strstr(text, "\n      --size WxH             a size\n"),
		"its columns line up");
	free(text);
}

int main(void)
{
	test_kinds();
	test_negation();
	test_operands();
	test_errors();
	test_print();
	return done();
}
