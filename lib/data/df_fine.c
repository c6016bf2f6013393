#include "data/df_int.h"

/* The lists of a partition: a name, a label, a box a line. */
enum { NAME, LABEL, BOX, LISTS };

static const char *const endings[LISTS] = {"", "_cate", "_bbox"};
static const int columns[LISTS] = {1, 1, 4};
static const char *const partitions[] = {
	[DF_TRAIN] = "train", [DF_VAL] = "val", [DF_TEST] = "test"};

static const char *list_path(const struct df_join *j, int partition, int list)
{
	return arena_printf(
		j->arena, "%s%s.txt", partitions[partition], endings[list]);
}

bool df_has_fine(const struct df_join *j)
{
	if (df_find(j, "list_bbox.txt"))
		return false;
	for (int p = DF_TRAIN; p <= DF_TEST; p++)
		if (df_find(j, list_path(j, p, BOX)))
			return true;
	return false;
}

static int take_line(struct df_join *j, int partition, struct df_table t[LISTS],
	const char *field[LISTS][DF_COLUMNS_MAX], struct err *e)
{
	const char *image = field[NAME][0];
	int i = df_image(j, image);

	if (df_take(j, t[NAME].path, t[NAME].line, image,
		    &j->facts[i].partition, partition, e) ||
		df_take_label(j, &t[LABEL], image, field[LABEL][0], e))
		return -1;
	return df_take_box(j, &t[BOX], image, field[BOX], e);
}

/* A line of each list; those that can't be read cost the image. */
static int read_lines(struct df_join *j, int partition,
	struct df_table t[LISTS], struct err *e)
{
	const char *field[LISTS][DF_COLUMNS_MAX];
	int got[LISTS], bad = 0;

	while (!bad) {
		struct err why[LISTS];
		int ends = 0;

		for (int k = 0; k < LISTS; k++) {
			got[k] = df_table_next(&t[k], field[k], &why[k]);
			ends += got[k] == 0;
		}
		if (ends == LISTS)
			return 0;
		if (ends > 0)
			return err_set(e, ERR_DATA,
				"%s, %s and %s have not the same number of "
				"lines",
				t[NAME].path, t[LABEL].path, t[BOX].path);
		for (int k = 0; k < LISTS && !bad; k++)
			if (got[k] < 0)
				bad = df_bad_row(j, &why[k], e);
		if (!bad && got[NAME] > 0 && got[LABEL] > 0 && got[BOX] > 0)
			bad = take_line(j, partition, t, field, e);
	}
	return -1;
}

static int read_partition(struct df_join *j, int partition, struct err *e)
{
	struct arena text = {0};
	struct df_table t[LISTS] = {{0}};
	int bad = 0;

	for (int k = 0; k < LISTS && !bad; k++) {
		const char *name = list_path(j, partition, k);
		const char *path = df_find(j, name);

		if (!path)
			bad = err_set(e, ERR_NOINPUT,
				"no %s in Anno_fine of '%s'", name, j->o->dir);
		else
			bad = df_table_open_bare(
				&t[k], path, columns[k], &text, e);
	}
	if (!bad) {
		j->boxes = t[BOX].path = arena_dup(j->arena, t[BOX].path);
		bad = read_lines(j, partition, t, e);
	}
	for (int k = 0; k < LISTS; k++)
		df_table_close(&t[k]);
	arena_release(&text);
	return bad;
}

int df_read_fine(struct df_join *j, struct err *e)
{
	for (int p = DF_TRAIN; p <= DF_TEST; p++) {
		bool wanted = j->o->partition == DF_ALL
				      ? df_find(j, list_path(j, p, BOX)) != NULL
				      : (int)j->o->partition == p;

		if (wanted && read_partition(j, p, e))
			return -1;
	}
	return 0;
}
