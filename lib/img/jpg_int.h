/* What the files that call libjpeg share. */
#ifndef IMG_JPG_INT_H
#define IMG_JPG_INT_H

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include "img/img_int.h"
#include <jpeglib.h>

/* libjpeg reports errors by calling back; we jump out of it, to where the
 * caller has set jump, and why says what it was. */
struct img_jpg_errors {
	struct jpeg_error_mgr mgr; /* first: libjpeg knows only this part */
	struct jpeg_progress_mgr progress; /* of a decoder */
	jmp_buf jump;
	char why[JMSG_LENGTH_MAX];
};

struct jpeg_error_mgr *img_jpg_errors_init(struct img_jpg_errors *x);

/* The markers that we look into, which the header keeps. */
enum { IMG_JPG_EXIF = JPEG_APP0 + 1, IMG_JPG_PROFILE = JPEG_APP0 + 2 };

/* Read from f, by large pieces. */
void img_jpg_source(struct jpeg_decompress_struct *d, FILE *f);
/* The same from memory, which must stay. */
void img_jpg_source_bytes(
	struct jpeg_decompress_struct *d, const uint8_t *p, size_t n);
/* A decoder at the end of the header, its errors and jump set before. */
void img_jpg_header(struct jpeg_decompress_struct *d, FILE *f);
/* The orientation that the header told. */
int img_jpg_turn(const struct jpeg_decompress_struct *d);

/*
 * A decoder at the end of f's header goes on with a smaller JPEG, in memory,
 * that has only the MCUs of a part, as it is stored, and margin more at each
 * side; again at the end of the header, with all that was in it. *left is the
 * part in what is left. Where that is not possible (progressive, damaged), or
 * these are more than most percent of what would be decoded, so that it would
 * take longer, nothing changes and *left is the part.
 */
void img_jpg_trim(struct jpeg_decompress_struct *d, FILE *f,
	const struct img_part *part, int margin, int most,
	struct img_part *left);

/* What every JPEG is encoded with: colours at half the resolution. */
void img_jpg_ask(struct jpeg_compress_struct *c, int w, int h,
	J_COLOR_SPACE colours, int quality);

/* What libjpeg allocates to write into; lives outside of the function that
 * setjmp returns into. */
struct img_jpg_bytes {
	unsigned char *p;
	unsigned long n;
};

#endif
