#include "img/jpg_trim_int.h"

enum { LOOK = IMG_SCAN_LOOK, MEAN_BITS = 11, LAST = DCTSIZE2 - 1 };

static bool codes_init(struct img_scan_codes *c, const JHUFF_TBL *t)
{
	int32_t code = 0;
	int n = 0;

	if (!t)
		return false;
	c->symbol = t->huffval;
	for (int l = 1; l <= 16; l++) {
		code <<= 1;
		c->start[l] = n;
		c->first[l] = code;
		code += t->bits[l];
		n += t->bits[l];
		if (n > 256 || code > 1 << l)
			return false;
		c->last[l] = t->bits[l] ? code - 1 : -1;
	}
	return true;
}

/* The symbol whose code the upper 16 bits of a word begin with, -1: none. */
static int look_up(const struct img_scan_codes *c, uint64_t word, int *length)
{
	for (int l = 1; l <= 16; l++) {
		int32_t code = (int32_t)(word >> (64 - l));

		if (code > c->last[l])
			continue;
		*length = l;
		return c->symbol[c->start[l] + code - c->first[l]];
	}
	return -1;
}

static bool means_init(struct img_scan_means *m, const JHUFF_TBL *t)
{
	if (!codes_init(&m->codes, t))
		return false;
	memset(m->size, 0, sizeof m->size);
	memset(m->look, 0, sizeof m->look);
	for (int l = 1; l <= 16; l++)
		for (int i = 0; i < t->bits[l]; i++) {
			int s = t->huffval[m->codes.start[l] + i];
			int code = m->codes.first[l] + i;

			if (s > MEAN_BITS)
				continue;
			m->code[s] = (uint32_t)code;
			m->size[s] = (uint8_t)l;
			for (int k = 0; l <= LOOK && k < 1 << (LOOK - l); k++)
				m->look[(code << (LOOK - l)) + k] =
					(struct img_scan_mean){
						(uint8_t)l, (uint8_t)s};
		}
	return true;
}

/* What one code of a coefficient says: zeros before it and the size of its
 * bits; 0 for 16 zeros; or that the block ends. */
static struct img_scan_step one_step(int symbol, int length)
{
	int zeros = symbol >> 4, size = symbol & 15;

	if (!size && zeros < 15)
		return (struct img_scan_step){(uint8_t)length, 1, 1};
	return (struct img_scan_step){
		(uint8_t)(length + size), (uint8_t)(zeros + 1), 0};
}

/* All codes that are there with their bits, but at least the first. */
static struct img_scan_step all_steps(const struct img_scan_blocks *b, int bits)
{
	struct img_scan_step all = b->one[bits];

	while (!all.ends && all.bits < LOOK) {
		const struct img_scan_step *one =
			&b->one[bits << all.bits & ((1 << LOOK) - 1)];

		if (!one->bits || all.bits + one->bits > LOOK)
			break;
		all.bits += one->bits;
		all.run += one->run;
		all.ends = one->ends;
	}
	return all;
}

static bool blocks_init(struct img_scan_blocks *b, const JHUFF_TBL *t)
{
	const struct img_scan_codes *c = &b->codes;

	if (!codes_init(&b->codes, t))
		return false;
	memset(b->one, 0, sizeof b->one);
	for (int l = 1; l <= LOOK; l++)
		for (int i = 0; i < t->bits[l]; i++) {
			struct img_scan_step s =
				one_step(t->huffval[c->start[l] + i], l);
			int at = (c->first[l] + i) << (LOOK - l);

			for (int k = 0; k < 1 << (LOOK - l); k++)
				b->one[at + k] = s;
		}
	for (int i = 0; i < 1 << LOOK; i++)
		b->step[i] = all_steps(b, i);
	return true;
}

bool img_scan_begin(struct img_scan *s, const struct jpeg_decompress_struct *d,
	const uint8_t *bytes, size_t n, uint8_t *out)
{
	bool means[NUM_HUFF_TBLS] = {0}, blocks[NUM_HUFF_TBLS] = {0};

	s->bytes = s->next = bytes;
	s->bits = n * 8;
	s->word = s->held = 0;
	s->have = s->holds = 0;
	s->out = out;
	s->ncomponents = d->num_components;
	for (int i = 0; i < d->num_components; i++) {
		const jpeg_component_info *c = d->cur_comp_info[i];
		int dc = c->dc_tbl_no, ac = c->ac_tbl_no;

		if (dc < 0 || ac < 0 || dc >= NUM_HUFF_TBLS ||
			ac >= NUM_HUFF_TBLS)
			return false;
		means[dc] = means[dc] ||
			    means_init(&s->means[dc], d->dc_huff_tbl_ptrs[dc]);
		blocks[ac] = blocks[ac] || blocks_init(&s->blocks[ac],
						   d->ac_huff_tbl_ptrs[ac]);
		if (!means[dc] || !blocks[ac])
			return false;
		s->component[i] = (struct img_scan_component){&s->means[dc],
			&s->blocks[ac], c->h_samp_factor * c->v_samp_factor, 0,
			0};
	}
	return true;
}

static uint64_t load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return __builtin_bswap64(v);
}

/* 32 bits or more at hand. */
static inline void refill(struct img_scan *s)
{
	if (s->have >= 32)
		return;
	s->word |= load(s->next) >> s->have;
	s->next += (63 - s->have) >> 3;
	s->have |= 56;
}

static inline void use(struct img_scan *s, int bits)
{
	s->word <<= bits;
	s->have -= bits;
}

/* The bit that is read next. */
static size_t place(const struct img_scan *s)
{
	return (size_t)(s->next - s->bytes) * 8 - (size_t)s->have;
}

static bool read_mean(struct img_scan *s, struct img_scan_component *c)
{
	struct img_scan_mean code;
	int length = 0, size;
	int32_t v;

	refill(s);
	code = c->means->look[s->word >> (64 - LOOK)];
	length = code.bits;
	size = code.size;
	if (!length)
		size = look_up(&c->means->codes, s->word, &length);
	if (size < 0 || size > MEAN_BITS)
		return false;
	use(s, length);
	/* Twice, as a word cannot be shifted by all of its bits. */
	v = (int32_t)(s->word >> 1 >> (63 - size));
	/* The smaller half of the numbers is below 0. */
	v -= s->word >> 63 ? 0 : (1 << size) - 1;
	use(s, size);
	c->mean += v;
	/* Encoders keep to 11 bits. */
	return c->mean >= -(1 << MEAN_BITS) && c->mean <= 1 << MEAN_BITS;
}

/* A code alone: a long one, or the last of a block. */
static struct img_scan_step read_code(
	uint64_t word, const struct img_scan_blocks *b)
{
	struct img_scan_step one = b->one[word >> (64 - LOOK)];
	int length = 0, symbol;

	if (one.bits)
		return one;
	symbol = look_up(&b->codes, word, &length);
	return symbol < 0 ? one : one_step(symbol, length);
}

/* Past a block's other coefficients. Two looks take at most 2 * (16 + 15) bits,
 * as many as there are after a refill of 56: the second's are not all looked
 * at. */
static bool skip_block(struct img_scan *s, const struct img_scan_blocks *b)
{
	const uint8_t *next = s->next;
	uint64_t word = s->word;
	int have = s->have, left = LAST;
	struct img_scan_step step = {0};

	while (left > 0 && !step.ends) {
		word |= load(next) >> have;
		next += (63 - have) >> 3;
		have |= 56;
		for (int i = 0; i < 2; i++) {
			step = b->step[word >> (64 - LOOK)];
			if (!step.bits || step.run > left) {
				step = read_code(word, b);
				if (!step.bits || step.run > left)
					return false;
			}
			word <<= step.bits;
			have -= step.bits;
			left -= step.run;
			if (step.ends || !left)
				break;
		}
	}
	s->next = next;
	s->word = word;
	s->have = have;
	return true;
}

static bool skip_blocks(struct img_scan *s, struct img_scan_component *c, int n)
{
	for (int i = 0; i < n; i++)
		if (!read_mean(s, c) || !skip_block(s, c->blocks))
			return false;
	return true;
}

bool img_scan_skip(struct img_scan *s, JDIMENSION n)
{
	for (JDIMENSION i = 0; i < n; i++) {
		for (int k = 0; k < s->ncomponents; k++)
			if (!skip_blocks(
				    s, &s->component[k], s->component[k].n))
				return false;
		if (place(s) > s->bits)
			return false;
	}
	return true;
}

/* A byte of ones must be followed by a zero. */
static void put_byte(struct img_scan *s, uint8_t v)
{
	*s->out++ = v;
	if (v == 0xff)
		*s->out++ = 0;
}

static void put_bytes(struct img_scan *s, uint32_t v)
{
	uint32_t big = __builtin_bswap32(v);

	/* Most have no byte of ones. */
	if (!((~v - 0x01010101u) & v & 0x80808080u)) {
		memcpy(s->out, &big, sizeof big);
		s->out += sizeof big;
		return;
	}
	for (int i = 24; i >= 0; i -= 8)
		put_byte(s, (uint8_t)(v >> i));
}

/* n is at most 32. */
static inline void put_bits(struct img_scan *s, uint32_t v, int n)
{
	s->held = s->held << n | v;
	s->holds += n;
	if (s->holds < 32)
		return;
	s->holds -= 32;
	put_bytes(s, (uint32_t)(s->held >> s->holds));
}

static void put_copy(struct img_scan *s, size_t from, size_t to)
{
	for (; from < to; from += 32) {
		uint32_t v =
			(uint32_t)(load(s->bytes + from / 8) << (from % 8) >>
				   32);
		int n = to - from < 32 ? (int)(to - from) : 32;

		put_bits(s, v >> (32 - n), n);
	}
}

/* The difference between the mean that was read and the one last written. */
static bool put_mean(struct img_scan *s, struct img_scan_component *c)
{
	int32_t v = c->mean - c->put;
	int size = 0;

	while (abs(v) >> size)
		size++;
	if (size > MEAN_BITS || !c->means->size[size])
		return false;
	put_bits(s, c->means->code[size], c->means->size[size]);
	if (size)
		put_bits(s, (uint32_t)(v < 0 ? v + (1 << size) - 1 : v), size);
	return true;
}

/* Of the first MCU in a row only the first block of a component differs. */
static bool copy_first(struct img_scan *s)
{
	for (int k = 0; k < s->ncomponents; k++) {
		struct img_scan_component *c = &s->component[k];
		size_t from;

		if (!read_mean(s, c) || !put_mean(s, c))
			return false;
		from = place(s);
		if (!skip_block(s, c->blocks) || !skip_blocks(s, c, c->n - 1))
			return false;
		if (place(s) > s->bits)
			return false;
		put_copy(s, from, place(s));
	}
	return true;
}

bool img_scan_copy(struct img_scan *s, JDIMENSION n)
{
	size_t from;

	if (!copy_first(s))
		return false;
	from = place(s);
	if (!img_scan_skip(s, n - 1))
		return false;
	put_copy(s, from, place(s));
	for (int k = 0; k < s->ncomponents; k++)
		s->component[k].put = s->component[k].mean;
	return true;
}

uint8_t *img_scan_end(struct img_scan *s)
{
	/* Ones to the end of a byte. */
	int n = (8 - s->holds % 8) % 8;

	put_bits(s, (1u << n) - 1, n);
	for (; s->holds > 0; s->holds -= 8)
		put_byte(s, (uint8_t)(s->held >> (s->holds - 8)));
	return s->out;
}
