#include "base/buf.h"

#include "tap.h"

static void test_grow(void)
{
	struct buf b;
	int wrong = 0;

	buf_init(&b, 100000);
	ok(b.p == NULL && b.n == 0, "an empty one holds nothing");
	for (int i = 0; i < 10000; i++)
		wrong += !buf_printf(&b, "%04d", i);
	is_int(wrong, 0, "everything fits");
	is_int(b.n, 40000, "and is counted");
	ok(!strncmp(b.p + 4 * 1234, "12341235", 8), "and in its place");
	is_int(strlen(b.p), 40000, "a 0 follows");
	buf_clear(&b);
	ok(b.n == 0 && b.p[0] == 0, "cleared");
	ok(buf_add(&b, "a\0b", 3) && !memcmp(b.p, "a\0b", 4), "bytes may be 0");
	buf_release(&b);
	ok(b.p == NULL && b.max == 100000, "released, and usable again");
	ok(buf_str(&b, "again"), "so");
	is_str(b.p, "again", "it is");
	buf_release(&b);
}

static void test_limit(void)
{
	struct buf b;

	buf_init(&b, 5);
	ok(buf_str(&b, "12345"), "up to the limit");
	ok(!b.overflow, "is no overflow");
	ok(!buf_str(&b, "6"), "one more is refused");
	ok(b.overflow, "and remembered");
	is_str(b.p, "12345", "what was there stays");
	ok(!buf_printf(&b, "%d", 7), "printing is refused too");
	buf_clear(&b);
	ok(!b.overflow, "clearing forgets the overflow");
	ok(!buf_add(&b, "123456", 6) && b.n == 0, "nothing is cut in two");
	ok(buf_add(&b, "", 0) && b.p[0] == 0, "nothing always fits");
	buf_release(&b);
}

int main(void)
{
	test_grow();
	test_limit();
	return done();
}
