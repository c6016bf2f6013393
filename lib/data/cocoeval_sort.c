#include "data/cocoeval_int.h"

#include <string.h>

enum { FEW = 24, BITS = 11, DIGITS = 6, VALUES = 1 << BITS };

/* An integer that is the smaller, the larger v is; 0 and -0 are equal. */
static uint64_t key_of(double v)
{
	uint64_t bits;

	v += 0.0;
	memcpy(&bits, &v, sizeof bits);
	return bits >> 63 ? bits : ~bits & INT64_MAX;
}

static void insertion(struct cocoeval_scored *s, int n)
{
	for (int i = 1; i < n; i++) {
		struct cocoeval_scored x = s[i];
		int j = i;

		for (; j > 0 && s[j - 1].score < x.score; j--)
			s[j] = s[j - 1];
		s[j] = x;
	}
}

/* Digit by digit, the lowest first; digits that all have alike are left. */
void cocoeval_sort(
	struct cocoeval_scored *s, struct cocoeval_scored *tmp, int n)
{
	struct cocoeval_scored *from = s, *to = tmp;
	static _Thread_local int count[DIGITS][VALUES];

	if (n <= FEW) {
		insertion(s, n);
		return;
	}
	memset(count, 0, sizeof count);
	for (int i = 0; i < n; i++)
		for (int d = 0; d < DIGITS; d++)
			count[d]
			     [key_of(s[i].score) >> d * BITS & (VALUES - 1)]++;
	for (int d = 0; d < DIGITS; d++) {
		int *at = count[d], sum = 0;
		struct cocoeval_scored *swap = from;

		if (at[key_of(s[0].score) >> d * BITS & (VALUES - 1)] == n)
			continue;
		for (int v = 0; v < VALUES; v++) {
			int here = at[v];

			at[v] = sum;
			sum += here;
		}
		for (int i = 0; i < n; i++)
			to[at[key_of(from[i].score) >> d * BITS &
				(VALUES - 1)]++] = from[i];
		from = to;
		to = swap;
	}
	if (from != s)
		memcpy(s, from, (size_t)n * sizeof *s);
}
