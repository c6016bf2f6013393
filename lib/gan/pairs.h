/*
 * Every row of one matrix with every row of another: what distances between
 * two sets of pictures, or of their features, are made of. Computed in double
 * precision by blocks; what comes out depends neither on the number of threads
 * nor on the other rows, a row is at distance 0 from its copy, and of bytes
 * all is exact.
 *
 *	struct gan_rows x = {features, 500, 256};
 *	gan_pairs(GAN_PAIR_SQUARES, &x, &x, use, &mine);
 */
#ifndef GAN_PAIRS_H
#define GAN_PAIRS_H

/* n rows of d numbers. */
struct gan_rows {
	const float *v;
	int n, d;
};

enum gan_pair {
	GAN_PAIR_DOT,    /* sum of a b */
	GAN_PAIR_SQUARES /* sum of (a-b)^2: the squared Euclidean distance */
};

/*
 * For every row i of x, v[0..y->n-1] are its values with the rows of y: row is
 * called once for each i, in any order, by several threads at a time, and may
 * change v.
 */
void gan_pairs(enum gan_pair how, const struct gan_rows *x,
	const struct gan_rows *y, void (*row)(void *to, int i, double *v),
	void *to);

#endif
