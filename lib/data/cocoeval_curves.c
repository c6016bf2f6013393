#include "data/cocoeval.h"
#include "json/json.h"

#include <errno.h>
#include <string.h>

/* Above so many, a picture shows only their mean. */
enum { PLOT_MAX = 12 };

static double precision_at(
	const struct cocoeval *v, int category, int threshold, int recall)
{
	return v->precision[((size_t)threshold * COCOEVAL_RECALLS +
				    (size_t)recall) *
				    (size_t)v->ncategories +
			    category];
}

double cocoeval_threshold(int i)
{
	return (50 + 5 * i) / 100.0;
}

static int check(FILE *f, struct err *e)
{
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	return 0;
}

int cocoeval_print_curves(const struct cocoeval *v, const struct coco *truth,
	FILE *f, struct err *e)
{
	struct arena a = {0};

	for (int i = 0; i < v->ncategories * COCOEVAL_THRESHOLDS; i++) {
		int category = i / COCOEVAL_THRESHOLDS;
		int t = i % COCOEVAL_THRESHOLDS;
		struct json *j = json_object(&a), *list = json_array(&a);
		size_t at =
			(size_t)t * (size_t)v->ncategories + (size_t)category;

		if (!v->truths[category])
			continue;
		json_put(&a, j, "category",
			json_str(&a, truth->categories[category].name));
		json_put(&a, j, "category_id",
			json_int(&a, truth->categories[category].id));
		json_put(&a, j, "iou", json_num(&a, cocoeval_threshold(t)));
		json_put(&a, j, "AP",
			json_num(&a, cocoeval_ap_at(v, category, t)));
		json_put(&a, j, "recall", json_num(&a, v->recall[at]));
		for (int r = 0; r < COCOEVAL_RECALLS; r++)
			json_add(list,
				json_num(&a, precision_at(v, category, t, r)));
		json_put(&a, j, "precision", list);
		json_print(j, f);
		putc('\n', f);
		arena_reset(&a);
	}
	arena_release(&a);
	return check(f, e);
}

/* The mean of the categories that have a truth. */
static double mean_precision(const struct cocoeval *v, int t, int r)
{
	double total = 0;
	int n = 0;

	for (int i = 0; i < v->ncategories; i++) {
		total += v->truths[i] ? precision_at(v, i, t, r) : 0;
		n += v->truths[i] > 0;
	}
	return n ? total / n : 0;
}

/* A block of gnuplot's data; category -1: the mean. */
static void put_block(const struct cocoeval *v, const char *name, int category,
	int t, FILE *f)
{
	fprintf(f, "$%s << EOD\n", name);
	for (int r = 0; r < COCOEVAL_RECALLS; r++)
		fprintf(f, "%.2f %.6f\n", r / 100.0,
			category < 0 ? mean_precision(v, t, r)
				     : precision_at(v, category, t, r));
	fputs("EOD\n", f);
}

/* A title in single quotes, in which one is written twice; what the picture's
 * format would take for a command is left out. */
static void put_title(const char *s, double iou, double ap, FILE *f)
{
	putc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			putc('\'', f);
		putc((unsigned char)*s < ' ' ? ' ' : *s, f);
	}
	fprintf(f, ", IoU %.2f, AP %.3f'", iou, ap);
}

static void put_curves(
	const struct cocoeval *v, const struct coco *truth, bool data, FILE *f)
{
	bool mean = v->ncategories > PLOT_MAX, any = false;
	int n = mean ? 1 : v->ncategories;

	for (int i = 0; i < n * COCOEVAL_THRESHOLDS; i++) {
		int category = mean ? -1 : i / COCOEVAL_THRESHOLDS;
		int t = i % COCOEVAL_THRESHOLDS;
		char name[32];

		/* Of a category two are enough. */
		if (!mean && ((t != 0 && t != 5) || !v->truths[category]))
			continue;
		snprintf(name, sizeof name, "c%d", i);
		if (data) {
			put_block(v, name, category, t, f);
			continue;
		}
		fprintf(f,
			"%s\\\n\t$%s with lines linewidth 2 "
			"linecolor %d dashtype %d title ",
			any ? ", " : "", name, mean ? t + 1 : category + 1,
			!mean && t ? 2 : 1);
		any = true;
		put_title(mean ? "all" : truth->categories[category].name,
			cocoeval_threshold(t),
			mean ? cocoeval_mean_ap_at(v, t)
			     : cocoeval_ap_at(v, category, t),
			f);
	}
	/* gnuplot wants something to plot. */
	if (!data && !any)
		fputs(" 0 notitle", f);
}

int cocoeval_print_plot(const struct cocoeval *v, const struct coco *truth,
	FILE *f, struct err *e)
{
	put_curves(v, truth, true, f);
	fputs("set terminal svg size 800,600 noenhanced background 'white'\n"
	      "set xlabel 'recall'\nset ylabel 'precision'\n"
	      "set xrange [0:1]\nset yrange [0:1.02]\nset grid\n"
	      "set key outside below\nplot ",
		f);
	put_curves(v, truth, false, f);
	putc('\n', f);
	return check(f, e);
}
