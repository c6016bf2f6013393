/* Files that are being fetched: continued where that is sound, begun anew
 * where it is not. */
#include "tap.h"
#include "web/part.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static struct arena a;

static struct web_header head(int status, const char *etag, int from, int total)
{
	struct web_header h = {
		.status = status, .from = from, .total = total, .length = -1};

	snprintf(h.etag, sizeof h.etag, "%s", etag);
	if (status == 200)
		h.length = total;
	return h;
}

/* A part of some bytes, given up. */
static void leave(const char *url, const char *etag, const char *bytes)
{
	struct web_part p;
	struct web_sink s;
	struct web_header h = head(200, etag, -1, 10);

	web_part_begin(&p, dir, "name", url, true, &a);
	s = web_part_sink(&p);
	ok(!s.begin(s.to, &h, NULL) &&
			!s.write(s.to, bytes, strlen(bytes), NULL),
		"%s bytes of %s", bytes, url);
	web_part_leave(&p);
}

/* How many bytes another run finds. */
static int64_t found(struct web_part *p, const char *url)
{
	struct web_sink s;
	const char *validator;

	web_part_begin(p, dir, "name", url, true, &a);
	s = web_part_sink(p);
	return s.have(s.to, &validator);
}

/* More than is held in memory: a file, whole and in order. */
static void large(void)
{
	static char bytes[3 * WEB_PART_HELD / 2];
	struct web_header h = head(200, "\"v\"", -1, sizeof bytes);
	const size_t first = WEB_PART_HELD - 100;
	struct web_sink s;
	struct web_part p;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	web_part_begin(&p, dir, "name", "http://x/3", true, &a);
	s = web_part_sink(&p);
	ok(!s.begin(s.to, &h, NULL) && !s.write(s.to, bytes, first, NULL),
		"the first bytes");
	ok(access(p.path, F_OK), "are held in memory");
	ok(!memcmp(web_part_bytes(&p, NULL), bytes, first), "and can be read");
	ok(!s.write(s.to, bytes + first, sizeof bytes - first, NULL) &&
			!access(p.path, F_OK),
		"more of them make a file");
	ok(!web_part_end(&p, NULL), "which ends");
	is_int(p.size, (int64_t)sizeof bytes, "with all of them");
	ok(!memcmp(web_part_bytes(&p, NULL), bytes, sizeof bytes),
		"and can be read");
	web_part_leave(&p);
	is_int(found(&p, "http://x/3"), (int64_t)sizeof bytes, "and found");
	web_part_drop(&p);
}

int main(void)
{
	char base[] = "/tmp/partXXXXXX", whole[64], text[16] = "";
	struct web_header h;
	struct web_sink s;
	struct web_part p;
	struct err e = {0};
	FILE *f;

	if (!mkdtemp(base))
		return 1;
	snprintf(dir, sizeof dir, "%s/.part", base);
	snprintf(whole, sizeof whole, "%s/whole", base);

	is_int(found(&p, "http://x/1"), 0, "nothing at first");
	ok(access(dir, F_OK), "nor a folder");
	leave("http://x/1", "\"v\"", "01234");
	is_int(found(&p, "http://x/2"), 0, "another address is another part");
	is_int(found(&p, "http://x/1"), 5, "what is there is found");
	s = web_part_sink(&p);
	h = head(206, "\"v\"", 5, 10);
	ok(!s.begin(s.to, &h, &e) && !s.write(s.to, "56789", 5, &e),
		"and continued");
	ok(!web_part_end(&p, &e) && !web_part_keep(&p, whole, &e), "kept");
	f = fopen(whole, "r");
	ok(f && fgets(text, sizeof text, f), "read");
	is_str(text, "0123456789", "whole");
	if (f)
		fclose(f);

	leave("http://x/1", "\"v\"", "01234");
	is_int(found(&p, "http://x/1"), 5, "there again");
	s = web_part_sink(&p);
	h = head(206, "\"w\"", 5, 10);
	ok(s.begin(s.to, &h, &e) && e.code == ERR_LATER,
		"another version is not appended");
	is_int(found(&p, "http://x/1"), 0, "and the old one is gone");

	leave("http://x/1", "\"v\"", "01234");
	found(&p, "http://x/1");
	s = web_part_sink(&p);
	h = head(206, "\"v\"", 4, 10);
	ok(s.begin(s.to, &h, &e), "nor from another place");
	web_part_drop(&p);

	leave("http://x/1", "\"v\"", "01234");
	found(&p, "http://x/1");
	s = web_part_sink(&p);
	h = head(200, "\"v\"", -1, 10);
	ok(!s.begin(s.to, &h, &e), "a server that does not continue");
	is_int(p.size, 0, "begins anew");
	web_part_drop(&p);

	leave("http://x/1", "", "01234");
	is_int(found(&p, "http://x/1"), 0,
		"without a version it can't be known");

	large();

	leave("http://x/1", "\"v\"", "01234");
	web_part_sweep(dir);
	ok(access(dir, F_OK), "swept, with the folder");
	unlink(whole);
	rmdir(base);
	arena_release(&a);
	return done();
}
