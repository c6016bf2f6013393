/*
 * What C and Python share where PyTorch's numbers are the measure: inputs
 * that both sides make, so that they need not be stored, and a comparison with
 * an array of a golden file. See tests/golden/layers.py.
 */
#ifndef UNIT_GOLDEN_H
#define UNIT_GOLDEN_H

#include <stdint.h>
#include "json/json.h"
#include "tap.h"

/* Of the largest value of an array. */
#define TOLERANCE 1e-5

/* n numbers in [-1, 1), all of them floats, that look like noise. */
static inline void golden_wave(uint32_t seed, float *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		uint32_t u = (uint32_t)i * 2654435761u + seed * 974711u;

		u = (u ^ u >> 15) * 2246822519u;
		u = (u ^ u >> 13) >> 16;
		v[i] = (float)u / 32768 - 1;
	}
}

/* The n floats at got against an array of the golden line. */
static inline void golden_compare(const char *name, const char *what, int i,
	const float *got, int64_t n, const struct json *want)
{
	double most = 1e-3, worst = 0, v = 0;
	int64_t at = 0;

	json_each (item, want) {
		json_to_num(item, &v);
		most = fmax(most, fabs(v));
	}
	json_each (item, want) {
		double off;

		json_to_num(item, &v);
		off = at < n ? fabs((double)got[at++] - v) / most : 1;
		if (off > worst || isnan(off))
			worst = off;
	}
	if (!ok(worst <= TOLERANCE && at == n && n == json_count(want),
		    "%s: %s %d", name, what, i))
		printf("# off by %g of the largest of %lld\n", worst,
			(long long)n);
}

#endif
