#include "app/gan_rating.h"
#include "app/trained_extractor.h"
#include "gan/gan_draw.h"

#include <math.h>

/* Noise of its own: not that of the sheets, nor of dcgan-sample's first
 * pictures, which somebody might choose a run by. */
enum { SEED = 1000001 };

static void name_all(struct gan_rating *r)
{
	struct arena *a = &r->arena;

	for (int i = 0; i < GAN_METRICS; i++) {
		r->name[i] = gan_metric_name(
			(enum gan_metric)i, r->extractor.name, a);
		r->floor[i] = arena_printf(a, "%s_floor", r->name[i]);
	}
}

int gan_rating_begin(struct gan_rating *r, const uint8_t *px, int n, int w,
	int h, const char *detector, const char *device, int threads,
	struct nn_backend *be, struct err *e)
{
	const struct gan_set real = {.n = n, .w = w, .h = h, .px = px};

	*r = (struct gan_rating){0};
	if (!detector)
		gan_extractor_random(&r->extractor, be, 1);
	else if (trained_extractor_open(
			 &r->extractor, detector, device, threads, e))
		return -1;
	if (gan_judge_init(&r->judge, &real, &r->extractor, 1, e)) {
		gan_extractor_release(&r->extractor);
		return -1;
	}
	r->on = true;
	r->trained = detector != NULL;
	name_all(r);
	return 0;
}

void gan_rating_end(struct gan_rating *r)
{
	if (!r->on)
		return;
	gan_judge_release(&r->judge);
	gan_extractor_release(&r->extractor);
	arena_release(&r->arena);
}

static int tell(const struct gan_rating *r, const struct gan *m,
	const struct gan_score *s, struct metrics *to, struct err *e)
{
	struct metric all[2 + 2 * GAN_METRICS] = {
		{"images", (double)m->run.images, 0}};
	int n = 1;

	for (int i = 0; i < GAN_METRICS; i++) {
		int decimals = gan_metrics[i].decimals;

		if (isfinite(s->v[i]))
			all[n++] =
				(struct metric){r->name[i], s->v[i], decimals};
		if (isfinite(r->judge.floor.v[i]))
			all[n++] = (struct metric){
				r->floor[i], r->judge.floor.v[i], decimals};
	}
	return metrics_add(to, all, e);
}

int gan_rating_make(struct gan_rating *r, struct gan *m, struct metrics *to,
	double *score, struct err *e)
{
	struct gan_score s;
	struct gan_draw d;
	int bad;

	gan_draw_init(&d, m->be, &m->run.net, gan_best(m), SEED);
	d.dtype = m->dtype;
	d.series.labels = m->labels;
	bad = gan_judge_drawn(&r->judge, 0, gan_draw, &d, &s, e);
	gan_draw_release(&d);
	if (bad)
		return -1;
	*score = s.v[r->trained ? GAN_KD : GAN_SWD];
	return tell(r, m, &s, to, e);
}
