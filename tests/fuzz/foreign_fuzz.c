/* Weights of others: what is accepted can be read to its last value. */
#include "foreign/foreign.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct nn_st st;
	struct err e;

	if (foreign_open(&st, fuzz_file(data, n), &e))
		return 0;
	for (int i = 0; i < st.n; i++) {
		size_t count = nn_st_count(&st.entry[i]);
		double v;

		BUG_ON(!nn_st_find(&st, st.entry[i].name));
		for (size_t k = 0; k < count; k++)
			nn_st_values(&st.entry[i], k, 1, &v);
	}
	nn_st_close(&st);
	return 0;
}
