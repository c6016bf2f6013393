/* Devices by the names that --device takes, and what they are. */
#ifndef NN_DEVICE_H
#define NN_DEVICE_H

#include "base/err.h"
#include "nn/backend.h"

/*
 * Open "auto", the best there is, or "cpu"; close it with be->close(be).
 * threads 0: as many as the process may use. ERR_UNAVAILABLE for a device
 * that this version or machine does not have, ERR_USAGE for no device's name.
 */
struct nn_backend *nn_device_open(const char *name, int threads, struct err *e);

/* The type that --dtype names: "f32", "bf16", or "auto", the faster one on
 * that backend. ERR_USAGE for another name. */
int nn_dtype(const char *name, const struct nn_backend *be, enum nn_type *type,
	struct err *e);

struct nn_device {
	const char *name; /* as --device takes it: "cpu" */
	const char *isa;  /* the best instructions that will be used */
	int threads;
	int version[3]; /* of the library under it, oneDNN */
	enum nn_bf16 bf16;
};

struct nn_device nn_cpu_device(void);

#endif
