/* Names numbered as they come. */
#include "tap.h"
#include "data/names.h"

int main(void)
{
	struct arena a = {0};
	struct names n = {.arena = &a};
	int good = 0;

	is_int(names_find(&n, "x"), -1, "nothing in an empty set");
	is_int(names_add(&n, "x"), 0, "the first is 0");
	is_int(names_add(&n, "x"), 0, "once more is the same");
	is_int(names_add(&n, ""), 1, "an empty name is one too");
	for (int i = 0; i < 5000; i++)
		good += names_add(&n, arena_printf(&a, "img/%d.jpg", i)) ==
			i + 2;
	is_int(good, 5000, "numbered while the set grows");
	for (int i = good = 0; i < 5000; i++)
		good += names_find(&n, arena_printf(&a, "img/%d.jpg", i)) ==
			i + 2;
	is_int(good, 5000, "and found again");
	is_int(names_find(&n, "img/5000.jpg"), -1, "but not what isn't there");
	is_str(n.name[0], "x", "the names are there by number");
	arena_release(&a);
	return done();
}
