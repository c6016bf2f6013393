#include "gan/labels.h"
#include "base/num.h"
#include "gan/dcgan.h"

#include <ctype.h>
#include <string.h>

void gan_labels_release(struct gan_labels *l)
{
	arena_release(&l->arena);
	*l = (struct gan_labels){0};
}

static int find(const char *const *v, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(v[i], s))
			return i;
	return -1;
}

int gan_labels_find_key(const struct gan_labels *l, const char *name)
{
	for (int i = 0; i < l->nkeys; i++)
		if (!strcmp(l->key[i].name, name))
			return i;
	return -1;
}

int gan_labels_find(const struct gan_labels *l, int key, const char *value)
{
	return find(l->key[key].value, l->key[key].n, value);
}

/* It must be possible to write it as a line. */
static int check(const char *what, const char *s, struct err *e)
{
	if (!*s)
		return err_set(e, ERR_DATA, "an empty %s", what);
	for (; *s; s++)
		if (iscntrl((unsigned char)*s))
			return err_set(e, ERR_DATA,
				"a control character in a %s", what);
	return 0;
}

int gan_labels_key(struct gan_labels *l, const char *name, struct err *e)
{
	int k = gan_labels_find_key(l, name);

	if (k >= 0)
		return k;
	if (check("key of labels", name, e))
		return -1;
	if (l->nkeys == GAN_LABEL_KEYS)
		return err_set(e, ERR_DATA, "more than %d keys of labels",
			GAN_LABEL_KEYS);
	l->key[l->nkeys] =
		(struct gan_label_key){.name = arena_dup(&l->arena, name)};
	return l->nkeys++;
}

static void grow(struct gan_labels *l, struct gan_label_key *k)
{
	int cap = k->cap ? 2 * k->cap : 16;
	const char **value = arena_zero(&l->arena, (size_t)cap, sizeof *value);
	int64_t *count = arena_zero(&l->arena, (size_t)cap, sizeof *count);

	if (k->n) {
		memcpy(value, k->value, (size_t)k->n * sizeof *value);
		memcpy(count, k->count, (size_t)k->n * sizeof *count);
	}
	k->value = value;
	k->count = count;
	k->cap = cap;
}

int gan_labels_value(
	struct gan_labels *l, int key, const char *value, struct err *e)
{
	struct gan_label_key *k = &l->key[key];
	int v = gan_labels_find(l, key, value);

	if (v < 0) {
		if (check("label", value, e))
			return -1;
		if (l->n == DCGAN_LABELS_MAX)
			return err_set(e, ERR_DATA, "more than %d labels",
				DCGAN_LABELS_MAX);
		if (k->n == k->cap)
			grow(l, k);
		v = k->n++;
		l->n++;
		k->value[v] = arena_dup(&l->arena, value);
		k->count[v] = 0;
	}
	k->count[v]++;
	return v;
}

int gan_labels_at(const struct gan_labels *l, int key, int value)
{
	int at = value;

	for (int i = 0; i < key; i++)
		at += l->key[i].n;
	return at;
}

void gan_labels_draw(const struct gan_labels *l, struct rng *r, float *row)
{
	memset(row, 0, (size_t)l->n * sizeof *row);
	for (int i = 0; i < l->nkeys; i++) {
		const struct gan_label_key *k = &l->key[i];
		double all = 0, at;
		int v = 0;

		for (int j = 0; j < k->n; j++)
			all += (double)k->count[j];
		at = (double)rng_uniform(r) * all;
		while (v < k->n - 1 && at >= (double)k->count[v])
			at -= (double)k->count[v++];
		if (k->n)
			row[v] = 1;
		row += k->n;
	}
}

const char *gan_labels_text(const struct gan_labels *l, struct arena *a)
{
	const char *text = "";

	for (int k = 0; k < l->nkeys; k++)
		for (int v = 0; v < l->key[k].n; v++)
			text = arena_printf(a, "%s%s\t%s\t%lld\n", text,
				l->key[k].name, l->key[k].value[v],
				(long long)l->key[k].count[v]);
	return text;
}

static int parse_line(struct gan_labels *l, char *line, struct err *e)
{
	char *value = strchr(line, '\t');
	char *count = value ? strchr(value + 1, '\t') : NULL;
	int64_t n;
	int k, v;

	if (!count)
		return err_set(e, ERR_DATA, "a label without its count");
	*value++ = *count++ = 0;
	if (!num_int(count, 0, INT32_MAX, &n))
		return err_set(
			e, ERR_DATA, "'%s' is no count of labels", count);
	k = gan_labels_key(l, line, e);
	v = k < 0 ? -1 : gan_labels_value(l, k, value, e);
	if (v < 0)
		return -1;
	l->key[k].count[v] = n;
	return 0;
}

int gan_labels_parse(struct gan_labels *l, const char *text, struct err *e)
{
	char *at = arena_dup(&l->arena, text);

	for (char *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = 0;
		if (parse_line(l, at, e))
			return -1;
	}
	return 0;
}
