#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

static void grow_too_far(void)
{
	mem_grow(NULL, SIZE_MAX / 2, 3);
}

static void alloc_too_much(void)
{
	mem_alloc(SIZE_MAX / 2, 3);
}

static void map_too_much(void)
{
	mem_map(SIZE_MAX / 2);
}

/* The status of a process that asks for what nobody has. */
static int ends(void (*ask)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		close(STDERR_FILENO);
		ask();
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_refused(void)
{
#if defined(__SANITIZE_ADDRESS__)
	/* Its allocator ends the process by itself. */
	(void)alloc_too_much;
	skip("a refused allocation");
#else
	is_int(ends(alloc_too_much), 71, "a refused allocation");
#endif
	is_int(ends(grow_too_far), 71, "a size that overflows");
	is_int(ends(map_too_much), 71, "a refused mapping");
}

int main(void)
{
	char *s = mem_dup("shirt");
	int *v = mem_alloc(100, sizeof *v), any = 0;
	char *map = mem_map(1000);

	is_str(s, "shirt", "mem_dup");
	for (int i = 0; i < 100; i++)
		any |= v[i];
	is_int(any, 0, "mem_alloc clears");
	v[99] = 7;
	v = mem_grow(v, 10000, sizeof *v);
	is_int(v[99], 7, "mem_grow keeps");
	ok((uintptr_t)map % 64 == 0 && !map[0] && !map[999], "mem_map");
	mem_free(mem_alloc(0, 0));
	mem_free(NULL);
	mem_unmap(NULL, 0);
	mem_unmap(map, 1000);
	mem_free(v);
	mem_free(s);
	test_refused();
	return done();
}
