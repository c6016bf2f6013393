#include "base/arena.h"

#include <stdint.h>
#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static void test_alloc(void)
{
	struct arena a = {0};
	char *p[50];
	int crooked = 0, clobbered = 0;

	for (size_t i = 0; i < 50; i++) {
		p[i] = arena_alloc(&a, i * 7);
		crooked += (uintptr_t)p[i] % 64 != 0;
		memset(p[i], (int)i, i * 7);
	}
	for (size_t i = 0; i < 50; i++)
		for (size_t j = 0; j < i * 7; j++)
			clobbered += p[i][j] != (char)i;
	is_int(crooked, 0, "64-byte aligned");
	is_int(clobbered, 0, "no two overlap");
	ok(arena_alloc(&a, 0) != arena_alloc(&a, 0), "nothing has a place too");
	is_int(a.used % 64, 0, "used counts what was handed out");
	ok(a.held >= a.used, "and fits in what is held");
	arena_release(&a);
	ok(a.held == 0 && !a.first, "released");
}

static void test_text(void)
{
	struct arena a = {0};
	int *zero = arena_zero(&a, 1000, sizeof *zero), any = 0;

	for (int i = 0; i < 1000; i++)
		any |= zero[i];
	is_int(any, 0, "arena_zero clears");
	is_str(arena_dup(&a, "skirt"), "skirt", "arena_dup");
	is_str(arena_dupn(&a, "skirt", 3), "ski", "arena_dupn ends the text");
	is_str(arena_printf(&a, "%s/%d", "a", 7), "a/7", "arena_printf");
	is_str(arena_printf(&a, "%s", ""), "", "printing nothing");
	memset(zero, 1, 1000 * sizeof *zero);
	arena_reset(&a);
	zero = arena_zero(&a, 1000, sizeof *zero);
	for (int i = 0; i < 1000; i++)
		any |= zero[i];
	is_int(any, 0, "also what was used before");
	arena_release(&a);
}

static void test_mark(void)
{
	struct arena a = {0};
	struct arena_mark m, empty = arena_mark(&a);
	char *kept = arena_dup(&a, "kept"), *first, *second;
	size_t used, held;

	m = arena_mark(&a);
	used = a.used;
	first = arena_alloc(&a, 100);
	arena_alloc(&a, 1 << 20); /* a block of its own */
	held = a.held;
	arena_back(&a, m);
	is_int(a.used, used, "used is what it was at the mark");
	second = arena_alloc(&a, 100);
	ok(first == second, "the same place is handed out again");
	arena_alloc(&a, 1 << 20);
	is_int(a.held, held, "from blocks that it has");
	is_str(kept, "kept", "what is older than the mark stays");
	arena_back(&a, empty);
	is_int(a.used, 0, "back to the mark of an empty arena");
	ok(arena_alloc(&a, 1) == (void *)kept, "is the beginning");
	arena_release(&a);
}

/* A loop that asks for the same each time stops asking the host. */
static void test_steady(void)
{
	struct arena a = {0};
	size_t held = 0;

	for (int step = 0; step < 20; step++) {
		for (size_t i = 1; i < 40; i++)
			arena_alloc(&a, i * i * 997);
		if (step == 3)
			held = a.held;
		arena_reset(&a);
	}
	is_int(a.held, held, "a steady loop holds no more");
	is_int(a.used, 0, "a reset arena is empty");
	ok(a.peak > 10000000 && a.peak <= held, "its peak is remembered");
	arena_release(&a);
}

static void test_poison(void)
{
#if defined(__SANITIZE_ADDRESS__)
	struct arena a = {0};
	char *p = arena_alloc(&a, 64);

	ok(!__asan_address_is_poisoned(p + 63), "handed out: usable");
	ok(__asan_address_is_poisoned(p + 64), "not handed out: poisoned");
	arena_reset(&a);
	ok(__asan_address_is_poisoned(p), "given back: poisoned");
	arena_release(&a);
#else
	skip("poisoning needs SAN=address");
#endif
}

int main(void)
{
	test_alloc();
	test_text();
	test_mark();
	test_steady();
	test_poison();
	return done();
}
