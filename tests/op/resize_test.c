/*
 * Photographs that travel as bytes and are scaled on a device, beside those
 * that photo_fill scales: of many sizes in a batch, mirrored, a part of their
 * size, by all three examples.
 *
 *	resize_test [cuda [exact]]
 *
 * A card may round otherwise (fused multiply-add), unless it must not.
 */
#include "app/detector.h"
#include "base/mem.h"
#include "nn/device.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

enum { PHOTOS = 8, GUARD = 64 };

static const struct {
	int w, h;
	bool flip;
} photo[PHOTOS] = {{10, 8, false}, {61, 47, true}, /* larger than it was */
	{97, 48, false}, {97, 48, true},           /* half, but for a column */
	{200, 151, true},                          /* a small part of it */
	{300, 20, false}, {1, 1, true}, {5, 90, true}};

static struct nn_backend *be;
static bool exact = true;

/* Noise as large as a JPEG that is decoded at the part that the fit allows. */
static void draw(struct img *im, const struct photo_fit *fit)
{
	struct rng r = rng_new(7, (uint64_t)(fit->photo_w * fit->photo_h));
	int n = fit->shrink;

	img_init(im, (fit->photo_w + n - 1) / n, (fit->photo_h + n - 1) / n);
	for (int i = 0; i < im->w * im->h * 3; i++)
		im->px[i] = (uint8_t)rng_u32(&r);
}

/* All of them as floats and as a pack. */
struct batch {
	int h, w;
	float *x;
	struct photo_pack pack;
	size_t room;
};

static void measure(struct batch *b, const struct photo_look *look)
{
	size_t most = 0;

	for (int i = 0; i < PHOTOS; i++) {
		struct photo_fit fit =
			photo_fit(look, 24, photo[i].w, photo[i].h);
		size_t n = photo_pack_most(look, &fit, photo[i].w, photo[i].h);

		ok(n <= 4 * 3 * (size_t)(fit.w * fit.h),
			"%d by %d: no more bytes than floats", photo[i].w,
			photo[i].h);
		most += n;
		b->h = fit.h > b->h ? fit.h : b->h;
		b->w = fit.w > b->w ? fit.w : b->w;
	}
	b->h = photo_padded(look, b->h);
	b->w = photo_padded(look, b->w);
	b->room = photo_pack_room(PHOTOS, b->h, b->w) + most;
}

static void fill(struct batch *b, const struct photo_look *look)
{
	size_t floats = (size_t)b->h * (size_t)b->w * 3;

	b->x = mem_alloc(PHOTOS * floats, sizeof *b->x);
	b->pack.block = mem_alloc(b->room + GUARD, 1);
	memset(b->pack.block, 0xa5, b->room + GUARD);
	photo_pack_begin(&b->pack, PHOTOS, b->h, b->w);
	for (int i = PHOTOS - 1; i >= 0; i--) {
		struct photo_fit fit =
			photo_fit(look, 24, photo[i].w, photo[i].h);
		struct img im;

		draw(&im, &fit);
		photo_fill(b->x + (size_t)i * floats, b->w, look, &fit, &im,
			photo[i].flip);
		photo_pack_add(&b->pack, i, look, &fit, &im, photo[i].flip);
		img_release(&im);
	}
}

static void compare(const struct batch *b, const struct photo_look *look,
	enum nn_type type, const char *what)
{
	struct detector d = {.look = *look, .model.dtype = type, .be = be};
	struct nn_tensor there = detector_batch(NULL, 0, 0, 0, &b->pack);
	struct nn_tensor *y;
	const void *got;
	double most = 0;
	float unit = type == NN_BF16 ? 0x1p-8f : 0x1p-22f;

	nn_pool_init(&d.pool, be);
	d.tape = (struct nn_tape){.be = be, .arena = &d.step, .pool = &d.pool};
	y = detector_input(&d, &b->pack, nn_to_device(&d.tape, &there));
	got = nn_host(&d.tape, y);
	for (int64_t i = 0; i < nn_count(y); i++) {
		float want = type == NN_BF16 ? nn_from_bf16(nn_to_bf16(b->x[i]))
					     : b->x[i];
		float v = nn_get(got, i, type);

		most = fmax(most, (double)fabsf(v - want));
	}
	ok(nn_count(y) == (int64_t)PHOTOS * b->h * b->w * 3 &&
			most <= (exact ? 0 : 256 * (double)unit),
		"%s, %s: as photo_fill has it, but for %g", what,
		nn_type_name(type), most);
	nn_tape_reset(&d.tape);
	nn_pool_release(&d.pool);
	arena_release(&d.step);
}

static void check(const struct photo_look *look, const char *what)
{
	struct batch b = {0};
	int written = 0;

	measure(&b, look);
	fill(&b, look);
	for (int i = 0; i < GUARD; i++)
		written += b.pack.block[b.room + (size_t)i] != 0xa5;
	ok(photo_pack_bytes(&b.pack) <= b.room && !written,
		"%s: no more than there is room for", what);
	compare(&b, look, NN_F32, what);
	compare(&b, look, NN_BF16, what);
	mem_free(b.pack.block);
	mem_free(b.x);
}

int main(int argc, char **argv)
{
	static const char *const what[] = {"OpenCV's", "torch's", "Pillow's"};
	struct err e;

	be = argc > 1 && !strcmp(argv[1], "cuda") ? nn_cuda_open(0, &e)
						  : nn_cpu_open(2);
	BUG_ON(!be);
	exact = argc != 2;
	for (int r = PHOTO_OPENCV; r <= PHOTO_PIL; r++) {
		struct photo_look look = {.max_size = 60,
			.stride = 32,
			.mean = {102.9801, 115.9465, 122.7717},
			.resize = (enum photo_resize)r};

		check(&look, what[r]);
		look = (struct photo_look){60, 32, true,
			{123.675, 116.28, 103.53}, {58.395, 57.12, 57.375},
			(enum photo_resize)r, true};
		check(&look, what[r]);
	}
	be->close(be);
	return done();
}
