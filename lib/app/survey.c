#include "app/survey.h"

#include <unistd.h>

static void add_view(struct survey *s, int64_t size, int64_t max, bool flip)
{
	s->view[s->nviews++] = (struct survey_view){(int)size, (int)max, flip};
}

void survey_init(struct survey *s, struct detector *d)
{
	const struct rcnn_config *c = &d->model.config;

	*s = (struct survey){.d = d,
		.batch = 1,
		.loaders = (int)sysconf(_SC_NPROCESSORS_ONLN),
		.rule = rcnn_config_detect_rule(c)};
	/* A device scales for itself. */
	for (int i = 0; i < 2; i++) {
		s->room[i].bytes = !d->be->host;
		s->room[i].memory = detector_memory(d);
	}
	add_view(s, rcnn_config_test_scale(c), c->test_max_size, false);
	if (!c->bbox_aug)
		return;
	if (c->aug_flip)
		add_view(s, rcnn_config_test_scale(c), c->test_max_size, true);
	for (int i = 0; i < c->aug_scales.n; i++) {
		add_view(s, c->aug_scales.v[i], c->aug_max_size, false);
		if (c->aug_scale_flip)
			add_view(s, c->aug_scales.v[i], c->aug_max_size, true);
	}
}

void survey_release(struct survey *s)
{
	for (int i = 0; i < 2; i++)
		photo_batch_release(&s->room[i]);
	arena_release(&s->arena);
}

int survey_window(const struct survey *s)
{
	return s->batch > 1 ? 4 * s->batch : 1;
}

/* A view of the photographs, and those of them that pass together. */
struct pass {
	struct survey_view view;
	bool first; /* of the views */
	struct photo_look look;
	struct survey_photo **photo;
	int n;

	struct photo_batch *room;
	struct photo_ask *ask;
	struct photo_load load;
};

/* Begin to load them. */
static void load_begin(struct survey *s, struct pass *p, int room)
{
	const struct survey_photo *first = p->photo[0];
	struct photo_fit fit =
		photo_fit(&p->look, p->view.size, first->w, first->h);
	int threads = p->n < s->loaders ? p->n : s->loaders;

	p->room = &s->room[room];
	p->ask = arena_zero(&s->arena, (size_t)p->n, sizeof *p->ask);
	for (int i = 0; i < p->n; i++)
		p->ask[i].path = p->photo[i]->path;
	photo_batch_begin(p->room, p->n, photo_padded(&p->look, fit.w),
		photo_padded(&p->look, fit.h));
	/* Where no device works meanwhile, whoever waits is one of them. */
	if (s->d->be->host)
		threads--;
	photo_load_begin(&p->load, p->room, &p->look, p->view.size,
		p->view.flip, p->ask, p->n, threads);
}

/* Those that can't be loaded leave the pass. */
static void load_end(struct survey *s, struct pass *p)
{
	int n = 0;

	photo_load_end(&p->load);
	for (int i = 0; i < p->n; i++) {
		if (!p->ask[i].bad) {
			p->photo[n++] = p->photo[i];
			continue;
		}
		/* In whatever view: it stays bad. */
		p->photo[i]->bad = true;
		p->photo[i]->why = p->ask[i].why;
	}
	p->n = n;
	s->pictures = p->room;
}

static void look(struct survey *s, struct pass *p)
{
	struct detector *d = s->d;
	const struct photo_batch *b = p->room;
	struct rcnn_sight *sight;
	struct rcnn_found **all;
	struct rcnn_features f;
	struct nn_tensor x, *there, *seen;

	if (!p->n)
		return;
	nn_tape_reset(&d->tape);
	d->tape.record = d->tape.train = false;
	sight = arena_zero(&d->step, (size_t)p->n, sizeof *sight);
	all = arena_zero(&d->step, (size_t)p->n, sizeof(struct rcnn_found *));
	for (int i = 0; i < p->n; i++) {
		const struct photo_shot *shot = &b->shot[i];

		sight[i] = (struct rcnn_sight){
			{(float)shot->fit.w, (float)shot->fit.h,
				(float)shot->fit.scale},
			(float)shot->w, (float)shot->h, p->view.flip};
		all[i] = &p->photo[i]->found;
	}
	/* It may be on its way until what was found is read, which is before
	 * its room is used again. */
	x = detector_batch(b->x, b->n, b->h, b->w, &b->pack);
	there = nn_to_device(&d->tape, &x);
	seen = detector_input(d, &b->pack, there);
	if (seen != there)
		nn_drop(&d->tape, there);
	rcnn_features(&d->model, &d->tape, seen, &f);
	rcnn_look_in(
		&d->model, &d->tape, seen, &f, sight, &s->rule, &s->arena, all);
	if (s->maps && p->first)
		s->maps(s->to, p->photo, &f);
	rcnn_features_drop(&d->tape, &f);
}

/* Whether two photographs fill the same pixels. */
static bool alike(const struct pass *p, const struct survey_photo *a,
	const struct survey_photo *b)
{
	struct photo_fit f = photo_fit(&p->look, p->view.size, a->w, a->h);
	struct photo_fit g = photo_fit(&p->look, p->view.size, b->w, b->h);

	return photo_padded(&p->look, f.w) == photo_padded(&p->look, g.w) &&
	       photo_padded(&p->look, f.h) == photo_padded(&p->look, g.h);
}

/* How a view's photographs pass, of one size each time. */
static int plan(struct survey *s, const struct survey_view *view,
	struct survey_photo *photo, int n, struct pass *pass)
{
	struct arena *a = &s->arena;
	bool *done = arena_zero(a, (size_t)n, sizeof *done);
	int passes = 0;

	for (int i = 0; i < n; i++) {
		struct pass *p = &pass[passes];

		if (done[i] || photo[i].bad)
			continue;
		*p = (struct pass){.view = *view,
			.first = view == s->view,
			.look = s->d->look};
		p->look.max_size = view->max_size;
		p->photo = arena_zero(
			a, (size_t)s->batch, sizeof(struct survey_photo *));
		for (int j = i; j < n && p->n < s->batch; j++) {
			if (done[j] || photo[j].bad ||
				!alike(p, &photo[i], &photo[j]))
				continue;
			done[j] = true;
			p->photo[p->n++] = &photo[j];
		}
		passes++;
	}
	return passes;
}

/* While a device works the next ones are loaded. */
static void run(struct survey *s, struct pass *pass, int n)
{
	bool ahead = !s->d->be->host;

	for (int i = 0; i < n; i++) {
		if (!i || !ahead)
			load_begin(s, &pass[i], i % 2);
		load_end(s, &pass[i]);
		if (ahead && i + 1 < n)
			load_begin(s, &pass[i + 1], (i + 1) % 2);
		look(s, &pass[i]);
	}
}

void survey_photos(struct survey *s, struct survey_photo *photo, int n)
{
	struct pass *pass;
	int passes = 0;

	arena_reset(&s->arena);
	pass = arena_zero(&s->arena, (size_t)(n * s->nviews), sizeof *pass);
	for (int i = 0; i < n; i++) {
		struct survey_photo *p = &photo[i];

		*p = (struct survey_photo){
			.path = p->path, .in = p->in, .as = p->as};
		p->bad = img_size(p->path, &p->w, &p->h, &p->why) ||
			 (p->as && coco_check_size(p->in, p->as, p->path, p->w,
					   p->h, &p->why));
	}
	for (int v = 0; v < s->nviews; v++)
		passes += plan(s, &s->view[v], photo, n, pass + passes);
	run(s, pass, passes);
	for (int i = 0; i < n; i++) {
		struct rcnn_found all = photo[i].found;

		photo[i].found = (struct rcnn_found){0};
		if (!photo[i].bad)
			rcnn_choose(&all, &s->rule, &s->arena, &photo[i].found);
	}
}
