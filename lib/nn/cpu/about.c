#include "nn/cpu/dnnl_api.h"
#include "nn/device.h"

#include <omp.h>
#include <stdio.h>

struct nn_device nn_cpu_device(void)
{
	const dnnl_version_t *v = dnnl_version();
	struct nn_device d = {.name = "cpu",
		.threads = omp_get_max_threads(),
		.library = "oneDNN",
		.version = {v->major, v->minor, v->patch},
		.bf16 = cpu_bf16()};

	snprintf(d.isa, sizeof d.isa, "%s", cpu_isa_name());
	return d;
}
