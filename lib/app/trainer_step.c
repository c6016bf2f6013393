#include "app/trainer_int.h"

#include <string.h>

/* What the loader knows of the batch, as the losses want it: boxes in pixels
 * of the (mirrored) photograph, or of the network, as the convention has it. */
static struct rcnn_example *examples(
	struct arena *a, const struct loader_batch *b, bool photo)
{
	struct rcnn_example *ex = arena_zero(a, (size_t)b->n, sizeof *ex);

	for (int i = 0; i < b->n; i++) {
		const struct loader_picture *p = &b->picture[i];
		struct rcnn_truth *truth =
			arena_zero(a, (size_t)p->nboxes + 1, sizeof *truth);
		float scale = photo ? (float)p->scale : 1;

		for (int j = 0; j < p->nboxes; j++) {
			struct rcnn_box box;

			memcpy(&box, p->box[j], sizeof box);
			truth[j] = (struct rcnn_truth){
				rcnn_box_scale(&box, 1 / scale), p->classes[j],
				p->crowd[j] != 0};
		}
		ex[i] = (struct rcnn_example){
			{(float)p->w, (float)p->h, scale}, truth, p->nboxes};
	}
	return ex;
}

/* Say which step failed, how, and on which photographs. */
static void name_pictures(
	struct trainer *t, const struct loader_batch *b, struct err *e)
{
	struct arena *a = &t->d.step;
	const char *files = "", *why = arena_dup(a, e->msg);

	for (int i = 0; i < b->n; i++) {
		const struct loader_picture *p = &b->picture[i];
		const struct coco_image *im =
			&t->train[p->set].coco->images[p->image];

		files = arena_printf(
			a, "%s %lld '%s'", files, (long long)im->id, im->file);
	}
	err_set(e, ERR_DATA, "iteration %lld: %s, photographs%s",
		(long long)t->d.iteration + 1, why, files);
}

/* Ask for the step after those that are asked for, all of it: what becomes of
 * weights, statistics and means if it is not finite, the device sees. */
static int ask(struct trainer *t, struct err *e)
{
	struct detector *d = &t->d;
	struct nn_params *ps = &d->model.params;
	int64_t i = d->iteration + t->nasked;
	struct trainer_asked *to = &t->asked[i % 2];
	bool photo = rcnn_config_convention(&t->config)->photo;
	const struct loader_batch *b;
	struct rcnn_step asked;
	struct nn_tensor x;

	if (loader_next(t->loader, i, &b, e))
		return -1;
	to->b = b;
	x = detector_batch(b->x, b->n, b->h, b->w, &b->pack);
	x = nn_prefetch_take(&t->ahead, i, &x);
	nn_tape_reset(&d->tape);
	d->tape.record = d->tape.train = true;
	nn_params_clear_grads(ps);
	nn_snapshot_take(&t->snapshot, ps);
	rcnn_losses(&d->model, &d->tape, detector_input(d, &b->pack, &x),
		examples(&d->step, b, photo), i * t->ranks.size + t->ranks.rank,
		&asked);
	rcnn_update(&asked, i);
	rcnn_tell(&asked, &to->readback);
	nn_snapshot_restore(&t->snapshot, ps);
	if (d->ema.on)
		nn_ema_step(
			&d->ema, ps, nn_ema_keep(t->config.ema_decay, i + 1));
	t->nasked++;
	return 0;
}

/* While the device works on a step, ask for the next one too, if it is there
 * and may be; or have its batch brought at least. */
static int look_ahead(struct trainer *t, bool on, struct err *e)
{
	const struct loader_batch *next = loader_ready(t->loader);
	struct nn_tensor x;

	if (!next)
		return 0;
	if (on && !t->d.be->host)
		return ask(t, e);
	x = detector_batch(next->x, next->n, next->h, next->w, &next->pack);
	nn_prefetch_put(&t->ahead, t->d.iteration + t->nasked, &x);
	return 0;
}

int trainer_step(
	struct trainer *t, bool on, struct trainer_step *s, struct err *e)
{
	struct detector *d = &t->d;
	struct trainer_asked *first = &t->asked[d->iteration % 2];

	*s = (struct trainer_step){0};
	if ((!t->nasked && ask(t, e)) || look_ahead(t, on, e))
		return -1;
	t->nasked--;
	if (rcnn_told(&first->readback, &s->losses, &s->norm, e)) {
		name_pictures(t, first->b, e);
		return trainer_pass_over(t, e);
	}
	d->iteration++;
	d->skips = 0;
	s->pictures = first->b->n * t->ranks.size;
	return 0;
}
