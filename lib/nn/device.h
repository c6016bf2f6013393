/* Devices by the names that --device takes, and what they are. */
#ifndef NN_DEVICE_H
#define NN_DEVICE_H

#include "base/err.h"
#include "nn/backend.h"

/*
 * Open "cpu", "cuda" (its first card), "cuda:N", or "auto", the best there is;
 * close it with be->close(be). threads 0: as many as the process may use.
 * ERR_UNAVAILABLE, with the reason, for a device that this build or machine
 * does not have, ERR_USAGE for no device's name. A backend that is the CPU
 * because auto found no card says why (no_card).
 */
struct nn_backend *nn_device_open(const char *name, int threads, struct err *e);

/* The type that --dtype names: "f32", "bf16", "tf32", which is f32 whose
 * products a card may take in TF32, or "auto", the faster of the first two on
 * that backend. ERR_USAGE for another name, ERR_UNAVAILABLE for TF32 without a
 * card. */
int nn_dtype(const char *name, struct nn_backend *be, enum nn_type *type,
	struct err *e);

struct nn_device {
	char name[16];  /* as --device takes it: "cpu", "cuda:0" */
	char model[64]; /* of a card: what its maker calls it */
	char isa[32];   /* the best instructions that will be used: "sm_90" */
	int threads;    /* of a card: its multiprocessors */
	size_t bytes;   /* of a card: its memory */
	const char *library; /* under it: "oneDNN", "cuDNN" */
	int version[3];
	enum nn_bf16 bf16;
};

struct nn_device nn_cpu_device(void);
/* How many cards CUDA counts; 0 when there is none, -1 when there is a driver
 * but it does not work, either with the reason in *e. */
int nn_cuda_count(struct err *e);
/* What card i is; -1 and ERR_UNAVAILABLE when it cannot be used. */
int nn_cuda_device(int i, struct nn_device *d, struct err *e);

#endif
