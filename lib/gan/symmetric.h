/* Dense linear algebra in double precision, as far as the Frechet distance
 * needs it (Golub and Van Loan, Matrix Computations, chapters 5 and 8). */
#ifndef GAN_SYMMETRIC_H
#define GAN_SYMMETRIC_H

/* The product of two vectors, in an order that depends on n alone. */
double gan_dot(const double *x, const double *y, int n);

/* The eigenvalues of the symmetric n x n matrix a, which is used up, in no
 * order: Householder's tridiagonal form, then QL with implicit shifts. */
void gan_eigenvalues(double *a, int n, double *value);

/*
 * The same with eigenvectors, in the rows of `vector`, the largest value's
 * first; a becomes the diagonal matrix of the values. Jacobi's rotations: for
 * matrices of hundreds.
 */
void gan_eigenvectors(double *a, int n, double *vector);

/* a, n x d with n >= d, becomes R of its QR decomposition in its first d rows,
 * zeros below the diagonal, by Householder's reflections. */
void gan_triangle(double *a, int n, int d);

#endif
