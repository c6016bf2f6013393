/*
 * Options from one table, which drives parsing, --help, --help=table (for
 * shell completion and for the test that compares it with the man page).
 *
 *	static struct { int64_t n; const char *out; bool strict; } o = {.n = 8};
 *	static const struct opt opts[] = {
 *		OPT_INT('n', "count", "N", &o.n, 1, 1e9, "how many"),
 *		OPT_STR('o', "output", "DIR", &o.out, "where they go"),
 *		OPT_FLAG(0, "strict", &o.strict, "stop at the first bad one"),
 *		{0}
 *	};
 *
 * Long names take --name VALUE or --name=VALUE and are never abbreviated; a
 * flag may be taken back by --no-name; -- ends the options.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/err.h"

enum opt_kind {
	OPT_FLAG_KIND,
	OPT_SWITCH_KIND,
	OPT_INT_KIND,
	OPT_REAL_KIND,
	OPT_STR_KIND,
	OPT_LIST_KIND,
	OPT_SIZE_KIND
};

enum { OPT_LIST_MAX = 64 };

/* The values of an option that may be given many times. */
struct opt_list {
	int n;
	const char *v[OPT_LIST_MAX];
};

/* WxH, or W:H where the value is called so */
struct opt_size {
	int64_t w, h;
};

struct opt {
	char letter;      /* 0: none */
	const char *name; /* long name, without dashes */
	enum opt_kind kind;
	const char *arg; /* what the value is called; NULL for flags */
	void *to;
	double lo, hi; /* range of numbers, ends included */
	const char *help;
};

#define OPT_FLAG(c, name, to, help) \
	{ \
		c, name, OPT_FLAG_KIND, NULL, to, 0, 0, help \
	}
/* int64_t: 1 for --name, 0 for --no-name; what it is without either tells
 * that nothing was said. */
#define OPT_SWITCH(c, name, to, help) \
	{ \
		c, name, OPT_SWITCH_KIND, NULL, to, 0, 0, help \
	}
#define OPT_INT(c, name, arg, to, lo, hi, help) \
	{ \
		c, name, OPT_INT_KIND, arg, to, lo, hi, help \
	} /* int64_t */
#define OPT_REAL(c, name, arg, to, lo, hi, help) \
	{ \
		c, name, OPT_REAL_KIND, arg, to, lo, hi, help \
	} /* double */
#define OPT_STR(c, name, arg, to, help) \
	{ \
		c, name, OPT_STR_KIND, arg, to, 0, 0, help \
	} /* const char * */
#define OPT_LIST(c, name, arg, to, help) \
	{ \
		c, name, OPT_LIST_KIND, arg, to, 0, 0, help \
	} /* struct opt_list */
#define OPT_SIZE(c, name, arg, to, lo, hi, help) \
	{ \
		c, name, OPT_SIZE_KIND, arg, to, lo, hi, help \
	} /* struct opt_size */

/*
 * Parse argv[1..argc-1] by the tables (each ended by an entry without a
 * name). Operands are moved to the front of argv; their number is returned,
 * -1 with ERR_USAGE on a bad option.
 */
int opt_parse(
	const struct opt *const tables[], int argc, char **argv, struct err *e);

/* Print a table for people, or one tab-separated line an option. */
void opt_help(const struct opt *table, FILE *f);
void opt_table(const struct opt *table, FILE *f);

#endif
