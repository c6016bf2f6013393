#include "nn/cpu/dnnl_api.h"
#include "nn/device.h"

#include <omp.h>

struct nn_device nn_cpu_device(void)
{
	const dnnl_version_t *v = dnnl_version();

	return (struct nn_device){
		.name = "cpu",
		.isa = cpu_isa_name(),
		.threads = omp_get_max_threads(),
		.version = {v->major, v->minor, v->patch},
		.bf16 = cpu_bf16(),
	};
}
