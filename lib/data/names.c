#include "data/names.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_CAP = 512 };

/* FNV-1a, with its bits mixed once more since the low ones choose the slot. */
static uint32_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (uint32_t)(h ^ h >> 32);
}

/* The slot where a name is, or where it belongs. */
static int *find_slot(const struct names *n, const char *name)
{
	uint32_t mask = (uint32_t)n->nslots - 1, i = hash(name) & mask;

	while (n->slot[i] && strcmp(n->name[n->slot[i] - 1], name))
		i = (i + 1) & mask;
	return &n->slot[i];
}

/* Doubled when full; the arena keeps the old half, as much again in all. */
static void grow(struct names *n)
{
	int cap = n->cap ? 2 * n->cap : FIRST_CAP;
	const char **name = arena_zero(n->arena, (size_t)cap, sizeof *n->name);

	if (n->n)
		memcpy(name, n->name, (size_t)n->n * sizeof *name);
	n->name = name;
	n->cap = cap;
	n->nslots = 2 * cap;
	n->slot = arena_zero(n->arena, (size_t)n->nslots, sizeof *n->slot);
	for (int i = 0; i < n->n; i++)
		*find_slot(n, n->name[i]) = i + 1;
}

int names_add(struct names *n, const char *name)
{
	int *slot;

	if (n->n == n->cap)
		grow(n);
	slot = find_slot(n, name);
	if (!*slot) {
		n->name[n->n++] = name;
		*slot = n->n;
	}
	return *slot - 1;
}

int names_find(const struct names *n, const char *name)
{
	return n->n ? *find_slot(n, name) - 1 : -1;
}
