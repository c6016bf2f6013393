/* What was done: found again, told once, dropped when it is not there. */
#include "tap.h"
#include "web/archive.h"

#include <stdlib.h>
#include <unistd.h>

static int untold;

static int see(void *to, const struct web_entry *entry, struct err *e)
{
	untold += !entry->told;
	if (to)
		return web_archive_drop(to, entry->sha256, e);
	return 0;
}

static int add(struct web_archive *a, const char *key, const char *sha)
{
	struct web_keys k = {1, {key}};
	char path[32];

	snprintf(path, sizeof path, "out/%s", sha);
	return web_archive_add(a, &k, sha, path, "{}", NULL);
}

int main(void)
{
	char dir[] = "/tmp/archiveXXXXXX", path[64];
	struct web_keys k1 = {2, {"pin:1", "signature:x"}},
			k2 = {1, {"signature:x"}}, k3 = {1, {"pin:3"}};
	struct arena mem = {0};
	struct err e = {0};
	struct web_archive *a;
	FILE *f;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof path, "%s/a", dir);
	a = web_archive_open(path, &e);
	ok(a != NULL, "a new one");
	ok(!web_archive_open(path, &e) && e.code == ERR_LATER,
		"one process at a time");
	is_int(web_archive_find(a, &k1), WEB_UNKNOWN, "nothing is known");
	ok(!web_archive_add(a, &k1, "s1", "out/1", "{}", &e), "a picture");
	is_int(web_archive_find(a, &k2), WEB_HAD, "known by any key");
	is_str(web_archive_content(a, "s1", &mem), "out/1", "by content");
	ok(web_archive_has_path(a, "out/1"), "by path");
	ok(!web_archive_bad(a, &k3, "no picture", &e), "a bad one");
	is_int(web_archive_find(a, &k3), WEB_BAD, "is known to be");
	web_archive_told(a);
	add(a, "pin:2", "s2");
	ok(!web_archive_each(a, true, see, NULL, &e), "those not safe");
	is_int(untold, 1, "of which one was not told");
	ok(!web_archive_set_bookmark(a, "l", "b", &e), "a bookmark");
	web_archive_close(a, &e);

	a = web_archive_open(path, &e);
	is_str(web_archive_bookmark(a, "l", &mem), "b", "is there again");
	web_archive_set_bookmark(a, "l", NULL, &e);
	ok(!web_archive_bookmark(a, "l", &mem), "and gone at the end");
	untold = 0;
	ok(!web_archive_each(a, true, see, a, &e), "what is lost is dropped");
	is_int(untold, 1, "told or not");
	is_int(web_archive_find(a, &k1), WEB_UNKNOWN, "with its keys");
	is_int(web_archive_find(a, &k3), WEB_BAD, "and no others");
	add(a, "pin:2", "s2");
	web_archive_told(a);
	web_archive_safe(a, &e);
	untold = 0;
	web_archive_each(a, true, see, a, &e);
	ok(web_archive_has_path(a, "out/s2"), "what is safe is not looked at");
	web_archive_close(a, &e);

	f = fopen(path, "w");
	fputs("this is a text, and not a data base at all", f);
	fclose(f);
	ok(!web_archive_open(path, &e) && e.code == ERR_DATA,
		"another file is left alone");
	ok(!web_archive_open("/nowhere/a", &e) && e.code == ERR_CREATE,
		"no such folder");
	unlink(path);
	rmdir(dir);
	arena_release(&mem);
	return done();
}
