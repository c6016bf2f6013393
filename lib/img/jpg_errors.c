#include "img/jpg_int.h"

#include <jerror.h>

/* A file of very many empty scans would keep a progressive decoder busy for
 * hours. */
enum { SCANS_MAX = 500 };

static void on_error(j_common_ptr c)
{
	struct img_jpg_errors *x = (struct img_jpg_errors *)c->err;

	c->err->format_message(c, x->why);
	longjmp(x->jump, 1);
}

/*
 * libjpeg decodes what it can of damaged data and warns; a picture half grey
 * is worse than none, so warnings are errors, but for those that leave the
 * pixels alone.
 */
static void on_message(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_ADOBE_XFORM:
	case JWRN_BOGUS_ICC:
	case JWRN_JFIF_MAJOR:
		return;
	}
	on_error(c);
}

static void on_progress(j_common_ptr c)
{
	struct img_jpg_errors *x = (struct img_jpg_errors *)c->err;

	if (((j_decompress_ptr)c)->input_scan_number <= SCANS_MAX)
		return;
	snprintf(x->why, sizeof x->why, "more than %d scans", SCANS_MAX);
	longjmp(x->jump, 1);
}

struct jpeg_error_mgr *img_jpg_errors_init(struct img_jpg_errors *x)
{
	jpeg_std_error(&x->mgr);
	x->mgr.error_exit = on_error;
	x->mgr.emit_message = on_message;
	x->progress =
		(struct jpeg_progress_mgr){.progress_monitor = on_progress};
	return &x->mgr;
}
