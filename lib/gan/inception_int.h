/* The rows of which Inception's blocks consist: for inception*.c only. */
#ifndef GAN_INCEPTION_INT_H
#define GAN_INCEPTION_INT_H

#include <stdbool.h>

/* What a row of a block takes. */
enum inception_from {
	BLOCK,  /* what the block is given */
	BEFORE, /* what the row before made */
	BESIDE, /* what the row before was given */
	POOLED, /* the block's, each value with its neighbours */
	SHRUNK  /* the block's, maxima of 3x3 at a stride of 2: no layer */
};

struct inception_row {
	const char *name;
	enum inception_from from;
	int kh, kw, stride, pad;
	bool out; /* a part of what the block makes */
};

struct inception_block {
	const char *name;
	const struct inception_row *row;
	bool maxima; /* POOLED is, not means */
};

enum { INCEPTION_BLOCKS = 18, INCEPTION_LAYERS = 94 };
/* From the picture on, each block given what the one before makes. */
extern const struct inception_block inception_blocks[INCEPTION_BLOCKS];

#endif
