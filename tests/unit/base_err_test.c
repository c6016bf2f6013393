#include "base/err.h"

#include "tap.h"

static void test_set(void)
{
	struct err e = {0};

	is_int(err_set(&e, ERR_DATA, "line %d: %s", 7, "bad"), -1,
		"err_set returns -1");
	is_int(e.code, ERR_DATA, "the code is kept");
	is_str(e.msg, "line 7: bad", "the message is formatted");
	is_int(err_set(NULL, ERR_DATA, "x"), -1, "nobody need listen");
}

static void test_wrap(void)
{
	struct err e = {0};

	err_set(&e, ERR_NOINPUT, "missing");
	is_int(err_wrap(&e, "%s:%d", "a.jsonl", 3), -1, "err_wrap returns -1");
	is_str(e.msg, "a.jsonl:3: missing", "the context comes first");
	is_int(e.code, ERR_NOINPUT, "the code is untouched");
	is_int(err_wrap(NULL, "x"), -1, "wrapping nothing");
}

/* However long the parts, the message ends inside its array. */
static void test_long(void)
{
	struct err e = {0};
	char big[2000];

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	err_set(&e, ERR_DATA, "%s", big);
	is_int(strlen(e.msg), sizeof e.msg - 1, "a long message is cut");
	err_wrap(&e, "ctx");
	is_int(strlen(e.msg), sizeof e.msg - 1, "and wrapped, cut again");
	ok(!strncmp(e.msg, "ctx: xxx", 8), "with the context whole");
	err_wrap(&e, "%s", big);
	is_int(strlen(e.msg), sizeof e.msg - 1, "a long context is cut");
}

int main(void)
{
	test_set();
	test_wrap();
	test_long();
	is_int(ERR_REJECTED, 1, "statuses are pinned: rejected");
	is_int(ERR_USAGE, 64, "usage");
	is_int(ERR_CONFIG, 78, "config");
	return done();
}
