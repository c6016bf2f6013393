/*
 * A baseline JPEG's coefficients, passed over and copied without being
 * decoded. What a block's coefficients are is of no interest, only where it
 * ends, so one look into a table takes all codes that its bits hold, with the
 * bits that follow each. Only the mean of a block (DC) is decoded: it is stored
 * as the difference from the block before, which what is left out changes.
 */
#ifndef IMG_JPG_TRIM_INT_H
#define IMG_JPG_TRIM_INT_H

#include "img/jpg_int.h"

/* Bits of a look into a table. */
enum { IMG_SCAN_LOOK = 11, IMG_SCAN_COMPONENTS = 4 };

/* The codes that some bits begin with, and the bits that follow each. */
struct img_scan_step {
	uint8_t bits; /* of all of them, 0: not even one */
	uint8_t run;  /* coefficients; one more if the block ends */
	uint8_t ends;
};

/* A Huffman table (ITU T.81, annex C). */
struct img_scan_codes {
	int32_t last[17];  /* the largest code of a length, -1: none */
	int32_t first[17]; /* the smallest */
	int start[17];     /* the place of its symbol */
	const uint8_t *symbol;
};

struct img_scan_mean {
	uint8_t bits, size; /* of the code, 0: a long one; and behind it */
};

struct img_scan_means {
	struct img_scan_codes codes;
	struct img_scan_mean look[1 << IMG_SCAN_LOOK];
	uint32_t code[12]; /* of a symbol, to write it */
	uint8_t size[12];  /* 0: there is none */
};

struct img_scan_blocks {
	struct img_scan_codes codes;
	struct img_scan_step one[1 << IMG_SCAN_LOOK];
	struct img_scan_step step[1 << IMG_SCAN_LOOK];
};

struct img_scan_component {
	const struct img_scan_means *means;
	const struct img_scan_blocks *blocks;
	int n;             /* blocks of an MCU */
	int32_t mean, put; /* of the last block, read and written */
};

struct img_scan {
	const uint8_t *bytes;
	size_t bits;         /* there are */
	const uint8_t *next; /* byte to read */
	uint64_t word;       /* read, not used yet: the upper `have` bits */
	int have;

	uint8_t *out;
	uint64_t held; /* not written yet: the lower `holds` bits */
	int holds;

	int ncomponents;
	struct img_scan_component component[IMG_SCAN_COMPONENTS];
	struct img_scan_means means[NUM_HUFF_TBLS];
	struct img_scan_blocks blocks[NUM_HUFF_TBLS];
};

/*
 * d is at the end of the header. The bytes have nothing stuffed between them,
 * and 4096 zeros behind. out has room for what is copied. False: a table is
 * missing or wrong.
 */
bool img_scan_begin(struct img_scan *s, const struct jpeg_decompress_struct *d,
	const uint8_t *bytes, size_t n, uint8_t *out);
/* Go n MCUs on; false: damaged. */
bool img_scan_skip(struct img_scan *s, JDIMENSION n);
/* The same, and write them, as what follows what was written before. False
 * also where a table has no code for a difference that comes of that. */
bool img_scan_copy(struct img_scan *s, JDIMENSION n);
/* Write what is held; returns the end of the output. */
uint8_t *img_scan_end(struct img_scan *s);

#endif
