#include "data/deepfashion.h"

#include <string.h>

int df_partition_named(const char *name)
{
	static const char *const names[DF_PARTITIONS] = {
		"all", "train", "val", "test"};

	for (int i = 0; i < DF_PARTITIONS; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static const struct {
	const char *name, *words;
} defects[DF_DEFECTS] = {
	[DF_ROW] = {"row", "a row that can't be read"},
	[DF_TWICE] = {"twice", "listed twice"},
	[DF_NO_CATEGORY] = {"no_category", "no known category"},
	[DF_NO_PARTITION] = {"no_partition", "no known partition"},
	[DF_NO_BOX] = {"no_box", "no box"},
	[DF_PICTURE] = {"picture", "no picture that can be read"},
	[DF_NEGATIVE] = {"negative", "a box of negative size"},
	[DF_EMPTY] = {"empty", "an empty box"},
	[DF_OUTSIDE] = {"outside", "a box outside of the picture"},
	[DF_CROSSING] = {"crossing", "a box clipped to the picture"},
	[DF_COUNT] = {"count", "the first line promises other rows"},
};

const char *df_defect_name(enum df_defect d)
{
	return defects[d].name;
}

const char *df_defect_words(enum df_defect d)
{
	return defects[d].words;
}
