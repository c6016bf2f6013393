/*
 * DeepFashion's text files: a count, a row of column names, then rows, all
 * separated by runs of blanks. The reader goes by the column names, so it
 * reads the sibling benchmarks too.
 *
 *	2
 *	image_name  x_1  y_1  x_2  y_2
 *	img/a b/1.jpg    072 079 232 273
 *	img/a b/2.jpg    067 059 155 161
 *
 * A row is split from its end: the first column is what is left over and may
 * hold blanks, as names of categories do.
 */
#ifndef DATA_DF_TABLE_H
#define DATA_DF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/err.h"

enum { DF_COLUMNS_MAX = 32, DF_LINE_MAX = 1 << 17 };

struct df_table {
	const char *path;
	long line;  /* of the row at hand, from 1 */
	long rows;  /* read so far, good or not */
	long count; /* rows that the first line promises */
	int ncolumns;
	const char *column[DF_COLUMNS_MAX];
	FILE *f;
	char *p; /* [DF_LINE_MAX + 1]: a part of the file, from at on not used
		  */
	size_t at, end;
};

/* Count and header read; path, columns and the row at hand are in a. The table
 * is closed when this fails. */
int df_table_open(
	struct df_table *t, const char *path, struct arena *a, struct err *e);
void df_table_close(struct df_table *t);
/* The number of a column, -1 with ERR_DATA. */
int df_table_column(const struct df_table *t, const char *name, struct err *e);
/* The next row: 1, with a string a column, good until the next call; 0 at the
 * end; -1 with ERR_DATA for a row that is none, and the next call goes on, or
 * with ERR_IO. */
int df_table_next(
	struct df_table *t, const char *field[DF_COLUMNS_MAX], struct err *e);
/* The same, but only the first n columns, each one word: for tables of which
 * the rows are of different lengths. */
int df_table_front(struct df_table *t, const char *field[DF_COLUMNS_MAX], int n,
	struct err *e);
/* A file of rows alone, of so many columns, without count or names. */
int df_table_open_bare(struct df_table *t, const char *path, int ncolumns,
	struct arena *a, struct err *e);
/* A field as an integer: base ten, however many zeros it begins with. */
int df_table_int(const struct df_table *t, const char *field, int64_t lo,
	int64_t hi, int64_t *v, struct err *e);

#endif
