#include "app/trained_eye.h"
#include "app/detector_eye.h"
#include "base/mem.h"
#include "foreign/foreign.h"
#include "gan/inception.h"
#include "nn/device.h"
#include "web/digest.h"

/* An Inception network with the backend that it computes by. */
struct own {
	struct gan_eye eye;
	struct nn_backend *be;
};

static void look(void *self, const uint8_t *px, int n, int w, int h, float *to)
{
	struct own *s = self;

	s->eye.look(s->eye.self, px, n, w, h, to);
}

static void release(void *self)
{
	struct own *s = self;

	gan_eye_release(&s->eye);
	s->be->close(s->be);
	mem_free(s);
}

static int open_inception(
	struct gan_eye *eye, const struct nn_st *st, int threads, struct err *e)
{
	char digest[WEB_SHA256_TEXT];
	struct own *s;

	if (web_sha256_file(st->path, digest, e))
		return -1;
	digest[8] = 0;
	s = mem_alloc(1, sizeof *s);
	s->be = nn_device_open("cpu", threads, e);
	if (!s->be || gan_inception_open(&s->eye, st, s->be, digest, e)) {
		if (s->be)
			s->be->close(s->be);
		mem_free(s);
		return -1;
	}
	*eye = s->eye;
	eye->look = look;
	eye->release = release;
	eye->self = s;
	return 0;
}

int trained_eye_open(struct gan_eye *eye, const char *path, const char *device,
	int threads, struct err *e)
{
	struct nn_st st;
	bool inception;
	int bad = 0;

	if (foreign_open(&st, path, e))
		return -1;
	inception = gan_inception_is(&st);
	if (inception)
		bad = open_inception(eye, &st, threads, e);
	nn_st_close(&st);
	return inception ? bad
			 : detector_eye_open(eye, path, device, threads, e);
}
