/* What a network computes in, and what that will take: as programs choose it
 * by options, and tell their users. */
#ifndef APP_COMPUTE_H
#define APP_COMPUTE_H

#include "cli/cli.h"
#include "nn/device.h"
#include "nn/footprint.h"

/* The type that --dtype names, on be. Tells of a card that is there but cannot
 * be used, of what is used with -v, and of bf16 that does not pay. */
int compute_type(const struct cli *c, const char *name, struct nn_backend *be,
	enum nn_type *type, struct err *e);

/* ERR_USAGE where mpirun started several: the program's work is for one
 * process, and the others would do it over again, into the same files. */
int compute_alone(struct err *e);

/* Tell what memory is needed, for what ("2 pictures of 800x1344"). */
void compute_tell_need(
	const struct cli *c, const struct nn_footprint *need, const char *what);

/*
 * So many bytes are needed: ERR_OS when the host never has so many, a warning
 * when others hold what is lacking. less says what would need less.
 */
int compute_check_need(
	const struct cli *c, size_t bytes, const char *less, struct err *e);

#endif
