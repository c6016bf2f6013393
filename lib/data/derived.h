/*
 * Names for the files that a filter makes of the photographs it is given, all
 * in one folder: that of the photograph without folder and ending, and a
 * number. No two files of a run get the same name. Where photographs of
 * different folders are called alike, the first keeps the name and the others
 * get a few digits that depend on their whole path; where one comes again, its
 * numbers go on.
 *
 *	struct derived d;
 *	derived_init(&d, "crops");
 *	derived_name(&d, "a/1.jpg", "png", &a);	// crops/1_1.png
 *	derived_name(&d, "a/1.jpg", "png", &a);	// crops/1_2.png
 *	derived_name(&d, "b/1.jpg", "png", &a);	// crops/1-6b1f0c3e_1.png
 *	derived_release(&d);
 */
#ifndef DATA_DERIVED_H
#define DATA_DERIVED_H

#include "base/arena.h"
#include "data/names.h"

struct derived {
	const char *dir;
	struct arena arena; /* what follows lives as long as the run */
	struct names paths, stems;
	struct derived_source {
		const char *stem;
		int made;
	} * source; /* [cap], by number in paths */
	int cap;
};

void derived_init(struct derived *d, const char *dir);
void derived_release(struct derived *d);
/* The next name for a photograph, in arena a. */
const char *derived_name(
	struct derived *d, const char *path, const char *ext, struct arena *a);

/* Names that a photograph may use, asked for before it is known how many of
 * them will do: any thread may then have them one by one. */
struct derived_names {
	const char *dir, *stem;
	int next;
};
struct derived_names derived_reserve(
	struct derived *d, const char *path, int n);
const char *derived_next(
	struct derived_names *names, const char *ext, struct arena *a);

#endif
