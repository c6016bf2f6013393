#include "gan/inception_int.h"

#include <stddef.h>

#define END \
	{ \
		NULL, BLOCK, 0, 0, 0, 0, false \
	}

static const struct inception_row plain[] = {
	{"", BLOCK, 3, 3, 1, 0, true}, END};
static const struct inception_row halved[] = {
	{"", BLOCK, 3, 3, 2, 0, true}, END};
static const struct inception_row padded[] = {
	{"", BLOCK, 3, 3, 1, 1, true}, END};
static const struct inception_row point[] = {
	{"", BLOCK, 1, 1, 1, 0, true}, END};
static const struct inception_row shrunk[] = {
	{"", SHRUNK, 0, 0, 0, 0, true}, END};

static const struct inception_row block_a[] = {
	{".branch1x1", BLOCK, 1, 1, 1, 0, true},
	{".branch5x5_1", BLOCK, 1, 1, 1, 0, false},
	{".branch5x5_2", BEFORE, 5, 5, 1, 2, true},
	{".branch3x3dbl_1", BLOCK, 1, 1, 1, 0, false},
	{".branch3x3dbl_2", BEFORE, 3, 3, 1, 1, false},
	{".branch3x3dbl_3", BEFORE, 3, 3, 1, 1, true},
	{".branch_pool", POOLED, 1, 1, 1, 0, true}, END};

static const struct inception_row block_b[] = {
	{".branch3x3", BLOCK, 3, 3, 2, 0, true},
	{".branch3x3dbl_1", BLOCK, 1, 1, 1, 0, false},
	{".branch3x3dbl_2", BEFORE, 3, 3, 1, 1, false},
	{".branch3x3dbl_3", BEFORE, 3, 3, 2, 0, true},
	{"", SHRUNK, 0, 0, 0, 0, true}, END};

static const struct inception_row block_c[] = {
	{".branch1x1", BLOCK, 1, 1, 1, 0, true},
	{".branch7x7_1", BLOCK, 1, 1, 1, 0, false},
	{".branch7x7_2", BEFORE, 1, 7, 1, 3, false},
	{".branch7x7_3", BEFORE, 7, 1, 1, 3, true},
	{".branch7x7dbl_1", BLOCK, 1, 1, 1, 0, false},
	{".branch7x7dbl_2", BEFORE, 7, 1, 1, 3, false},
	{".branch7x7dbl_3", BEFORE, 1, 7, 1, 3, false},
	{".branch7x7dbl_4", BEFORE, 7, 1, 1, 3, false},
	{".branch7x7dbl_5", BEFORE, 1, 7, 1, 3, true},
	{".branch_pool", POOLED, 1, 1, 1, 0, true}, END};

static const struct inception_row block_d[] = {
	{".branch3x3_1", BLOCK, 1, 1, 1, 0, false},
	{".branch3x3_2", BEFORE, 3, 3, 2, 0, true},
	{".branch7x7x3_1", BLOCK, 1, 1, 1, 0, false},
	{".branch7x7x3_2", BEFORE, 1, 7, 1, 3, false},
	{".branch7x7x3_3", BEFORE, 7, 1, 1, 3, false},
	{".branch7x7x3_4", BEFORE, 3, 3, 2, 0, true},
	{"", SHRUNK, 0, 0, 0, 0, true}, END};

static const struct inception_row block_e[] = {
	{".branch1x1", BLOCK, 1, 1, 1, 0, true},
	{".branch3x3_1", BLOCK, 1, 1, 1, 0, false},
	{".branch3x3_2a", BEFORE, 1, 3, 1, 1, true},
	{".branch3x3_2b", BESIDE, 3, 1, 1, 1, true},
	{".branch3x3dbl_1", BLOCK, 1, 1, 1, 0, false},
	{".branch3x3dbl_2", BEFORE, 3, 3, 1, 1, false},
	{".branch3x3dbl_3a", BEFORE, 1, 3, 1, 1, true},
	{".branch3x3dbl_3b", BESIDE, 3, 1, 1, 1, true},
	{".branch_pool", POOLED, 1, 1, 1, 0, true}, END};

const struct inception_block inception_blocks[INCEPTION_BLOCKS] = {
	{"Conv2d_1a_3x3", halved, false}, {"Conv2d_2a_3x3", plain, false},
	{"Conv2d_2b_3x3", padded, false}, {"", shrunk, false},
	{"Conv2d_3b_1x1", point, false}, {"Conv2d_4a_3x3", plain, false},
	{"", shrunk, false}, {"Mixed_5b", block_a, false},
	{"Mixed_5c", block_a, false}, {"Mixed_5d", block_a, false},
	{"Mixed_6a", block_b, false}, {"Mixed_6b", block_c, false},
	{"Mixed_6c", block_c, false}, {"Mixed_6d", block_c, false},
	{"Mixed_6e", block_c, false}, {"Mixed_7a", block_d, false},
	{"Mixed_7b", block_e, false}, {"Mixed_7c", block_e, true}};
