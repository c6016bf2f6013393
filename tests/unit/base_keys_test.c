#include "base/keys.h"

#include <stdlib.h>
#include "tap.h"

struct config {
	bool flag;
	int64_t count;
	double rate;
	char name[KEY_STR_MAX];
	struct key_ints steps;
	struct key_reals ratios;
	struct key_strs sets;
};

static const struct key table[] = {
	KEY("A.FLAG", KEY_BOOL, struct config, flag, 0, 0),
	KEY("A.COUNT", KEY_INT, struct config, count, -5, 100),
	KEY("A.RATE", KEY_REAL, struct config, rate, 0, 1e6),
	KEY("NAME", KEY_STR, struct config, name, 0, 0),
	KEY("STEPS", KEY_INTS, struct config, steps, 0, 1e9),
	KEY("RATIOS", KEY_REALS, struct config, ratios, 0, 10),
	KEY("SETS", KEY_STRS, struct config, sets, 0, 0),
	KEY("OLD", KEY_IGNORED, struct config, flag, 0, 0),
	{0},
};

static struct config c;
static struct err e;

static int set(const char *name, const char *text)
{
	e = (struct err){0};
	return keys_set(keys_find(table, name), &c, text, &e);
}

static void test_scalars(void)
{
	ok(keys_find(table, "A.RATE") == &table[2], "a key is found");
	ok(!keys_find(table, "A"), "a part of a name is not");

	ok(!set("A.FLAG", "True") && c.flag, "True");
	ok(!set("A.FLAG", "false") && !c.flag, "false");
	ok(set("A.FLAG", "1") && e.code == ERR_CONFIG, "1 is no boolean");
	is_str(e.msg, "A.FLAG: True or False expected, not '1'", "it says so");
	ok(!set("A.COUNT", "-5") && c.count == -5, "an integer");
	ok(set("A.COUNT", "101"), "above the range");
	is_str(e.msg, "A.COUNT: an integer in -5..100 expected, not '101'",
		"it says which");
	is_int(c.count, -5, "the field is as it was");
	ok(set("A.COUNT", "1.5"), "1.5 is no integer");
	ok(!set("A.RATE", "2.5e-3") && c.rate == 2.5e-3, "a number");
	ok(set("A.RATE", "nan"), "nan is no number");
	ok(!set("NAME", "it's (1, 2)"), "a string is taken as it is");
	is_str(c.name, "it's (1, 2)", "to the letter");
	ok(set("NAME", "two\nlines"), "but it is one line");
	ok(!set("OLD", "anything") && !c.flag, "an ignored key has no effect");
}

static void test_lists(void)
{
	static const char *const same[] = {"(1, 22, 3)", "[1, 22, 3]",
		"[1,22,3,]", "1, 22, 3", "( 1 ,22, 3 , )"};
	static const char *const bad[] = {"(1, 2", "[1, 2)", "(1, x)",
		"(1,, 2)", ",", "1 2", "(-1,)", "((1, 2), 3)", "(1.5,)"};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		c.steps.n = 0;
		ok(!set("STEPS", same[i]) && c.steps.n == 3 &&
				c.steps.v[0] == 1 && c.steps.v[1] == 22 &&
				c.steps.v[2] == 3,
			"the list %s", same[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(set("STEPS", bad[i]) && e.code == ERR_CONFIG,
			"no list of integers: %s", bad[i]);
	ok(c.steps.n == 3 && c.steps.v[0] == 1, "the field is as it was");
	ok(!set("STEPS", "()") && c.steps.n == 0, "an empty list");
	ok(!set("STEPS", "800") && c.steps.n == 1 && c.steps.v[0] == 800,
		"a bare number");
	ok(!set("RATIOS", "(0.5, 1., 2)") && c.ratios.n == 3 &&
			c.ratios.v[1] == 1,
		"a list of numbers");
}

static void test_strings(void)
{
	char many[200] = "", longest[2 * KEY_STR_MAX];

	ok(!set("SETS", "('coco_a', \"b c\",'it''s')"), "quoted strings");
	is_int(c.sets.n, 3, "three");
	is_str(c.sets.v[0], "coco_a", "the first");
	is_str(c.sets.v[1], "b c", "one with a blank");
	is_str(c.sets.v[2], "it's", "one with a quote");
	ok(!set("SETS", "['']") && c.sets.n == 1 && !c.sets.v[0][0],
		"an empty string");
	ok(set("SETS", "('a"), "a quote without end");
	ok(set("SETS", "['a]"), "also in brackets");
	ok(set("SETS", "('a' 'b')"), "a comma is missing");

	for (int i = 0; i < KEY_LIST_MAX; i++)
		memcpy(many + 2 * i, "a,", 3);
	ok(!set("SETS", many) && c.sets.n == KEY_LIST_MAX, "a full list");
	memcpy(many + 2 * KEY_LIST_MAX, "a", 2);
	ok(set("SETS", many), "one too many");
	memset(longest, 'x', sizeof longest);
	longest[KEY_STR_MAX] = 0;
	ok(set("SETS", longest) && set("NAME", longest), "a string too long");
	longest[KEY_STR_MAX - 1] = 0;
	ok(!set("SETS", longest) && !set("NAME", longest), "one that fits");
}

/* Every line that keys_dump writes sets a field to what it was. */
static void test_dump(void)
{
	char *text = NULL, *again = NULL, *copy, *line;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	int wrong = 0;

	set("A.FLAG", "True");
	set("A.RATE", "0.1");
	set("NAME", "it's");
	set("STEPS", "(0, 60000, 80000)");
	set("RATIOS", "0.3333333333333333, 1e-9, 2");
	set("SETS", "('a b', 'it''s', \"x\"\"y\")");
	keys_dump(table, &c, f);
	fclose(f);
	is_str(text,
		"A.FLAG: True\nA.COUNT: -5\nA.RATE: 0.1\nNAME: 'it''s'\n"
		"STEPS: [0, 60000, 80000]\n"
		"RATIOS: [0.3333333333333333, 1e-09, 2]\n"
		"SETS: ['a b', 'it''s', 'x\"y']\n",
		"keys_dump writes YAML");

	copy = strdup(text);
	c = (struct config){0};
	set("NAME", "it's"); /* its quotes are YAML's, and so not keys_set's */
	for (char *at = copy; (line = at) && *line;) {
		char *value = strstr(line, ": ");

		at = strchr(line, '\n');
		*at++ = 0;
		*value = 0;
		if (strcmp(line, "NAME"))
			wrong += set(line, value + 2) != 0;
	}
	is_int(wrong, 0, "keys_set reads it back");
	f = open_memstream(&again, &n);
	keys_dump(table, &c, f);
	fclose(f);
	is_str(again, text, "without loss");
	free(text);
	free(again);
	free(copy);
}

int main(void)
{
	test_scalars();
	test_lists();
	test_strings();
	test_dump();
	return done();
}
