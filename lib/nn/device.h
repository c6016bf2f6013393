/* What nets can run on here. */
#ifndef NN_DEVICE_H
#define NN_DEVICE_H

struct nn_device {
	const char *name; /* as --device takes it: "cpu" */
	const char *isa;  /* the best instructions that will be used */
	int threads;
	int version[3]; /* of the library under it, oneDNN */
};

struct nn_device nn_cpu_device(void);

#endif
