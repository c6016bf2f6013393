#include "data/names.h"

#include <string.h>

enum { FIRST_CAP = 512 };

/* Eight bytes at a time, each mixed in by a multiplication; the last bits are
 * mixed once more since they choose the slot. */
static uint32_t hash(const char *s)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	size_t n = strlen(s);
	uint64_t h = n, v;

	for (; n >= sizeof v; n -= sizeof v, s += sizeof v) {
		memcpy(&v, s, sizeof v);
		h = (h ^ v) * odd;
		h ^= h >> 32;
	}
	v = 0;
	memcpy(&v, s, n);
	h = (h ^ v) * odd;
	return (uint32_t)(h ^ h >> 32);
}

/* The slot where a name is, or where it belongs. */
static struct names_slot *find_slot(
	const struct names *n, const char *name, uint32_t h)
{
	uint32_t mask = (uint32_t)n->nslots - 1, i = h & mask;

	while (n->slot[i].name &&
		(n->slot[i].hash != h ||
			strcmp(n->name[n->slot[i].name - 1], name)))
		i = (i + 1) & mask;
	return &n->slot[i];
}

/* Doubled when full; the arena keeps the old half, as much again in all. */
static void grow(struct names *n)
{
	int cap = n->cap ? 2 * n->cap : FIRST_CAP, old = n->nslots;
	const char **name = arena_alloc(n->arena, (size_t)cap * sizeof *name);
	const struct names_slot *slot = n->slot;

	if (n->n)
		memcpy(name, n->name, (size_t)n->n * sizeof *name);
	n->name = name;
	n->cap = cap;
	n->nslots = 2 * cap;
	n->slot = arena_zero(n->arena, (size_t)n->nslots, sizeof *n->slot);
	for (int k = 0; k < old; k++) {
		uint32_t mask = (uint32_t)n->nslots - 1,
			 i = slot[k].hash & mask;

		if (!slot[k].name)
			continue;
		while (n->slot[i].name)
			i = (i + 1) & mask;
		n->slot[i] = slot[k];
	}
}

int names_add(struct names *n, const char *name)
{
	uint32_t h = hash(name);
	struct names_slot *slot;

	if (n->n == n->cap)
		grow(n);
	slot = find_slot(n, name, h);
	if (!slot->name) {
		n->name[n->n++] = name;
		*slot = (struct names_slot){h, n->n};
	}
	return slot->name - 1;
}

int names_find(const struct names *n, const char *name)
{
	return n->n ? find_slot(n, name, hash(name))->name - 1 : -1;
}
