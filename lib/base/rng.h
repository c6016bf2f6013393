/*
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The stream is a
 * pure function of (seed, stream, position), so that it is the same on every
 * backend, and a checkpoint stores three integers to resume it exactly.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t seed, stream;
	uint64_t at;      /* index of the next 32-bit word */
	uint32_t word[4]; /* the block that contains at, once at & 3 != 0 */
};

/* Streams by purpose: numbers drawn for one never shift another's. */
enum rng_stream {
	RNG_INIT = 1,    /* weights */
	RNG_ORDER = 2,   /* order of the data */
	RNG_AUGMENT = 3, /* flips, scales */
	RNG_SAMPLE = 4,  /* anchors and regions chosen for the losses */
	RNG_LATENT = 5,  /* noise given to a generator */
	RNG_DRAW = 6,    /* drawn data sets */
	RNG_SCORE = 7    /* what is chosen to measure by */
};

/* The four words at block index `block` of a stream. */
void rng_block(uint64_t seed, uint64_t stream, uint64_t block, uint32_t out[4]);

struct rng rng_new(uint64_t seed, uint64_t stream);
/* The generator that r was when r.at was at: how a checkpoint resumes it. */
struct rng rng_at(uint64_t seed, uint64_t stream, uint64_t at);
/* Substream: independent draws for item `item` (a step, a picture). */
struct rng rng_item(uint64_t seed, uint64_t stream, uint64_t item);
uint32_t rng_u32(struct rng *r);
/* Uniform in 0..n-1 without bias; n > 0. */
uint32_t rng_below(struct rng *r, uint32_t n);
/* Uniform in [0,1), 24 bits. */
float rng_uniform(struct rng *r);
/* Standard normal, by Box and Muller; two words each. */
float rng_normal(struct rng *r);
/* Fisher-Yates shuffle of n indices. */
void rng_shuffle(struct rng *r, int32_t *v, int32_t n);

#endif
