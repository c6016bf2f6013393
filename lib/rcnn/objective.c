#include "rcnn/objective.h"
#include "nn/optim.h"
#include "nn/ranks.h"
#include "rcnn/rpn_lesson.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The losses as they are told. */
enum term { RPN_CLS, RPN_BOX, CLS, BOX, TERMS };

_Static_assert(2 * RCNN_PYRAMID + 2 <= NN_TERMS_OF, "two a level, two a head");

/* Everything that the losses of a batch pass around. */
struct task {
	struct rcnn_model *m;
	struct nn_tape *t;
	struct rcnn_features f;
	const struct rcnn_example *example;
	int n;
	struct nn_tensor *loss[NN_TERMS_OF];
	int32_t term[NN_TERMS_OF]; /* that it belongs to */
	int nlosses;
	struct rcnn_step *step;
};

static void add_loss(struct task *s, struct nn_tensor *loss, enum term term)
{
	s->loss[s->nlosses] = loss;
	s->term[s->nlosses++] = term;
}

/* The sampled anchors of one level, over the whole batch. */
static void rpn_level(struct task *s, const struct rcnn_rpn_lesson *own, int l)
{
	add_loss(s,
		nn_bce_loss(s->t, s->f.logits[l], own->at[l], own->label,
			own->share, 1),
		RPN_CLS);
	add_loss(s,
		nn_smooth_l1_loss(s->t, s->f.deltas[l], own->place[l],
			own->delta, own->part,
			rcnn_config_convention(&s->m->config)->rpn_beta, 1),
		RPN_BOX);
}

/* Regions whose best logit, of k, is their label's, of all that have one. */
static float accuracy(
	const float *x, int64_t n, int64_t k, const int32_t *label)
{
	int64_t right = 0, all = 0;

	for (int64_t i = 0; i < n; i++, x += k) {
		int64_t best = 0;

		for (int64_t j = 1; j < k; j++)
			if (x[j] > x[best])
				best = j;
		right += best == label[i];
		all += label[i] >= 0;
	}
	return all ? (float)right / (float)all : 0;
}

static void head_losses(struct task *s)
{
	const struct rcnn_lesson *l = &s->step->lesson;
	struct nn_tensor *logits, *deltas;

	if (!l->rows)
		return; /* no proposals and no objects: nothing to learn */
	rcnn_head(s->m, s->t, &s->f, l->roi, l->at, &logits, &deltas);
	add_loss(s, nn_softmax_loss(s->t, logits, l->label, l->share, 1), CLS);
	add_loss(s,
		nn_smooth_l1_loss(s->t, deltas, l->place, l->delta, l->part,
			rcnn_config_convention(&s->m->config)->box_beta, 1),
		BOX);
	s->step->logits = logits;
}

/* The losses, by term. */
static void add_up(const struct task *s)
{
	struct nn_terms_args a = {.n = s->nlosses, .terms = TERMS};

	s->step->told = nn_new_f64(s->t, TERMS + 1);
	a.y = s->step->told->data;
	for (int i = 0; i < s->nlosses; i++) {
		a.x[i] = s->loss[i]->data;
		a.term[i] = s->term[i];
	}
	s->t->be->each(s->t->be, NN_BODY_terms, &a, 1, TERMS + 1);
}

/* All losses of s->f. */
static void all_losses(struct task *s, int64_t step)
{
	struct rcnn_examples x = rcnn_examples(
		s->t, s->example, s->n, (uint64_t)s->m->config.rng_seed, step);
	struct rcnn_rpn_lesson rpn;

	*s->step = (struct rcnn_step){.m = s->m, .t = s->t};
	rcnn_rpn_lesson(s->m, s->t, &s->f.anchors, &x, &rpn);
	for (int l = 0; l < s->f.anchors.levels; l++)
		rpn_level(s, &rpn, l);
	rcnn_lesson(s->m, s->t, &s->f, &x, &s->step->lesson);
	head_losses(s);
	add_up(s);
}

void rcnn_losses(struct rcnn_model *m, struct nn_tape *t, struct nn_tensor *x,
	const struct rcnn_example *example, int64_t step, struct rcnn_step *to)
{
	struct task s = {.m = m,
		.t = t,
		.example = example,
		.n = (int)x->dim[0],
		.step = to};

	if (t->be->begin)
		t->be->begin(t->be);
	rcnn_features(m, t, x, &s.f);
	all_losses(&s, step);
	rcnn_features_drop(t, &s.f);
	nn_backward(t, s.loss, s.nlosses);
}

/* All lines but the norm's, which is there after an update only. */
static void draft(const struct rcnn_step *s,
	const struct nn_tensor *x[RCNN_NORM], struct rcnn_readback *l)
{
	x[RCNN_TOLD] = s->told;
	x[RCNN_TALLY] = s->lesson.tally;
	x[RCNN_LABEL] = s->logits ? s->lesson.label : NULL;
	x[RCNN_LOGITS] = s->logits;
	memset(l->line, 0, sizeof l->line);
	l->rows = s->logits ? nn_rows(s->logits) : 0;
	l->classes = s->logits ? nn_channels(s->logits) : 0;
}

static void read_losses(const struct rcnn_readback *l, struct rcnn_losses *out)
{
	const double *told = l->line[RCNN_TOLD].here;
	const int32_t *tally = l->line[RCNN_TALLY].here;

	*out = (struct rcnn_losses){.rpn_cls = (float)told[RPN_CLS],
		.rpn_box = (float)told[RPN_BOX],
		.cls = (float)told[CLS],
		.box = (float)told[BOX],
		.total = (float)told[TERMS],
		.fg = tally[0],
		.regions = tally[1]};
	if (l->rows)
		out->accuracy = accuracy(l->line[RCNN_LOGITS].here, l->rows,
			l->classes, l->line[RCNN_LABEL].here);
}

void rcnn_losses_of(struct rcnn_model *m, struct nn_tape *t,
	const struct rcnn_features *f, const struct rcnn_example *example,
	int n, int64_t step, struct rcnn_losses *out)
{
	const struct nn_tensor *x[RCNN_NORM];
	struct rcnn_readback readback;
	struct rcnn_step to;
	struct task s = {.m = m,
		.t = t,
		.f = *f,
		.example = example,
		.n = n,
		.step = &to};

	all_losses(&s, step);
	draft(&to, x, &readback);
	for (int i = 0; i < RCNN_NORM; i++)
		readback.line[i].here = x[i] ? nn_host(t, x[i]) : NULL;
	read_losses(&readback, out);
}

struct nn_footprint rcnn_losses_footprint(
	struct rcnn_model *m, struct nn_tape *t, int n, int h, int w)
{
	bool adam = !strcmp(m->config.solver_type, "adam");
	struct rcnn_example *example;
	struct rcnn_step s;

	nn_footprint_begin(t);
	t->record = t->train = true;
	example = arena_zero(t->arena, (size_t)n, sizeof *example);
	for (int i = 0; i < n; i++)
		example[i].view = (struct rcnn_view){(float)w, (float)h, 1};
	rcnn_losses(m, t, nn_new(t, NN_F32, 4, (int64_t[]){n, h, w, 3}),
		example, 0, &s);
	nn_params_clear_grads(&m->params);
	return nn_footprint_end(t, &m->params, adam ? 2 : 1);
}

static int check_finite(const struct rcnn_losses *l, double norm, struct err *e)
{
	const struct {
		const char *name;
		double value;
	} terms[] = {{"loss_rpn_cls", (double)l->rpn_cls},
		{"loss_rpn_bbox", (double)l->rpn_box},
		{"loss_cls", (double)l->cls}, {"loss_bbox", (double)l->box},
		{"the gradient", norm}};

	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
		if (!isfinite(terms[i].value))
			return err_set(e, ERR_DATA, "%s is %g", terms[i].name,
				terms[i].value);
	return 0;
}

void rcnn_update(const struct rcnn_step *s, int64_t step)
{
	struct rcnn_model *m = s->m;
	const struct rcnn_config *c = &m->config;
	const double *total = (const double *)s->told->data + TERMS;
	float lr = rcnn_config_lr(c, step);
	float before = step ? rcnn_config_lr(c, step - 1) : lr;

	nn_ranks_mean(&m->params, s->told->data, TERMS + 1);
	if (!strcmp(c->solver_type, "adam"))
		nn_adam_step(
			&m->params, &(struct nn_adam){.lr = lr,
					    .eps = 1e-8f,
					    .decay = (float)c->weight_decay,
					    .beta1 = 0.9,
					    .beta2 = 0.999,
					    .step = step + 1,
					    .clip = c->clip_norm,
					    .finite = {total}});
	else
		nn_sgd_step(&m->params,
			&(struct nn_sgd){.lr = lr,
				.momentum = (float)c->momentum,
				.decay = (float)c->weight_decay,
				.rescale = rcnn_config_rescale(c, before, lr),
				.bias_lr = c->bias_double_lr ? 2 : 1,
				.bias_decay = c->bias_weight_decay,
				.norm_decay = (float)c->weight_decay_gn,
				.clip = c->clip_norm,
				.finite = {total}});
	if (m->params.be->end)
		m->params.be->end(m->params.be);
}

void rcnn_tell(const struct rcnn_step *s, struct rcnn_readback *to)
{
	const struct nn_tensor *x[RCNN_NORM];

	draft(s, x, to);
	for (int i = 0; i < RCNN_NORM; i++)
		if (x[i])
			to->line[i] = (struct nn_line){
				x[i]->data, nn_bytes(x[i]), NULL};
	to->line[RCNN_NORM] = (struct nn_line){
		nn_grad_norm_at(&s->m->params), sizeof(double), NULL};
	nn_readback_write(&to->readback, to->line, RCNN_LINES);
}

int rcnn_told(const struct rcnn_readback *from, struct rcnn_losses *out,
	double *norm, struct err *e)
{
	nn_readback_read(&from->readback);
	read_losses(from, out);
	*norm = *(const double *)from->line[RCNN_NORM].here;
	return check_finite(out, *norm, e);
}
