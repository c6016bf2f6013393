#include "data/deepfashion.h"

#include <string.h>

int df_partition_named(const char *name)
{
	static const char *const names[DF_PARTITIONS] = {
		"all", "train", "val", "test", "query", "gallery"};

	for (int i = 0; i < DF_PARTITIONS; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static const struct {
	const char *name, *words;
} defects[DF_DEFECTS] = {
	[DF_ROW] = {"row", "a row that can't be read"},
	[DF_PATH] = {"path", "a name that leads out of the folder"},
	[DF_TWICE] = {"twice", "listed twice"},
	[DF_NO_CATEGORY] = {"no_category", "no known category"},
	[DF_NO_PARTITION] = {"no_partition", "no known partition"},
	[DF_NO_BOX] = {"no_box", "no box"},
	[DF_PICTURE] = {"picture", "no picture that can be read"},
	[DF_NEGATIVE] = {"negative", "a box of negative size"},
	[DF_EMPTY] = {"empty", "an empty box"},
	[DF_OUTSIDE] = {"outside", "a box outside of the picture"},
	[DF_CROSSING] = {"crossing", "a box clipped to the picture"},
	[DF_TYPE] = {"type", "a clothes_type that is not the category's"},
	[DF_POLYGON] = {"polygon", "an outline that is none"},
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

enum df_defect df_box_defect(const double box[4], int64_t w, int64_t h)
{
	switch (coco_box_defect(box, w, h)) {
	case COCO_BOX_NOT_FINITE:
		return DF_ROW;
	case COCO_BOX_NEGATIVE:
		return DF_NEGATIVE;
	case COCO_BOX_EMPTY:
		return DF_EMPTY;
	case COCO_BOX_OUTSIDE:
		return DF_OUTSIDE;
	case COCO_BOX_CROSSING:
		return DF_CROSSING;
	default:
		return DF_DEFECTS;
	}
}

bool df_path_ok(const char *path)
{
	if (*path == '/' || !*path)
		return false;
	for (const char *s = path; *s;) {
		size_t n = strcspn(s, "/");

		if (n == 2 && !strncmp(s, "..", 2))
			return false;
		s += n + (s[n] == '/');
	}
	return true;
}
