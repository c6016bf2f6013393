/* The JSON of a pin. */
#include "web_site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	struct web_pin *pins = NULL;
	struct json *j;

	arena_reset(&a);
	j = json_parse((const char *)data, n, &a, NULL);
	if (!j)
		return 0;
	BUG_ON(*web_pin_read(fuzz_site(), j, &pins, &a));
	fuzz_pins_check(pins, &a);
	return 0;
}
