#include "nn/pool.h"
#include "base/err.h"
#include "base/mem.h"
#include "nn/backend.h"

#include <stdbool.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 64 };

struct nn_block {
	size_t at, size;
	bool taken;
};

/* Whoever reads what was freed is found out, where that can be. What lies
 * behind the mark was never handed out. */
static void poison(const struct nn_pool *p, const struct nn_block *b)
{
	size_t reached = p->mark > b->at ? p->mark - b->at : 0;

	if (p->be->host)
		ASAN_POISON_MEMORY_REGION(
			p->base + b->at, b->size < reached ? b->size : reached);
}

void nn_pool_init(struct nn_pool *p, struct nn_backend *be)
{
	*p = (struct nn_pool){.be = be};
}

/* Where nothing is computed little is touched, and the need may be larger than
 * what there is: that is then found out. */
static const size_t dry_size = (size_t)1 << 43;

static void start(struct nn_pool *p)
{
	p->size = p->be->dry ? dry_size : 0;
	p->base = p->be->reserve(p->be, &p->size);
	p->cap = 64;
	p->block = mem_alloc((size_t)p->cap, sizeof *p->block);
	p->n = 1;
	p->block[0] = (struct nn_block){0, p->size, false};
}

/* One more block at i, which the others make room for. */
static void insert(struct nn_pool *p, int i, struct nn_block b)
{
	if (p->n == p->cap) {
		p->cap *= 2;
		p->block = mem_grow(p->block, (size_t)p->cap, sizeof *p->block);
	}
	memmove(&p->block[i + 1], &p->block[i],
		(size_t)(p->n - i) * sizeof *p->block);
	p->block[i] = b;
	p->n++;
}

static void delete (struct nn_pool *p, int i)
{
	p->n--;
	memmove(&p->block[i], &p->block[i + 1],
		(size_t)(p->n - i) * sizeof *p->block);
}

/*
 * The tightest gap between blocks, the first of equals; the rest of the range,
 * which no block has reached yet, only when none fits.
 */
static int find(const struct nn_pool *p, size_t n)
{
	int best = -1;

	for (int i = 0; i < p->n - 1; i++) {
		const struct nn_block *b = &p->block[i];

		if (!b->taken && b->size >= n &&
			(best < 0 || b->size < p->block[best].size))
			best = i;
	}
	if (best < 0 && !p->block[p->n - 1].taken &&
		p->block[p->n - 1].size >= n)
		best = p->n - 1;
	return best;
}

void *nn_pool_alloc(struct nn_pool *p, size_t n)
{
	struct nn_block *b;
	int i;

	if (!p->base)
		start(p);
	if (n > p->size)
		mem_oom(n);
	n = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	i = find(p, n);
	if (i < 0)
		mem_oom(n);
	b = &p->block[i];
	if (b->size > n) {
		insert(p, i + 1,
			(struct nn_block){b->at + n, b->size - n, false});
		b = &p->block[i];
		b->size = n;
	}
	b->taken = true;
	p->used += n;
	if (p->used > p->peak)
		p->peak = p->used;
	if (b->at + n > p->mark)
		p->mark = b->at + n;
	if (p->be->commit && b->at + n > p->committed && !p->be->dry) {
		p->be->commit(p->be, p->base, b->at + n);
		p->committed = b->at + n;
	}
	if (p->be->host)
		ASAN_UNPOISON_MEMORY_REGION(p->base + b->at, n);
	return p->base + b->at;
}

/* Index of the block at an address. */
static int locate(const struct nn_pool *p, size_t at)
{
	int lo = 0, hi = p->n;

	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;

		if (p->block[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

void nn_pool_free(struct nn_pool *p, void *x)
{
	size_t at = (size_t)((char *)x - p->base);
	int i = locate(p, at);
	struct nn_block *b = &p->block[i];

	BUG_ON(b->at != at || !b->taken);
	b->taken = false;
	p->used -= b->size;
	poison(p, b);
	if (i + 1 < p->n && !p->block[i + 1].taken) {
		b->size += p->block[i + 1].size;
		delete (p, i + 1);
	}
	if (i > 0 && !p->block[i - 1].taken) {
		p->block[i - 1].size += p->block[i].size;
		delete (p, i);
	}
}

void nn_pool_reset(struct nn_pool *p)
{
	if (!p->base)
		return;
	p->n = 1;
	p->block[0] = (struct nn_block){0, p->size, false};
	p->used = 0;
	poison(p, &p->block[0]);
}

void nn_pool_release(struct nn_pool *p)
{
	if (p->base) {
		if (p->be->host)
			ASAN_UNPOISON_MEMORY_REGION(p->base, p->mark);
		p->be->free(p->be, p->base, p->size);
	}
	mem_free(p->block);
	*p = (struct nn_pool){0};
}
