#include "app/gan_pictures.h"
#include "app/picture_list.h"
#include "base/mem.h"

#include <string.h>

/* Fewer than these are learnt by heart: what helps, and by how much, is in
 * Zhao et al. 2020 and Karras et al. 2020. */
enum { HOPELESS = 500, FEW = 2000, SOME = 5000 };
/* Pictures that are enough to measure by, and of how many they are no loss. */
enum { HELD_MOST = 500, HELD_OF = 10, HELD_FROM = 1000 };

/* Keys of a list with commas; labels of the same, in the same order. */
static int split(struct gan_pictures *p, const char *keys, struct err *e)
{
	struct gallery *g = &p->gallery;

	for (const char *end; *keys; keys = end + (*end == ',')) {
		end = keys + strcspn(keys, ",");
		if (g->nkeys == GAN_LABEL_KEYS)
			return err_set(e, ERR_USAGE, "--labels: more than %d",
				GAN_LABEL_KEYS);
		g->key[g->nkeys] =
			arena_dupn(&g->arena, keys, (size_t)(end - keys));
		if (gan_labels_key(&p->labels, g->key[g->nkeys], e) != g->nkeys)
			return err_set(e, ERR_USAGE,
				"--labels: names of keys expected, each once");
		g->nkeys++;
	}
	return 0;
}

static int count_labels(struct gan_pictures *p, struct err *e)
{
	struct gallery *g = &p->gallery;

	for (int k = 0; k < g->nkeys; k++) {
		int missing = 0;

		for (int i = 0; i < g->n; i++) {
			const char *const *l = g->item[i].label;

			if (!l || !l[k])
				missing++;
			else if (gan_labels_value(&p->labels, k, l[k], e) < 0)
				return err_wrap(e, "--labels %s", g->key[k]);
		}
		if (!p->labels.key[k].n)
			return err_set(e, ERR_DATA,
				"--labels: no record has \"%s\"", g->key[k]);
		if (missing)
			cli_note(p->c, "%d of %d pictures have no \"%s\"",
				missing, g->n, g->key[k]);
	}
	return 0;
}

int gan_pictures_list(struct gan_pictures *p, struct cli *c, const char *root,
	const char *keys, struct err *e)
{
	*p = (struct gan_pictures){.c = c};
	gallery_init(&p->gallery);
	if (keys && split(p, keys, e))
		return -1;
	if (picture_list(c, root, &p->gallery, e))
		return -1;
	return keys && p->gallery.n ? count_labels(p, e) : 0;
}

struct loading {
	struct gan_pictures *p;
	int good;
};

static int loaded(void *to, int i, const struct err *why)
{
	struct loading *l = to;
	struct gan_pictures *p = l->p;
	int keys = p->labels.nkeys;

	progress_at(&p->bar, i + 1, NULL);
	if (why->code != ERR_NONE)
		return cli_reject(p->c, why);
	for (int k = 0; k < keys; k++) {
		const char *const *label = p->gallery.item[i].label;
		int v = label && label[k]
				? gan_labels_find(&p->labels, k, label[k])
				: -1;

		p->at[l->good * keys + k] =
			v < 0 ? -1 : gan_labels_at(&p->labels, k, v);
	}
	l->good++;
	return 0;
}

/* What will come of them, as far as their number tells. */
static void warn(const struct gan_pictures *p)
{
	int n = p->px.n, flat = pixels_flat(&p->px);

	if (flat)
		cli_note(p->c, "%d of %d pictures are of one colour", flat, n);
	if (n < HOPELESS)
		cli_note(p->c,
			"%d pictures are too few: it will learn them by heart",
			n);
	else if (n < FEW)
		cli_note(p->c,
			"%d pictures are few: look whether it copies them", n);
	else if (n < SOME)
		cli_note(p->c,
			"%d pictures: from 5000 on it depends less on "
			"augmentation",
			n);
}

/* Picture i goes behind all others, which close up. */
static void move_behind(struct gan_pictures *p, int i)
{
	size_t size = (size_t)p->px.w * (size_t)p->px.h * 3;
	size_t after = (size_t)(p->px.n - 1 - i),
	       keys = (size_t)p->labels.nkeys;
	uint8_t *px = p->px.px + (size_t)i * size, *one = mem_alloc(1, size);

	memcpy(one, px, size);
	memmove(px, px + size, after * size);
	memcpy(px + after * size, one, size);
	mem_free(one);
	/* What is kept aside needs no labels. */
	memmove(p->at + (size_t)i * keys, p->at + (size_t)(i + 1) * keys,
		after * keys * sizeof *p->at);
}

static void keep_aside(struct gan_pictures *p, int64_t held)
{
	int n = p->px.n;

	if (held < 0)
		held = n < HELD_FROM             ? 0
		       : n / HELD_OF < HELD_MOST ? n / HELD_OF
						 : HELD_MOST;
	p->held = (int)held;
	for (int64_t k = held - 1; k >= 0; k--)
		move_behind(p, (int)((2 * k + 1) * n / (2 * held)));
	p->px.n -= p->held;
}

static size_t store_size(const struct gan_pictures *p)
{
	return (size_t)p->px.n * (size_t)p->px.w * (size_t)p->px.h * 3;
}

const uint8_t *gan_pictures_held(const struct gan_pictures *p)
{
	return p->px.px + store_size(p);
}

const uint8_t *gan_pictures_store(struct gan_pictures *p, struct nn_backend *be)
{
	if (be->host)
		return p->px.px;
	p->be = be;
	p->copy = be->alloc(be, store_size(p));
	be->copy(be, p->copy, p->px.px, store_size(p));
	return p->copy;
}

int gan_pictures_load(struct gan_pictures *p, const struct gan_run *run,
	int64_t held, int threads, struct err *e)
{
	struct loading l = {p, 0};
	size_t n = (size_t)p->gallery.n;
	int bad;

	pixels_init(&p->px, (int)run->net.width, (int)run->net.height,
		(uint64_t)run->seed);
	p->px.whole = run->how.whole;
	p->at = mem_alloc(n + 1, (size_t)(p->labels.nkeys + 1) * sizeof *p->at);
	progress_begin(&p->bar, p->c, "pictures", 0, p->gallery.n);
	bad = pixels_load(&p->px, &p->gallery, threads, loaded, &l, e);
	progress_end(&p->bar);
	if (bad)
		return -1;
	if (p->px.n - (held > 0 ? held : 0) < 2)
		return err_set(e, ERR_NOINPUT,
			"at least 2 pictures are needed; %d could be used%s",
			p->px.n, held > 0 ? ", those held out among them" : "");
	warn(p);
	keep_aside(p, held);
	return 0;
}

void gan_pictures_release(struct gan_pictures *p)
{
	gallery_release(&p->gallery);
	gan_labels_release(&p->labels);
	pixels_release(&p->px);
	mem_free(p->at);
	if (p->copy)
		p->be->free(p->be, p->copy, store_size(p));
}

int gan_pictures_batch(
	struct gan_pictures *p, int64_t seen, struct gan_batch *b)
{
	int n = pixels_next(&p->px, seen, b->n, b->which);
	int keys = p->labels.nkeys, row = p->labels.n;

	if (!row)
		return n;
	memset(b->label, 0, (size_t)n * (size_t)row * sizeof *b->label);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < keys; k++) {
			int32_t at = p->at[b->which[i] * keys + k];

			if (at >= 0)
				b->label[i * row + at] = 1;
		}
	return n;
}
