#include "data/derived.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

/* A name may have 255 bytes on most systems, ours gets longer on its way. */
enum { STEM_MAX = 180 };

void derived_init(struct derived *d, const char *dir)
{
	*d = (struct derived){.dir = dir};
	d->paths.arena = d->stems.arena = &d->arena;
}

void derived_release(struct derived *d)
{
	arena_release(&d->arena);
	mem_free(d->source);
}

/* FNV-1a, 32 bits (Fowler, Noll, Vo). */
static uint32_t hash(const char *s, uint32_t h)
{
	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619U;
	return h;
}

static const char *new_stem(struct derived *d, const char *path)
{
	const char *base = file_base(path), *dot = strrchr(base, '.');
	size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);
	uint32_t h = 2166136261U;

	if (n > STEM_MAX)
		for (n = STEM_MAX; n && (base[n] & 0xc0) == 0x80;)
			n--; /* not within a character of UTF-8 */
	for (const char *stem = arena_dupn(&d->arena, base, n);;) {
		int known = d->stems.n;

		if (names_add(&d->stems, stem) == known)
			return stem;
		h = hash(path, h);
		stem = arena_printf(&d->arena, "%.*s-%08x", (int)n, base, h);
	}
}

struct derived_names derived_reserve(struct derived *d, const char *path, int n)
{
	struct derived_names names;
	int i = names_find(&d->paths, path);

	if (i < 0) {
		i = names_add(&d->paths, arena_dup(&d->arena, path));
		if (i >= d->cap) {
			d->cap = d->cap ? d->cap * 2 : 64;
			d->source = mem_grow(
				d->source, (size_t)d->cap, sizeof *d->source);
		}
		d->source[i] = (struct derived_source){new_stem(d, path), 0};
	}
	names = (struct derived_names){
		d->dir, d->source[i].stem, d->source[i].made + 1};
	d->source[i].made += n;
	return names;
}

const char *derived_next(
	struct derived_names *names, const char *ext, struct arena *a)
{
	return arena_printf(
		a, "%s/%s_%d.%s", names->dir, names->stem, names->next++, ext);
}

const char *derived_name(
	struct derived *d, const char *path, const char *ext, struct arena *a)
{
	struct derived_names names = derived_reserve(d, path, 1);

	return derived_next(&names, ext, a);
}
