/* DeepFashion's text files, row by row: what is a row, and what is none. */
#include "tap.h"
#include "data/df_table.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/df_table_test.XXXXXX";
static struct arena a;

static int open_text(
	struct df_table *t, const char *text, size_t n, struct err *e)
{
	FILE *f = fopen(path, "wb");

	arena_reset(&a);
	if (!f || fwrite(text, 1, n, f) != n || fclose(f))
		exit(1);
	*e = (struct err){0};
	return df_table_open(t, path, &a, e);
}

static void rows(void)
{
	/* Blanks before, between and behind, CRLF, an empty line, no newline
	 * at the end. */
	static const char text[] = "4\r\nname  x_1\ty_1\r\n"
				   "img/a b/1.jpg   072 -09\r\n\r\n"
				   "  \tc\t 1\t2  \n"
				   "short 1\n"
				   "bad\xff 1 2\n"
				   "a\0b 1 2\n"
				   "last 3 4";
	const char *field[DF_COLUMNS_MAX];
	struct df_table t;
	struct err e;
	int64_t v = 0;

	is_int(open_text(&t, text, sizeof text - 1, &e), 0, "opened");
	is_int(t.count, 4, "the count");
	is_int(t.ncolumns, 3, "columns");
	is_int(df_table_column(&t, "y_1", &e), 2, "a column");
	is_int(df_table_column(&t, "y", &e), -1, "no column");
	ok(strstr(e.msg, ":2: no column 'y'"), "and which");

	is_int(df_table_next(&t, field, &e), 1, "a row");
	is_int(t.line, 3, "its line");
	is_str(field[0], "img/a b/1.jpg", "the first column may have blanks");
	ok(!df_table_int(&t, field[1], 0, 99, &v, &e) && v == 72,
		"072 is base ten");
	ok(!df_table_int(&t, field[2], -99, 99, &v, &e) && v == -9,
		"so is -09");
	is_int(df_table_int(&t, field[1], 0, 71, &v, &e), -1, "out of range");
	ok(strstr(e.msg, ":3: '072' is not an integer in 0..71"), "says so");
	is_int(df_table_int(&t, "7x", 0, 71, &v, &e), -1, "no number");

	is_int(df_table_next(&t, field, &e), 1, "the next");
	is_int(t.line, 5, "empty lines count as lines");
	ok(!strcmp(field[0], "c") && !strcmp(field[1], "1") &&
			!strcmp(field[2], "2"),
		"blanks around are none of it");
	is_int(df_table_next(&t, field, &e), -1, "too few columns");
	ok(strstr(e.msg, ":6: fewer than 3 columns"), "says so");
	is_int(df_table_next(&t, field, &e), -1, "not UTF-8");
	ok(strstr(e.msg, ":7: not UTF-8"), "says so");
	is_int(df_table_next(&t, field, &e), -1, "a NUL");
	ok(strstr(e.msg, ":8: NUL byte"), "says so");
	is_int(df_table_next(&t, field, &e), 1, "and it goes on");
	is_str(field[2], "4", "to the last, which has no newline");
	is_int(t.rows, 6, "rows, good or not");
	is_int(df_table_next(&t, field, &e), 0, "the end");
	is_int(df_table_next(&t, field, &e), 0, "which stays");
	df_table_close(&t);
}

static void headers(void)
{
	static const struct {
		const char *text;
		size_t n;
		const char *why;
	} bad[] = {
		{"", 0, ":1: the number of rows expected"},
		{"x\nname\n", 7, ":1: the number of rows expected"},
		{"-1\nname\n", 8, ":1: the number of rows expected"},
		{"1 2\nname\n", 9, ":1: the number of rows expected"},
		{"1\n", 2, ": no row of column names"},
		{"1\na b c d e f g h i j k l m n o p q r s t u v w x y z a b c "
		 "d "
		 "e f g\n",
			68, ":2: more than 32 columns"},
	};
	struct df_table t;
	struct err e;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		is_int(open_text(&t, bad[i].text, bad[i].n, &e), -1,
			bad[i].why);
		is_int(e.code, ERR_DATA, "its code");
		is_str(e.msg + strlen(path), bad[i].why, "its message");
	}
	is_int(df_table_open(&t, "/nowhere/x", &a, &e), -1, "no file");
	is_int(e.code, ERR_NOINPUT, "its code");
}

int main(void)
{
	if (close(mkstemp(path)))
		return 1;
	rows();
	headers();
	unlink(path);
	arena_release(&a);
	return done();
}
