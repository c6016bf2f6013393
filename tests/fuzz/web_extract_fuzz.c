/* A page, of HTML or JSON, as it was fetched or saved. */
#include "web_site.h"
#include "web/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct arena a;
	struct web_page page;
	struct err e = {0};

	arena_reset(&a);
	if (web_extract(fuzz_site(), (const char *)data, n,
		    "https://www.pinterest.com/pin/1/", "pinscrape", &page, &a,
		    &e))
		BUG_ON(!e.code || !*e.msg);
	else
		fuzz_pins_check(page.pins, &a);
	return 0;
}
