#include "conf/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 128 }; /* longer names are not compared */

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance, blind to case. */
static int distance(const char *a, size_t na, const char *b, size_t nb)
{
	int row[LONGEST + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int corner = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int change = toupper((unsigned char)a[i - 1]) !=
				     toupper((unsigned char)b[j - 1]);
			int above = row[j];

			row[j] = least(
				above + 1, row[j - 1] + 1, corner + change);
			corner = above;
		}
	}
	return row[nb];
}

/* The last part of a dotted name. */
static const char *leaf(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : name;
}

const char *conf_nearest(const struct key *table, const char *name)
{
	size_t n = strlen(name);
	int best = 2 + (int)(n / 10); /* as many slips as a name invites */
	const char *found = NULL, *elsewhere = NULL;

	if (n > LONGEST)
		return NULL;
	for (const struct key *k = table; k->name; k++) {
		size_t nk = strlen(k->name);
		int d;

		if (nk > LONGEST)
			continue;
		/* Half of a short name changed is another name. */
		d = distance(name, n, k->name, nk);
		if (d < best && d * 2 < (int)nk) {
			best = d;
			found = k->name;
		}
		if (!elsewhere && !strcmp(leaf(name), leaf(k->name)))
			elsewhere = k->name;
	}
	return found ? found : elsewhere;
}
