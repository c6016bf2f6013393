/* The networks that cards are planned for and measured on. */
#ifndef GPU_NETS_H
#define GPU_NETS_H

#include "rcnn/config.h"

struct gpu_net {
	const char *name;
	const char *settings; /* Detectron's words, or a file of them */
	int h, w, batch;      /* of pictures, in training */
};

enum { GPU_NETS = 4 };
extern const struct gpu_net gpu_nets[GPU_NETS];

int gpu_net_config(
	const struct gpu_net *net, struct rcnn_config *c, struct err *e);

#endif
