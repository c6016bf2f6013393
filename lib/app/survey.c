#include "app/survey.h"

static void add_view(struct survey *s, int64_t size, int64_t max, bool flip)
{
	s->view[s->nviews++] = (struct survey_view){(int)size, (int)max, flip};
}

void survey_init(struct survey *s, struct detector *d)
{
	const struct rcnn_config *c = &d->model.config;

	*s = (struct survey){
		.d = d, .batch = 1, .rule = rcnn_config_detect_rule(c)};
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
	photo_batch_release(&s->pictures);
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
};

/* Load them; those that can't be leave the pass. */
static void load(struct survey *s, struct pass *p)
{
	const struct survey_photo *first = p->photo[0];
	struct photo_fit fit =
		photo_fit(&p->look, p->view.size, first->w, first->h);
	int n = 0;

	photo_batch_begin(&s->pictures, p->n, photo_padded(&p->look, fit.w),
		photo_padded(&p->look, fit.h));
	for (int i = 0; i < p->n; i++) {
		struct survey_photo *photo = p->photo[i];

		photo->bad = photo_batch_add(&s->pictures, &p->look,
			p->view.size, p->view.flip, photo->path, &photo->why);
		if (!photo->bad)
			p->photo[n++] = photo;
	}
	p->n = n;
}

static void look(struct survey *s, struct pass *p)
{
	struct detector *d = s->d;
	const struct photo_batch *b = &s->pictures;
	struct rcnn_sight *sight;
	struct rcnn_found **all;
	struct rcnn_features f;
	struct nn_tensor x;

	load(s, p);
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
	x = (struct nn_tensor){.type = NN_F32,
		.rank = 4,
		.dim = {b->n, b->h, b->w, 3},
		.data = b->x};
	rcnn_features(&d->model, &d->tape, nn_to_device(&d->tape, &x), &f);
	rcnn_look_in(
		&d->model, &d->tape, &x, &f, sight, &s->rule, &s->arena, all);
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

static void look_at_all(struct survey *s, const struct survey_view *view,
	struct survey_photo *photo, int n)
{
	struct arena *a = &s->arena;
	bool *done = arena_zero(a, (size_t)n, sizeof *done);
	struct pass p = {
		.view = *view, .first = view == s->view, .look = s->d->look};

	p.look.max_size = view->max_size;
	p.photo = arena_zero(a, (size_t)n, sizeof(struct survey_photo *));
	for (int i = 0; i < n; i++) {
		p.n = 0;
		for (int j = i; j < n && p.n < s->batch; j++) {
			if (done[j] || photo[i].bad || photo[j].bad ||
				!alike(&p, &photo[i], &photo[j]))
				continue;
			done[j] = true;
			p.photo[p.n++] = &photo[j];
		}
		if (p.n)
			look(s, &p);
	}
}

void survey_photos(struct survey *s, struct survey_photo *photo, int n)
{
	arena_reset(&s->arena);
	for (int i = 0; i < n; i++) {
		struct survey_photo *p = &photo[i];

		*p = (struct survey_photo){.path = p->path};
		p->bad = img_size(p->path, &p->w, &p->h, &p->why);
	}
	for (int v = 0; v < s->nviews; v++)
		look_at_all(s, &s->view[v], photo, n);
	for (int i = 0; i < n; i++) {
		struct rcnn_found all = photo[i].found;

		photo[i].found = (struct rcnn_found){0};
		if (!photo[i].bad)
			rcnn_choose(&all, &s->rule, &s->arena, &photo[i].found);
	}
}
