#define _DEFAULT_SOURCE /* mkdtemp */
#include "gan/ring.h"
#include "base/file.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/gan_ring_test.XXXXXX";
static struct arena a;

static const char *at(const char *name)
{
	return file_join(&a, dir, name);
}

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	fputs(text, f);
	fclose(f);
}

static bool there(const char *name)
{
	return !access(at(name), F_OK);
}

int main(void)
{
	struct err e = {0};
	size_t n;

	if (!ok(mkdtemp(dir) != NULL, "a folder"))
		return done();
	write_text("model_1.safetensors.txt", "not one of them");
	write_text("other_00000001.safetensors", "nor this");
	for (int i = 1; i <= 4; i++) {
		unlink(at("model.safetensors"));
		write_text("model.safetensors", i == 2 ? "two" : "another");
		is_int(gan_ring_keep(at("model.safetensors"), i * 100, 3, &e),
			0, "kept");
	}
	ok(!there("model_00000100.safetensors"), "the oldest is gone");
	ok(there("model_00000200.safetensors") &&
			there("model_00000300.safetensors") &&
			there("model_00000400.safetensors"),
		"three are left");
	is_str(file_read(at("model_00000200.safetensors"), 99, &a, &n, &e),
		"two", "as it was then");
	ok(there("model_1.safetensors.txt") &&
			there("other_00000001.safetensors"),
		"others are left alone");
	is_int(gan_ring_keep(at("model.safetensors"), 400, 3, &e), 0,
		"the same once more");
	ok(there("model_00000200.safetensors"), "takes no place");
	is_int(gan_ring_keep(at("none.safetensors"), 1, 3, &e), -1,
		"nothing to keep");
	ok(strstr(e.msg, "none.safetensors") != NULL, "%s", e.msg);
	for (int i = 2; i <= 4; i++)
		unlink(arena_printf(
			&a, "%s/model_%08d.safetensors", dir, i * 100));
	unlink(at("model.safetensors"));
	unlink(at("model_1.safetensors.txt"));
	unlink(at("other_00000001.safetensors"));
	is_int(rmdir(dir), 0, "and nothing else is there");
	arena_release(&a);
	return done();
}
