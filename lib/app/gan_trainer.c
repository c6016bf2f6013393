#include "app/gan_trainer.h"
#include "app/compute.h"
#include "app/gan_pictures.h"
#include "app/gan_rating.h"
#include "base/file.h"
#include "base/mem.h"
#include "data/sheet.h"
#include "gan/gan_draw.h"

#include <string.h>

enum { EPOCHS = 25, SHEET = 8 /* columns and rows */ };

struct trainer {
	struct cli *c;
	const struct gan_job *job;
	struct arena run;
	struct progress bar;
	struct gan gan;
	struct gan_pictures pictures;
	struct gan_rating rating;
	struct metrics metrics;
	double first, began; /* clock: at the first step, at this one */
	int64_t from, to;    /* images: at the first step, at the end */
	double real_spread;  /* gan_watch_spread */
};

static size_t picture_size(const struct trainer *t)
{
	const struct dcgan_config *c = &t->gan.run.net;

	return (size_t)(c->width * c->height * DCGAN_COLOURS);
}

/* ---- what the loop asks for ---- */

static int batch(void *to, int64_t seen, struct gan_batch *b)
{
	struct trainer *t = to;

	/* Of steps that follow at once, each begins where the last ends. */
	if (!t->gan.nasked)
		t->began = progress_clock();
	return gan_pictures_batch(&t->pictures, seen, b);
}

static double time_left(const struct trainer *t, int64_t images)
{
	double done = (double)(images - t->from);
	double left = (double)(t->to - images);

	return left > 0 ? (progress_clock() - t->first) / done * left : 0;
}

static void tell(struct trainer *t, const struct gan_report *r)
{
	int64_t n = gan_watch_saturated(&t->gan.run, r);
	char losses[64];

	if (r->skipped)
		cli_warn(t->c, "step %lld is not finite: left out",
			(long long)r->steps);
	if (n == GAN_SATURATED)
		cli_warn(t->c,
			"the discriminator is sure of every picture, for %lld "
			"steps now: the generator learns no more (try --r1 or "
			"a smaller --lr-d)",
			(long long)n);
	snprintf(losses, sizeof losses, "D %.3f G %.3f", r->loss_d, r->loss_g);
	progress_at(&t->bar, (double)r->images, losses);
}

static int report(void *to, const struct gan_report *r, struct err *e)
{
	struct trainer *t = to;
	const struct gan_run *run = &t->gan.run;
	double began = t->began;

	t->began = progress_clock();
	tell(t, r);
	return metrics_add(&t->metrics,
		(struct metric[]){
			{"images", (double)r->images, 0},
			{"step", (double)r->steps, 0},
			{"loss_d", r->loss_d, 6},
			{"loss_g", r->loss_g, 6},
			{"d_real", r->d_real, 6},
			{"d_fake", r->d_fake, 6},
			{"d_fake_after", r->d_fake_after, 6},
			{"sign", r->sign, 6},
			{"grad_d", r->grad_d, 6},
			{"grad_g", r->grad_g, 6},
			{"r1", r->r1, 6},
			{"r2", r->r2, 6},
			{"augment", run->augment, 6},
			{"skipped", r->skipped, 0},
			{"saturated", (double)run->saturated, 0},
			{"images_per_s", r->n / (t->began - began), 1},
			{"eta_s", time_left(t, r->images), 0},
			{0},
		},
		e);
}

/* ---- samples ---- */

/* Draws, and remembers what it drew. */
struct sampler {
	struct gan_draw draw;
	uint8_t *all;
	size_t size;
};

static void draw(void *to, int i, uint8_t *px)
{
	struct sampler *s = to;

	gan_draw(&s->draw, i, px);
	memcpy(s->all + (size_t)i * s->size, px, s->size);
}

static int tell_spread(struct trainer *t, double spread, struct err *e)
{
	double share = t->real_spread > 0 ? spread / t->real_spread : 1;
	bool collapsed = gan_watch_collapsed(&t->gan.run, share);

	if (collapsed)
		cli_warn(t->c,
			"collapse: after %lld images what is drawn differs "
			"%.0f %% as much as what is real does",
			(long long)t->gan.run.images, 100 * share);
	return metrics_add(&t->metrics,
		(struct metric[]){{"images", (double)t->gan.run.images, 0},
			{"spread", share, 6}, {"collapsed", collapsed, 0}, {0}},
		e);
}

/* Always the same noise: that of dcgan-sample's first pictures. */
static int sample(void *to, struct err *e)
{
	struct trainer *t = to;
	struct gan *m = &t->gan;
	const struct dcgan_config *c = &m->run.net;
	const struct sheet sheet = {
		SHEET, SHEET, (int)c->width, (int)c->height, NULL};
	struct sampler s = {.size = picture_size(t)};
	const char *path = arena_printf(&t->run, "%s/samples/%08lld.png",
		t->job->out, (long long)m->run.images);
	int bad;

	s.all = mem_alloc(SHEET * SHEET, s.size);
	gan_draw_init(&s.draw, m->be, c, gan_best(m), 1);
	s.draw.dtype = m->dtype;
	s.draw.series.labels = m->labels;
	bad = sheet_save(&sheet, draw, &s, path, e) ||
	      tell_spread(t, gan_watch_spread(s.all, SHEET * SHEET, s.size), e);
	gan_draw_release(&s.draw);
	mem_free(s.all);
	return bad ? -1 : 0;
}

static int score(void *to, double *value, struct err *e)
{
	struct trainer *t = to;

	return gan_rating_make(&t->rating, &t->gan, &t->metrics, value, e);
}

/* ---- beginning ---- */

static int open_metrics(struct trainer *t, struct err *e)
{
	const char *extra = t->job->metrics;
	const char *log = file_join(&t->run, t->job->out, "metrics.jsonl");
	int64_t seen = t->gan.run.images;

	if (metrics_open(&t->metrics, log, "images", seen, e))
		return -1;
	if (extra && strcmp(extra, "-"))
		return metrics_open(&t->metrics, extra, "images", seen, e);
	metrics_use(&t->metrics, t->job->records, "standard output");
	return 0;
}

static void tell_need(struct trainer *t)
{
	const struct dcgan_config *c = &t->gan.run.net;
	int n = (int)t->gan.run.batch;
	struct nn_footprint need = gan_footprint(&t->gan, n);

	compute_tell_need(t->c, &need,
		arena_printf(&t->run, "%d pictures of %lldx%lld", n,
			(long long)c->width, (long long)c->height));
}

static void measure_real(struct trainer *t)
{
	const struct pixels *px = &t->pictures.px;
	int n = px->n < SHEET * SHEET ? px->n : SHEET * SHEET;
	size_t size = picture_size(t), far = (size_t)(px->n / n) * size;
	uint8_t *some = mem_alloc((size_t)n, size);

	/* From all over the set: neighbours in it may be alike. */
	for (int i = 0; i < n; i++)
		memcpy(some + (size_t)i * size, px->px + (size_t)i * far, size);
	t->real_spread = gan_watch_spread(some, n, size);
	mem_free(some);
}

static int begin_rating(struct trainer *t, struct err *e)
{
	const struct gan_pictures *p = &t->pictures;
	const struct gan_job *job = t->job;

	if (!p->held)
		return 0;
	cli_note(t->c, "%d pictures are kept aside, to measure by", p->held);
	return gan_rating_begin(&t->rating, gan_pictures_held(p), p->held,
		p->px.w, p->px.h, job->features, job->device, (int)job->threads,
		t->gan.be, e);
}

static int prepare(struct trainer *t, struct err *e)
{
	struct gan_run *run = &t->gan.run;

	if (t->job->resume && !run->steps)
		cli_note(t->c, "nothing in '%s' to resume: a new run",
			t->job->out);
	if (gan_pictures_load(&t->pictures, run, t->job->held_out,
		    (int)t->job->threads, e) ||
		begin_rating(t, e) || open_metrics(t, e))
		return -1;
	if (run->steps && run->pictures != t->pictures.px.n)
		cli_note(t->c, "it was of %lld pictures, here are %d",
			(long long)run->pictures, t->pictures.px.n);
	run->pictures = t->pictures.px.n;
	t->from = run->images;
	t->to = t->job->images ? t->job->images
		: run->steps && run->span > run->images
			? run->span
			: EPOCHS * run->pictures;
	if (!run->span && gan_plan_falls(run))
		run->span = t->to;
	measure_real(t);
	tell_need(t);
	return 0;
}

static int train(struct trainer *t, const char *model, struct err *e)
{
	const struct gan_job *job = t->job;
	struct gan_loop how = {
		.model = model,
		.best = file_join(&t->run, job->out, "best.safetensors"),
		.keep = (int)job->keep,
		.save_every = job->save_every,
		.sample_every = job->sample_every,
		.batch = batch,
		.report = report,
		.sample = sample,
		.score = score,
		.to = t,
		.stopped = cli_stopped,
		.save_asked = cli_checkpoint_asked,
	};
	int bad;

	if (prepare(t, e))
		return -1;
	how.images = t->to;
	how.store = gan_pictures_store(&t->pictures, t->gan.be);
	if (t->rating.on)
		how.score_every = job->score_every;
	cli_catch();
	t->first = progress_clock();
	progress_begin(&t->bar, t->c, "images", (double)t->from, (double)t->to);
	bad = gan_train(&t->gan, &how, e);
	progress_end(&t->bar);
	return bad;
}

/* What can be said against the command line before anything is read. */
static int check(const struct gan_job *job, struct err *e)
{
	struct gan_run run;

	if (!job->out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	return job->resume ? 0 : gan_plan(&run, &job->wish, 0, NULL, e);
}

int gan_trainer_run(struct cli *c, struct gan_job *job, struct err *e)
{
	struct trainer t = {.c = c, .job = job};
	struct gan_pictures *p = &t.pictures;
	struct nn_backend *be = NULL;
	const char *model;
	int bad = -1;

	if (check(job, e) || compute_alone(e))
		return -1;
	model = file_join(&t.run, job->out, "model.safetensors");
	be = nn_device_open(job->device, (int)job->threads, e);
	if (!be || gan_pictures_list(p, c, job->root, job->labels, e) ||
		gan_start(&t.gan, &job->wish, p->labels.n ? &p->labels : NULL,
			be, model, job->resume, e))
		goto out;
	bad = compute_type(c, job->dtype, be, &t.gan.dtype, e) ||
	      train(&t, model, e);
	metrics_close(&t.metrics);
	gan_rating_end(&t.rating);
	gan_release(&t.gan);
out:
	gan_pictures_release(p);
	if (be)
		be->close(be);
	arena_release(&t.run);
	return bad ? -1 : 0;
}
