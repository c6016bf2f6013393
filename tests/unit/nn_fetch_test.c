/* Pictures out of a store of bytes: which, mirrored, and as what numbers. */
#include "nn/device.h"
#include "nn/ops.h"
#include "tap.h"

enum { H = 2, W = 3, SIZE = H * W * 3 };

static void check(enum nn_type type, float by)
{
	struct nn_backend *be = nn_cpu_open(2);
	const int32_t which[] = {2, ~0, 0};
	uint8_t store[3 * SIZE];
	struct arena a = {0};
	struct nn_pool pool;
	struct nn_tape t = {.be = be, .arena = &a, .pool = &pool};
	struct nn_tensor *y;
	float off = 0;

	for (int i = 0; i < 3 * SIZE; i++)
		store[i] = (uint8_t)(i * 41);
	nn_pool_init(&pool, be);
	y = nn_fetch(&t, type, store,
		nn_upload(&t, NN_I32, 1, (int64_t[]){3}, which), H, W);
	is_int(nn_count(y), 3 * SIZE, "three pictures");
	for (int i = 0; i < 3 * SIZE; i++) {
		int n = i / SIZE, x = i / 3 % W, row = i / 3 / W % H;
		int from = which[n] < 0 ? ~which[n] : which[n];
		int at = which[n] < 0 ? W - 1 - x : x;
		float want = store[((from * H + row) * W + at) * 3 + i % 3];

		off = fmaxf(off,
			fabsf(nn_get(y->data, i, type) - (want / 127.5f - 1)));
	}
	ok(off <= by, "from -1 to 1, off by %g", (double)off);
	nn_tape_reset(&t);
	nn_pool_release(&pool);
	arena_release(&a);
	be->close(be);
}

int main(void)
{
	check(NN_F32, 1e-6f);
	check(NN_BF16, 0x1p-8f);
	return done();
}
