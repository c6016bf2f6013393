#define _XOPEN_SOURCE 700
#include "base/rng.h"
#include "conf/conf.h"

#include <stdlib.h>
#include <unistd.h>
#include "tap.h"

struct config {
	char type[KEY_STR_MAX], weights[KEY_STR_MAX];
	int64_t classes;
	bool fpn;
	double rate;
	struct key_ints steps, scales;
	struct key_strs sets;
};

static const struct key table[] = {
	KEY("MODEL.TYPE", KEY_STR, struct config, type, 0, 0),
	KEY("MODEL.NUM_CLASSES", KEY_INT, struct config, classes, 1, 1000),
	KEY("FPN.FPN_ON", KEY_BOOL, struct config, fpn, 0, 0),
	KEY("SOLVER.BASE_LR", KEY_REAL, struct config, rate, 0, 10),
	KEY("SOLVER.STEPS", KEY_INTS, struct config, steps, 0, 1e9),
	KEY("TRAIN.WEIGHTS", KEY_STR, struct config, weights, 0, 0),
	KEY("TRAIN.DATASETS", KEY_STRS, struct config, sets, 0, 0),
	KEY("TRAIN.SCALES", KEY_INTS, struct config, scales, 1, 10000),
	KEY("NUM_GPUS", KEY_IGNORED, struct config, type, 0, 0),
	KEY("KRCNN", KEY_IGNORED, struct config, type, 0, 0),
	{0},
};

static struct config c;
static struct err e;
static char noted[600];

static void note(void *arg, const struct key *k, const char *message)
{
	size_t n = strlen(noted);

	(void)arg;
	(void)k;
	snprintf(noted + n, sizeof noted - n, "%s;", message);
}

static int parse_n(const char *yaml, size_t n)
{
	e = (struct err){0};
	c = (struct config){0};
	noted[0] = 0;
	return conf_parse(yaml, n, "a.yaml", table, &c, note, NULL, &e);
}

static int parse(const char *yaml)
{
	return parse_n(yaml, strlen(yaml));
}

static void is_error(const char *yaml, const char *message)
{
	is_int(parse(yaml), -1, message);
	is_str(e.msg, message, "is the message");
	is_int(e.code, ERR_CONFIG, "and bad configuration the status");
}

static void test_detectron(void)
{
	is_int(parse("# as Detectron has them\n"
		     "MODEL:\n"
		     "  TYPE: generalized_rcnn\n"
		     "  NUM_CLASSES: 4\n"
		     "NUM_GPUS: 8\n"
		     "FPN:\n"
		     "  FPN_ON: True\n"
		     "SOLVER:\n"
		     "  BASE_LR: 0.0025\n"
		     "  STEPS: [0, 60000, 80000]\n"
		     "TRAIN:\n"
		     "  WEIGHTS: https://host/R-50.pkl # not 'host'\n"
		     "  DATASETS: ('coco_a',\n"
		     "    'coco_b')\n"
		     "  SCALES: (800,)\n"),
		0, "Detectron's own form");
	is_str(e.msg, "", "no error");
	is_str(c.type, "generalized_rcnn", "a string");
	is_int(c.classes, 4, "an integer");
	ok(c.fpn, "a boolean");
	is_near(c.rate, 0.0025, 0, "a number");
	ok(c.steps.n == 3 && c.steps.v[2] == 80000, "a sequence");
	is_str(c.weights, "https://host/R-50.pkl", "an address");
	ok(c.sets.n == 2 && !strcmp(c.sets.v[1], "coco_b"),
		"a tuple on two lines");
	ok(c.scales.n == 1 && c.scales.v[0] == 800, "a tuple of one");
	is_str(noted, "a.yaml:5: NUM_GPUS has no effect;",
		"what has no effect is told");
}

static void test_forms(void)
{
	is_int(parse("SOLVER.STEPS:\n- 1\n- 2\nMODEL: {TYPE: 'it''s'}\n"), 0,
		"dotted keys, block sequences, flow mappings");
	ok(c.steps.n == 2 && c.steps.v[1] == 2, "the sequence");
	is_str(c.type, "it's", "the string");
	is_int(parse("TRAIN.DATASETS: [a, 'b, c', \"it's\"]\n"), 0,
		"a sequence of strings");
	ok(c.sets.n == 3 && !strcmp(c.sets.v[1], "b, c") &&
			!strcmp(c.sets.v[2], "it's"),
		"commas and quotes are theirs");
	is_int(parse("SOLVER.STEPS: []\n"), 0, "an empty sequence");
	is_int(c.steps.n, 0, "is empty");
	is_int(parse("KRCNN:\n  A: [[1], {b: 2}]\n  A: 1\nNUM_GPUS: [1]\n"), 0,
		"ignored sections are passed over");
	is_str(noted,
		"a.yaml:1: KRCNN has no effect;"
		"a.yaml:4: NUM_GPUS has no effect;",
		"and told once each");
	is_int(parse(""), 0, "an empty file");
	is_int(parse("# nothing\n---\n"), 0, "an empty document");
	is_int(parse("MODEL:\nTRAIN:\n"), 0, "empty sections");
	is_int(parse("\xef\xbb\xbfMODEL.TYPE: \"\xc3\xa9\"\r\n"), 0,
		"a byte order mark, and a carriage return");
	is_str(c.type, "\xc3\xa9", "in UTF-8");
}

static void test_mistakes(void)
{
	is_error("MODEL:\n  NUM_CLASS: 4\n",
		"a.yaml:2: unknown key 'MODEL.NUM_CLASS'; did you mean "
		"'MODEL.NUM_CLASSES'?");
	is_error("model.type: x\n", "a.yaml:1: unknown key 'model.type'; "
				    "did you mean 'MODEL.TYPE'?");
	is_error("TRAIN.BASE_LR: 1\n", "a.yaml:1: unknown key 'TRAIN.BASE_LR'; "
				       "did you mean 'SOLVER.BASE_LR'?");
	is_error("\nFOO: {}\n", "a.yaml:2: unknown key 'FOO'");
	is_error("MODEL: x\n", "a.yaml:1: 'MODEL' is a section, not a key");
	is_error("MODEL.TYPE: {A: 1}\n",
		"a.yaml:1: 'MODEL.TYPE' is a key, not a section");
	is_error("MODEL:\n  NUM_CLASSES:\n    0\n",
		"a.yaml:2: MODEL.NUM_CLASSES: an integer in 1..1000 expected, "
		"not '0'");
	is_error("SOLVER.STEPS: [1, x]\n",
		"a.yaml:1: SOLVER.STEPS: numbers in 0..1e+09 expected, not "
		"'[1, x]'");
	is_error("SOLVER.STEPS: [[1], [2]]\n",
		"a.yaml:1: SOLVER.STEPS: a list of plain values expected");
	is_error("MODEL:\n  TYPE: a\nMODEL.TYPE: b\n",
		"a.yaml:3: 'MODEL.TYPE' was given on line 2 already");
	is_error("MODEL:\n  TYPE: a\nMODEL:\n  NUM_CLASSES: 4\n",
		"a.yaml:3: 'MODEL' was given on line 1 already");
	is_error("- a\n", "a.yaml:1: keys with values expected");
	is_error("word\n", "a.yaml:1: keys with values expected");
	is_error("? [a]\n: b\n", "a.yaml:1: a key must be a word");
	is_error("MODEL.TYPE: a\n---\nMODEL.TYPE: b\n",
		"a.yaml:2: a second document");
}

static void test_hostile(void)
{
	enum { MANY = 200000 };
	static char big[MANY];
	int n = 0;

	is_error("MODEL.TYPE: &a x\n",
		"a.yaml:1: anchors and aliases are not read");
	is_error("KRCNN: [*a]\n", "a.yaml:1: anchors and aliases are not read");
	is_error("MODEL.TYPE: !!python/object:os.system x\n",
		"a.yaml:1: tags are not read");
	is_error("MODEL.TYPE: \"a\\0b\"\n",
		"a.yaml:1: MODEL.TYPE: a NUL in the value");
	is_error("MODEL.TYPE: \"a\\nb\"\n",
		"a.yaml:1: MODEL.TYPE: a control character in the value");
	is_error("MODEL:\n\tTYPE: a\n",
		"a.yaml:2: found character that cannot start any token");
	is_error(
		"MODEL.TYPE: 'a\n", "a.yaml:2: found unexpected end of stream");
	is_int(parse_n("MODEL.TYPE: \0\n", 14), -1, "a NUL byte");
	is_int(parse("\nMODEL.TYPE: \xff\xfe\n"), -1, "no UTF-8");
	ok(!strncmp(e.msg, "a.yaml:", 7) && e.code == ERR_CONFIG, "%s", e.msg);

	memset(big, '[', MANY);
	memcpy(big, "KRCNN: ", 7);
	is_int(parse_n(big, MANY), -1, "deep nesting");
	is_str(e.msg, "a.yaml:1: more than 16 levels", "has a limit");
	for (int i = 0; i < 20; i++)
		n += snprintf(
			big + n, sizeof big - (size_t)n, "%*sMODEL:\n", i, "");
	is_int(parse(big), -1, "nested sections that are none");

	memset(big, 'x', MANY);
	memcpy(big, "MODEL.TYPE: ", 12);
	is_int(parse_n(big, MANY), -1, "a huge value");
	memcpy(big, "xxxxxxxxxxxx", 12);
	memcpy(big + MANY - 4, ": 1\n", 4);
	is_int(parse_n(big, MANY), -1, "a huge key");
	for (int i = 0; i < MANY; i += 2)
		memcpy(big + i, "1,", 2);
	memcpy(big, "SOLVER.STEPS:  [", 16);
	is_int(parse_n(big, MANY), -1, "a huge list");
	is_str(e.msg, "a.yaml:1: SOLVER.STEPS: the list is too long",
		"has a limit too");
	is_int(conf_parse("x: y", 4, "a.yaml", table, &c, NULL, NULL, NULL), -1,
		"nobody need listen");
}

/* Whatever is done to a good file, it is read or refused with its place. */
static void test_mutations(void)
{
	static const char good[] =
		"MODEL:\n  TYPE: 'a'\n  NUM_CLASSES: 4\nSOLVER:\n"
		"  STEPS: [0, 60000, 80000]\n  BASE_LR: 0.1\nTRAIN:\n"
		"  DATASETS: ('coco_a', \"b\")\nNUM_GPUS: {a: [1, 2]}\n";
	static const char odd[] = "[]{}&*!|>'\"%@`#,:?-~\n\t \\\0\x80\xff";
	struct rng r = rng_new(1, RNG_DRAW);
	int read = 0, refused = 0, wrong = 0, rounds = 5000;

	for (int i = 0; i < rounds; i++) {
		char bad[sizeof good];
		int changes = 1 + (int)rng_below(&r, 3);

		memcpy(bad, good, sizeof good);
		while (changes--)
			bad[rng_below(&r, sizeof good - 1)] =
				odd[rng_below(&r, sizeof odd - 1)];
		if (!parse_n(bad, sizeof good - 1))
			read++;
		else if (e.code == ERR_CONFIG && !strncmp(e.msg, "a.yaml:", 7))
			refused++;
		else
			wrong++;
	}
	is_int(wrong, 0, "mutated files end in the documented way");
	ok(read > 100 && refused > 1000, "%d read, %d refused", read, refused);
}

static void test_files(void)
{
	char path[] = "/tmp/conf_test.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct config first;

	parse("MODEL.TYPE: 'it''s # no comment'\nSOLVER.BASE_LR: 0.1\n"
	      "MODEL.NUM_CLASSES: 3\nTRAIN.DATASETS: ['a, b', \"'\"]\n");
	first = c;
	keys_dump(table, &c, f);
	fclose(f);
	c = (struct config){0};
	is_int(conf_load(path, table, &c, note, NULL, &e), 0,
		"what keys_dump writes is read");
	ok(!memcmp(&first, &c, sizeof c), "and is the same");
	unlink(path);
	is_int(conf_load(path, table, &c, note, NULL, &e), -1, "no file");
	is_int(e.code, ERR_NOINPUT, "is no input");
}

static void test_set(void)
{
	c = (struct config){0};
	e = (struct err){0};
	ok(!conf_set(table, &c, "SOLVER.BASE_LR", "0.01", note, NULL, &e) &&
			c.rate == 0.01,
		"a field set from a command line");
	ok(!conf_set(table, &c, "TRAIN.SCALES", "(600, 800)", note, NULL, &e) &&
			c.scales.n == 2,
		"a list too");
	ok(conf_set(table, &c, "SOLVER.BASE_RL", "1", note, NULL, &e) &&
			e.code == ERR_CONFIG,
		"a misspelt key");
	is_str(e.msg,
		"unknown key 'SOLVER.BASE_RL'; did you mean 'SOLVER.BASE_LR'?",
		"gets a hint");
	ok(conf_set(table, &c, "SOLVER", "1", note, NULL, &e), "a section");
	is_str(e.msg, "'SOLVER' is a section, not a key", "is no key");
	ok(conf_set(table, &c, "Q", "1", note, NULL, &e), "a stranger");
	is_str(e.msg, "unknown key 'Q'", "gets none");
}

int main(void)
{
	test_detectron();
	test_forms();
	test_mistakes();
	test_hostile();
	test_mutations();
	test_files();
	test_set();
	return done();
}
