#include "data/cocoeval.h"

static const struct {
	const char *name, *title, *kind, *iou, *area;
	int dets;
} figures[COCOEVAL_FIGURES] = {
	{"AP", "Average Precision", "(AP)", "0.50:0.95", "all", 100},
	{"AP50", "Average Precision", "(AP)", "0.50", "all", 100},
	{"AP75", "Average Precision", "(AP)", "0.75", "all", 100},
	{"APs", "Average Precision", "(AP)", "0.50:0.95", "small", 100},
	{"APm", "Average Precision", "(AP)", "0.50:0.95", "medium", 100},
	{"APl", "Average Precision", "(AP)", "0.50:0.95", "large", 100},
	{"AR1", "Average Recall", "(AR)", "0.50:0.95", "all", 1},
	{"AR10", "Average Recall", "(AR)", "0.50:0.95", "all", 10},
	{"AR100", "Average Recall", "(AR)", "0.50:0.95", "all", 100},
	{"ARs", "Average Recall", "(AR)", "0.50:0.95", "small", 100},
	{"ARm", "Average Recall", "(AR)", "0.50:0.95", "medium", 100},
	{"ARl", "Average Recall", "(AR)", "0.50:0.95", "large", 100},
};

const char *cocoeval_name(enum cocoeval_figure i)
{
	return figures[i].name;
}

void cocoeval_print(const struct cocoeval *v, FILE *f)
{
	for (int i = 0; i < COCOEVAL_FIGURES; i++)
		fprintf(f,
			" %-18s %s @[ IoU=%-9s | area=%6s | maxDets=%3d ] = "
			"%0.3f\n",
			figures[i].title, figures[i].kind, figures[i].iou,
			figures[i].area, figures[i].dets, v->figure[i]);
}
