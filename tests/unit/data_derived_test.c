#include "data/derived.h"
#include "tap.h"

int main(void)
{
	struct derived d;
	struct arena a = {0};
	char path[600] = "x/", other[64];
	const char *name;

	derived_init(&d, "out");
	is_str(derived_name(&d, "a/1.jpg", "png", &a), "out/1_1.png", "a crop");
	is_str(derived_name(&d, "a/1.jpg", "png", &a), "out/1_2.png",
		"another");
	is_str(derived_name(&d, "1.jpeg.jpg", "png", &a), "out/1.jpeg_1.png",
		"only the last ending goes");
	name = derived_name(&d, "b/1.jpg", "png", &a);
	ok(!strncmp(name, "out/1-", 6) && strlen(name) == 20,
		"one of the same name elsewhere gets digits: %s", name);
	snprintf(other, sizeof other, "%s", name);
	ok(strcmp(derived_name(&d, "c/1.jpg", "png", &a), other) != 0,
		"and others other digits");
	is_str(derived_name(&d, "a/1.jpg", "png", &a), "out/1_3.png",
		"the first goes on counting");
	name = derived_name(&d, "b/1.jpg", "jpg", &a);
	ok(!strncmp(name, other, 14) && !strcmp(name + 14, "_2.jpg"),
		"and so does the second: %s", name);
	is_str(derived_name(&d, ".jpg", "png", &a), "out/.jpg_1.png",
		"a name that is all ending");
	is_str(derived_name(&d, "../..", "png", &a), "out/._1.png",
		"no way out of the folder");

	for (int i = 2; i < 500; i++)
		path[i] = (char)(i % 2 ? 0xa9 : 0xc3); /* é */
	name = derived_name(&d, path, "png", &a);
	ok(strlen(name) == 4 + 180 + 6, "a long name is cut: %zu",
		strlen(name));
	ok((name[4 + 179] & 255) == 0xa9, "behind a whole character");
	derived_release(&d);

	derived_init(&d, "out");
	is_str(derived_name(&d, "b/1.jpg", "png", &a), "out/1_1.png",
		"whoever comes first keeps the name");
	derived_release(&d);
	arena_release(&a);
	return done();
}
