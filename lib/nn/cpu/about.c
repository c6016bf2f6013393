#include "nn/device.h"

#include <dnnl.h>
#include <omp.h>

static const char *isa_name(void)
{
	switch (dnnl_get_effective_cpu_isa()) {
	case dnnl_cpu_isa_sse41:
		return "sse4.1";
	case dnnl_cpu_isa_avx:
		return "avx";
	case dnnl_cpu_isa_avx2:
		return "avx2";
	case dnnl_cpu_isa_avx2_vnni:
		return "avx2-vnni";
	case dnnl_cpu_isa_avx512_core:
		return "avx512";
	case dnnl_cpu_isa_avx512_core_vnni:
		return "avx512-vnni";
	case dnnl_cpu_isa_avx512_core_bf16:
		return "avx512-bf16";
	case dnnl_cpu_isa_avx512_core_amx:
		return "avx512-amx";
	default:
		return "generic";
	}
}

struct nn_device nn_cpu_device(void)
{
	const dnnl_version_t *v = dnnl_version();

	return (struct nn_device){
		.name = "cpu",
		.isa = isa_name(),
		.threads = omp_get_max_threads(),
		.version = {v->major, v->minor, v->patch},
	};
}
