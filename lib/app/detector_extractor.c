#include "app/detector_extractor.h"
#include "app/detector.h"
#include "base/mem.h"
#include "web/digest.h"

#include <stdio.h>

enum {
	SHORTER = 128, /* pixels of a picture's shorter side */
	LEVEL = 3      /* P5 of P2.. */
};

struct detector_extractor {
	struct detector d;
	float *x; /* a picture as the network takes it */
	size_t room;
};

static int numbers(const struct detector_extractor *s)
{
	return (int)s->d.model.config.fpn_dim;
}

/* The picture's place in x, zeroed, padded to h by w. */
static float *clear(struct detector_extractor *s, int w, int h)
{
	size_t n = (size_t)w * (size_t)h * 3;

	if (n > s->room) {
		s->room = n;
		s->x = mem_grow(s->x, n, sizeof *s->x);
	}
	for (size_t i = 0; i < n; i++)
		s->x[i] = 0;
	return s->x;
}

static void look_at(struct detector_extractor *s, const uint8_t *px, int w,
	int h, float *to)
{
	const struct photo_look *look = &s->d.look;
	const struct img im = {w, h, 3, (uint8_t *)px};
	struct photo_fit fit = photo_fit(look, SHORTER, w, h);
	struct img scaled;
	int pw = photo_padded(look, fit.w), ph = photo_padded(look, fit.h);
	struct nn_tensor x = {.type = NN_F32,
		.rank = 4,
		.dim = {1, ph, pw, 3},
		.data = clear(s, pw, ph)};
	struct rcnn_features f;

	/* Scaled as everywhere else, not by the detector's convention, which
	 * may have no antialiasing. */
	img_resize(&scaled, &im, fit.w, fit.h);
	fit.scale = 1;
	photo_fill(s->x, pw, look, &fit, &scaled, false);
	img_release(&scaled);
	nn_tape_reset(&s->d.tape);
	s->d.tape.record = s->d.tape.train = false;
	rcnn_features(
		&s->d.model, &s->d.tape, nn_to_device(&s->d.tape, &x), &f);
	gan_extractor_pool(nn_host(&s->d.tape, f.p[LEVEL]), nn_rows(f.p[LEVEL]),
		numbers(s), to);
}

static void look(void *self, const uint8_t *px, int n, int w, int h, float *to)
{
	struct detector_extractor *s = self;

	for (int i = 0; i < n; i++)
		look_at(s, px + (size_t)i * (size_t)w * (size_t)h * 3, w, h,
			to + (size_t)i * (size_t)numbers(s));
}

static void release(void *self)
{
	struct detector_extractor *s = self;

	detector_release(&s->d);
	mem_free(s->x);
	mem_free(s);
}

int detector_extractor_open(struct gan_extractor *extractor, const char *path,
	const char *device, int threads, struct err *e)
{
	struct detector_extractor *s = mem_alloc(1, sizeof *s);
	char digest[WEB_SHA256_TEXT];

	if (web_sha256_file(path, digest, e) ||
		detector_open(&s->d, path, device, threads, e)) {
		mem_free(s);
		return -1;
	}
	*extractor = (struct gan_extractor){
		.d = numbers(s), .look = look, .release = release, .self = s};
	snprintf(extractor->name, sizeof extractor->name, "%.8s", digest);
	return 0;
}
