#include "app/sampler.h"
#include "app/trained_extractor.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>

enum { PICTURES = 64, FRAMES = 30 /* from a seed to the next */ };

/* ---- the command line ---- */

int sampler_check(const struct sampler_options *o, struct err *e)
{
	int kinds = (o->walk > 0) + (o->like >= 0) + (o->cross >= 0) +
		    (o->direction > 0);

	if (strcmp(o->format, "png") && strcmp(o->format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o->format);
	if (o->sheet.w && o->n)
		return err_set(e, ERR_USAGE,
			"--sheet has as many pictures as it has places: no -n");
	if (kinds > 1)
		return err_set(e, ERR_USAGE,
			"only one of --walk, --like, --cross and --direction");
	if (o->loop && !o->walk)
		return err_set(e, ERR_USAGE, "--loop is for --walk");
	if (o->extractor && !o->nearest)
		return err_set(e, ERR_USAGE, "--features is for --nearest");
	return 0;
}

/* ---- labels ---- */

static int unknown_value(
	const struct gan_labels *l, int key, const char *value, struct err *e)
{
	char known[256] = "";
	size_t at = 0;

	for (int v = 0; v < l->key[key].n && at < sizeof known - 1; v++)
		at += (size_t)snprintf(known + at, sizeof known - at, "%s%s",
			v ? ", " : "", l->key[key].value[v]);
	return err_set(e, ERR_USAGE, "--label: no %s '%.80s'; there are: %s",
		l->key[key].name, value, known);
}

/* "chanel:0.7,dior:0.3", or without weights in equal parts. */
static int read_mixture(struct sampler *s, int key, char *text, struct err *e)
{
	const struct gan_labels *l = &s->labels;
	double sum = 0, weight;

	for (int v = 0; v < l->key[key].n; v++)
		s->label[gan_labels_at(l, key, v)] = 0;
	for (char *part = strtok_r(text, ",", &text); part;
		part = strtok_r(NULL, ",", &text)) {
		char *colon = strrchr(part, ':');
		int v = gan_labels_find(l, key, part);

		weight = 1;
		if (v < 0 && colon) {
			*colon = 0;
			v = gan_labels_find(l, key, part);
			if (!num_real(colon + 1, 0, 1e6, &weight))
				return err_set(e, ERR_USAGE,
					"--label: a weight expected, not "
					"'%.80s'",
					colon + 1);
		}
		if (v < 0)
			return unknown_value(l, key, part, e);
		s->label[gan_labels_at(l, key, v)] += (float)weight;
		sum += weight;
	}
	if (!(sum > 0))
		return err_set(e, ERR_USAGE, "--label: %s has no weight at all",
			l->key[key].name);
	for (int v = 0; v < l->key[key].n; v++)
		s->label[gan_labels_at(l, key, v)] /= (float)sum;
	return 0;
}

static int read_label(struct sampler *s, const char *text, struct err *e)
{
	struct arena a = {0};
	char *key = arena_dup(&a, text), *value = strchr(key, '=');
	int k = -1, bad;

	if (value) {
		*value++ = 0;
		k = gan_labels_find_key(&s->labels, key);
	}
	if (!value)
		bad = err_set(e, ERR_USAGE,
			"--label: KEY=VALUE expected, not '%.80s'", text);
	else if (k < 0)
		bad = err_set(e, ERR_USAGE,
			"--label: the model has not learnt any '%.80s'", key);
	else
		bad = read_mixture(s, k, value, e);
	if (!bad)
		s->draw.series.fixed[k] = true;
	arena_release(&a);
	return bad;
}

static int set_labels(struct sampler *s, const struct nn_st *st, struct err *e)
{
	if (!s->run->net.labels && s->o->label.n)
		return err_set(e, ERR_USAGE,
			"--label: '%s' was trained without labels",
			s->o->model);
	if (!s->run->net.labels)
		return 0;
	if (gan_file_labels(st, s->run, &s->labels, e))
		return -1;
	for (int i = 0; i < s->o->label.n; i++)
		if (read_label(s, s->o->label.v[i], e))
			return -1;
	s->draw.series.labels = &s->labels;
	s->draw.series.label = s->label;
	return 0;
}

/* ---- the series ---- */

static int set_series(
	struct sampler *s, const struct dcgan_net *g, struct err *e)
{
	const struct sampler_options *o = s->o;
	struct gan_series *t = &s->draw.series;

	s->count = o->sheet.w ? (int)(o->sheet.w * o->sheet.h)
		   : o->n     ? (int)o->n
			      : PICTURES;
	t->columns = (int)o->sheet.w;
	t->truncation = o->truncation;
	if (o->walk) {
		t->kind = GAN_SERIES_WALK;
		t->seeds = (int)o->walk;
		t->loop = o->loop;
		if (!o->sheet.w && !o->n)
			s->count = FRAMES * (t->seeds - !t->loop) + !t->loop;
		t->count = s->count;
	} else if (o->like >= 0) {
		t->kind = GAN_SERIES_LIKE;
		t->other = (uint64_t)o->like;
		t->spread = o->spread;
	} else if (o->cross >= 0) {
		t->kind = GAN_SERIES_CROSS;
		t->other = (uint64_t)o->cross;
		t->share = o->share;
	} else if (o->direction) {
		double part;

		if (gan_direction(&s->run->net, g, (int)o->direction - 1,
			    s->direction, &part, e))
			return -1;
		cli_note(s->c, "direction %d: %.1f %% of the variance",
			(int)o->direction, part * 100);
		t->kind = GAN_SERIES_SLIDE;
		t->amount = o->amount;
		t->direction = s->direction;
	}
	return 0;
}

static int set_nearest(struct sampler *s, struct err *e)
{
	const struct sampler_options *o = s->o;
	struct gan_extractor *extractor = NULL;

	if (!o->nearest)
		return 0;
	if (o->extractor) {
		if (trained_extractor_open(&s->extractor, o->extractor,
			    o->device, (int)o->threads, e))
			return -1;
		extractor = &s->extractor;
	}
	s->how = (struct score_how){.c = s->c,
		.root = o->root,
		.threads = (int)o->threads,
		.be = s->draw.be};
	return nearest_open(&s->nearest, &s->how, o->nearest,
		(int)s->run->net.width, (int)s->run->net.height, extractor, e);
}

int sampler_open(struct sampler *s, struct cli *c,
	const struct sampler_options *o, const struct gan_run *run,
	const struct nn_st *st, const struct dcgan_net *g, struct err *e)
{
	*s = (struct sampler){.c = c, .o = o, .run = run};
	gan_draw_init(&s->draw, g->params.be, &run->net, g, (uint64_t)o->seed);
	if (set_labels(s, st, e) || set_series(s, g, e))
		return -1;
	return set_nearest(s, e);
}

void sampler_close(struct sampler *s)
{
	nearest_release(&s->nearest);
	gan_extractor_release(&s->extractor);
	gan_labels_release(&s->labels);
	gan_draw_release(&s->draw);
}
