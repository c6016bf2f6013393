#include "nn/parts.h"
#include "base/mem.h"

#include <string.h>

/* Rows of squares that one row of the next pile is made of. */
enum { PILE = 256 };

static int64_t chunks_of(int64_t values)
{
	return (values + NN_CHUNK - 1) / NN_CHUNK;
}

static int64_t piles_of(int64_t rows)
{
	return (rows + PILE - 1) / PILE;
}

static size_t part_bytes(const struct nn_parts *t)
{
	return (size_t)t->room * sizeof *t->listed;
}

static size_t chunk_bytes(const struct nn_parts *t)
{
	return (size_t)t->chunk_room * sizeof *t->chunk;
}

/* The chunks', then the piles', then the one that is judged. */
static size_t sum_bytes(const struct nn_parts *t)
{
	int64_t rows = t->chunk_room + piles_of(t->chunk_room) + 1;

	return (size_t)(rows * NN_SQUARES) * sizeof *t->sums;
}

size_t nn_parts_bytes(const struct nn_params *ps)
{
	const struct nn_parts *t = ps->parts;

	if (!t)
		return 0;
	return part_bytes(t) + chunk_bytes(t) +
	       (t->sums ? sum_bytes(t) + sizeof *t->verdict : 0);
}

void nn_parts_free(struct nn_params *ps)
{
	struct nn_parts *t = ps->parts;
	struct nn_backend *be = ps->be;

	if (!t)
		return;
	be->free(be, (void *)(uintptr_t)t->table.part, part_bytes(t));
	be->free(be, (void *)(uintptr_t)t->table.chunk, chunk_bytes(t));
	if (t->sums) {
		be->free(be, t->sums, sum_bytes(t));
		be->free(be, t->verdict, sizeof *t->verdict);
	}
	mem_free(t->listed);
	mem_free(t->sent);
	mem_free(t->chunk);
	mem_free(t);
	ps->parts = NULL;
}

struct nn_parts *nn_parts_begin(struct nn_params *ps)
{
	struct nn_parts *t = ps->parts;

	if (t && t->room != ps->n) {
		nn_parts_free(ps);
		t = NULL;
	}
	if (!t) {
		t = ps->parts = mem_alloc(1, sizeof *t);
		t->room = ps->n;
		for (int i = 0; i < ps->n; i++)
			t->chunk_room += chunks_of(nn_count(&ps->p[i]->x));
		t->listed = mem_alloc((size_t)ps->n, sizeof *t->listed);
		t->sent = mem_alloc((size_t)ps->n, sizeof *t->sent);
		t->chunk = mem_alloc((size_t)t->chunk_room, sizeof *t->chunk);
		t->table.part = ps->be->alloc(ps->be, part_bytes(t));
		t->table.chunk = ps->be->alloc(ps->be, chunk_bytes(t));
	}
	t->n = 0;
	return t;
}

struct nn_part *nn_parts_add(struct nn_parts *t)
{
	BUG_ON(t->n == t->room);
	return &t->listed[t->n++];
}

/* Which chunk is of which part. */
static void cut(struct nn_parts *t)
{
	t->rows = 0;
	for (int i = 0; i < t->n; i++) {
		int64_t n = chunks_of(t->listed[i].n);

		BUG_ON(t->rows + n > t->chunk_room);
		for (int64_t k = 0; k < n; k++)
			t->chunk[t->rows++] = (struct nn_chunk){i, (int32_t)k};
	}
}

void nn_parts_end(struct nn_params *ps)
{
	struct nn_parts *t = ps->parts;
	struct nn_backend *be = ps->be;
	size_t bytes = (size_t)t->n * sizeof *t->listed;

	if (be->dry ||
		(t->n == t->sent_n && !memcmp(t->listed, t->sent, bytes)))
		return;
	/* Copies from these may still be under way. */
	be->sync(be);
	cut(t);
	memcpy(t->sent, t->listed, bytes);
	t->sent_n = t->n;
	be->copy(be, (void *)(uintptr_t)t->table.part, t->sent, bytes);
	be->copy(be, (void *)(uintptr_t)t->table.chunk, t->chunk,
		(size_t)t->rows * sizeof *t->chunk);
}

/* The sums of each `each` rows of x. */
static void pile(struct nn_backend *be, const double *x, double *y,
	int64_t rows, int64_t to, int64_t each)
{
	struct nn_pile_args a = {x, y, rows, each};

	be->each(be, NN_BODY_pile, &a, to, NN_SQUARES);
}

const struct nn_verdict *nn_parts_judge(
	struct nn_params *ps, double clip, const double *const finite[2])
{
	struct nn_judge_args a = {
		.finite = {finite[0], finite[1]}, .clip = clip};
	struct nn_parts *t = ps->parts;
	struct nn_backend *be = ps->be;
	int64_t piles = piles_of(t->rows);
	double *piled, *one;

	if (!t->sums) {
		t->sums = be->alloc(be, sum_bytes(t));
		t->verdict = be->alloc(be, sizeof *t->verdict);
	}
	piled = t->sums + t->rows * NN_SQUARES;
	one = piled + piles * NN_SQUARES;
	be->each(be, NN_BODY_squares,
		&(struct nn_squares_args){t->table, t->sums}, t->rows,
		NN_SQUARES);
	pile(be, t->sums, piled, t->rows, piles, PILE);
	/* Nothing piled up is 0. */
	pile(be, piled, one, piles, 1, piles);
	a.sum = one;
	a.verdict = t->verdict;
	be->each(be, NN_BODY_judge, &a, 1, 1);
	return t->verdict;
}
