#include "app/trained_eye.h"
#include "app/detector_eye.h"
#include "foreign/foreign.h"
#include "gan/inception.h"
#include "nn/device.h"
#include "web/digest.h"

static int open_inception(
	struct gan_eye *eye, const struct nn_st *st, int threads, struct err *e)
{
	char digest[WEB_SHA256_TEXT];
	struct nn_backend *be;

	if (web_sha256_file(st->path, digest, e))
		return -1;
	digest[8] = 0;
	be = nn_device_open("cpu", threads, e);
	return be ? gan_inception_open(eye, st, be, digest, e) : -1;
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
