#include "img/jpg_int.h"

#include <jerror.h>

/* The header alone is often all that is wanted. After it, libjpeg's fast way
 * through the coefficients wants some thousand bytes ahead. */
enum { HEADER = 4096, CHUNK = 1 << 18 };

struct source {
	struct jpeg_source_mgr mgr; /* first: libjpeg knows only this part */
	FILE *f;                    /* NULL: all is there */
	size_t next;                /* how much to read */
	JOCTET *p;                  /* [CHUNK] */
};

static void begin(j_decompress_ptr d)
{
	(void)d;
}

static boolean fill(j_decompress_ptr d)
{
	struct source *s = (struct source *)d->src;
	size_t n = s->f ? fread(s->p, 1, s->next, s->f) : 0;

	if (!n)
		ERREXIT(d, JWRN_JPEG_EOF);
	s->next = CHUNK;
	s->mgr.next_input_byte = s->p;
	s->mgr.bytes_in_buffer = n;
	return TRUE;
}

static void skip(j_decompress_ptr d, long n)
{
	struct jpeg_source_mgr *s = d->src;

	while (n > (long)s->bytes_in_buffer) {
		n -= (long)s->bytes_in_buffer;
		fill(d);
	}
	if (n > 0) {
		s->next_input_byte += n;
		s->bytes_in_buffer -= (size_t)n;
	}
}

static struct source *source_new(struct jpeg_decompress_struct *d)
{
	struct source *s = d->mem->alloc_small(
		(j_common_ptr)d, JPOOL_PERMANENT, sizeof *s);

	*s = (struct source){
		.mgr = {.init_source = begin,
			.fill_input_buffer = fill,
			.skip_input_data = skip,
			.resync_to_restart = jpeg_resync_to_restart,
			.term_source = begin}};
	d->src = &s->mgr;
	return s;
}

void img_jpg_source(struct jpeg_decompress_struct *d, FILE *f)
{
	struct source *s = source_new(d);

	s->f = f;
	s->next = HEADER;
	s->p = d->mem->alloc_large((j_common_ptr)d, JPOOL_PERMANENT, CHUNK);
}

void img_jpg_source_bytes(
	struct jpeg_decompress_struct *d, const uint8_t *p, size_t n)
{
	struct source *s = source_new(d);

	s->mgr.next_input_byte = p;
	s->mgr.bytes_in_buffer = n;
}
