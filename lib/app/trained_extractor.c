#include "app/trained_extractor.h"
#include "app/detector_extractor.h"
#include "foreign/foreign.h"
#include "gan/inception.h"
#include "nn/device.h"
#include "web/digest.h"

static int open_inception(struct gan_extractor *extractor,
	const struct nn_st *st, int threads, struct err *e)
{
	char digest[WEB_SHA256_TEXT];
	struct nn_backend *be;

	if (web_sha256_file(st->path, digest, e))
		return -1;
	digest[8] = 0;
	be = nn_device_open("cpu", threads, e);
	return be ? gan_inception_open(extractor, st, be, digest, e) : -1;
}

int trained_extractor_open(struct gan_extractor *extractor, const char *path,
	const char *device, int threads, struct err *e)
{
	struct nn_st st;
	bool inception;
	int bad = 0;

	if (foreign_open(&st, path, e))
		return -1;
	inception = gan_inception_is(&st);
	if (inception)
		bad = open_inception(extractor, &st, threads, e);
	nn_st_close(&st);
	return inception ? bad
			 : detector_extractor_open(
				   extractor, path, device, threads, e);
}
