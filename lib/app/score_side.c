#include "app/score_side.h"
#include "app/picture_list.h"
#include "base/mem.h"
#include "cli/progress.h"
#include "foreign/foreign.h"
#include "img/img.h"

#include <math.h>
#include <string.h>

enum { DRAWN = 1000 };

/* ---- what it is ---- */

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static int open_pictures(struct score_side *s, struct err *e)
{
	struct cli side = *s->how->c;
	char *operand[] = {(char *)s->path, NULL};
	int bad;

	s->kind = SCORE_PICTURES;
	side.argc = 1;
	side.argv = operand;
	bad = picture_list(&side, s->how->root, &s->gallery, e);
	s->how->c->rejected = side.rejected;
	if (bad)
		return -1;
	if (!s->gallery.n)
		return err_set(e, ERR_NOINPUT, "no pictures in '%s'", s->path);
	/* One that cannot be read is told of when it is loaded. */
	if (img_size(s->gallery.item[0].path, &s->w, &s->h, NULL))
		s->w = s->h = 0;
	return 0;
}

static int open_model(struct score_side *s, struct err *e)
{
	s->kind = SCORE_MODEL;
	if (gan_file_open(&s->st, s->path, &s->run, e))
		return -1;
	s->w = (int)s->run.net.width;
	s->h = (int)s->run.net.height;
	return 0;
}

int score_side_open(struct score_side *s, const struct score_how *how,
	const char *path, struct err *e)
{
	struct nn_st st;
	bool features;

	*s = (struct score_side){.how = how, .path = path};
	gallery_init(&s->gallery);
	if (!ends(path, ".safetensors") && !ends(path, ".npy"))
		return open_pictures(s, e);
	if (foreign_open(&st, path, e))
		return -1;
	features = nn_st_find(&st, "features") != NULL;
	nn_st_close(&st);
	if (!features)
		return open_model(s, e);
	s->kind = SCORE_FEATURES;
	return 0;
}

void score_side_release(struct score_side *s)
{
	gallery_release(&s->gallery);
	pixels_release(&s->px);
	if (s->kind == SCORE_MODEL && s->st.path)
		nn_st_close(&s->st);
	mem_free(s->path_of);
	mem_free(s->feature);
	*s = (struct score_side){0};
}

/* ---- pictures ---- */

struct loading {
	struct score_side *s;
	struct progress bar;
	int kept;
};

static int loaded(void *to, int i, const struct err *why)
{
	struct loading *l = to;

	progress_at(&l->bar, i + 1, NULL);
	if (why->code != ERR_NONE)
		return cli_reject(l->s->how->c, why);
	l->s->path_of[l->kept++] = l->s->gallery.item[i].path;
	return 0;
}

/* Leave `most` pictures of a list, chosen by the seed, in their order. */
static void choose(struct gallery *g, int most, uint64_t seed)
{
	struct rng r = rng_new(seed, RNG_SCORE);
	int kept = 0;

	for (int i = 0, n = g->n; i < n && kept < most; i++)
		if (rng_below(&r, (uint32_t)(n - i)) < (uint32_t)(most - kept))
			g->item[kept++] = g->item[i];
	g->n = kept;
}

static int load_pictures(struct score_side *s, struct err *e)
{
	const struct score_how *how = s->how;
	struct loading l = {.s = s};
	int bad;

	if (how->most && s->gallery.n > how->most)
		choose(&s->gallery, how->most, (uint64_t)how->seed);
	s->path_of = mem_alloc((size_t)s->gallery.n, sizeof *s->path_of);
	progress_begin(&l.bar, how->c, "pictures", 0, s->gallery.n);
	bad = pixels_load(&s->px, &s->gallery, how->threads, loaded, &l, e);
	progress_end(&l.bar);
	return bad;
}

static int draw_pictures(struct score_side *s, int n, struct err *e)
{
	struct dcgan_net g;
	struct gan_draw d;
	struct progress bar;
	size_t size = (size_t)s->w * (size_t)s->h * 3;
	int bad;

	dcgan_generator_init(&g, &s->run.net, s->how->be, 0);
	gan_draw_init(&d, s->how->be, &s->run.net, &g, (uint64_t)s->how->seed);
	bad = gan_file_load_generator(&s->st, &g, e);
	s->px.px = mem_alloc((size_t)n, size);
	progress_begin(&bar, s->how->c, "pictures", 0, n);
	for (; s->px.n < n && !bad; s->px.n++) {
		gan_draw(&d, s->px.n, s->px.px + (size_t)s->px.n * size);
		progress_at(&bar, s->px.n + 1, NULL);
	}
	progress_end(&bar);
	gan_draw_release(&d);
	dcgan_net_release(&g);
	return bad;
}

int score_side_load(struct score_side *s, int w, int h, int n, struct err *e)
{
	if (s->kind == SCORE_FEATURES)
		return score_side_features(s, s->path, e);
	if (s->kind == SCORE_MODEL && (w != s->w || h != s->h))
		return err_set(e, ERR_USAGE,
			"'%s' draws pictures of %dx%d, not %dx%d", s->path,
			s->w, s->h, w, h);
	pixels_init(&s->px, w, h, 0);
	if (!n)
		n = s->how->most ? s->how->most : DRAWN;
	if (s->kind == SCORE_MODEL ? draw_pictures(s, n, e)
				   : load_pictures(s, e))
		return -1;
	s->set = (struct gan_set){s->px.n, w, h, s->px.px, NULL, 0};
	return 0;
}

/* ---- features ---- */

/* A number that two different sets of pictures hardly share (FNV-1a). */
static uint64_t fingerprint(const struct gan_set *s)
{
	size_t n = (size_t)s->n * (size_t)s->w * (size_t)s->h * 3;
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		h = (h ^ s->px[i]) * 0x100000001b3;
	return h;
}

static void describe(const struct gan_set *s, char text[32])
{
	snprintf(text, 32, "%016llx", (unsigned long long)fingerprint(s));
}

/* The n x d numbers of a features file; all must be finite. */
static float *read_features(
	const struct nn_st *st, int *n, int *d, struct err *e)
{
	const struct nn_st_entry *t = nn_st_find(st, "features");
	double *row;
	float *v;

	if (!t || t->rank != 2 || t->shape[0] < 1 || t->shape[1] < 1 ||
		t->shape[0] > 1 << 24 || t->shape[1] > 1 << 16) {
		err_set(e, ERR_DATA,
			"%s: no tensor \"features\" of n x d numbers",
			st->path);
		return NULL;
	}
	*n = (int)t->shape[0];
	*d = (int)t->shape[1];
	v = mem_alloc((size_t)*n * (size_t)*d, sizeof *v);
	row = mem_alloc((size_t)*d, sizeof *row);
	for (int i = 0; i < *n && v; i++) {
		nn_st_values(t, (size_t)i * (size_t)*d, (size_t)*d, row);
		for (int j = 0; j < *d && v; j++) {
			v[(size_t)i * (size_t)*d + (size_t)j] = (float)row[j];
			if (!isfinite((float)row[j])) {
				err_set(e, ERR_DATA,
					"%s: feature %d of picture %d is not "
					"finite",
					st->path, j + 1, i + 1);
				mem_free(v);
				v = NULL;
			}
		}
	}
	mem_free(row);
	return v;
}

/* Take them over; the pictures, if there are any, must be those. */
static int take_features(
	struct score_side *s, const struct nn_st *st, struct err *e)
{
	const char *extractor = nn_st_meta(st, "eye");
	const char *pictures = nn_st_meta(st, "pictures");
	char text[32];
	int n, d;

	s->feature = read_features(st, &n, &d, e);
	if (!s->feature)
		return -1;
	if (s->set.px && n != s->set.n)
		return err_set(e, ERR_DATA,
			"%s: features of %d pictures, but '%s' has %d",
			st->path, n, s->path, s->set.n);
	if (s->set.px && pictures) {
		describe(&s->set, text);
		if (strcmp(text, pictures))
			return err_set(e, ERR_DATA,
				"%s: features of other pictures than '%s', or "
				"of another size",
				st->path, s->path);
	}
	snprintf(s->extractor, sizeof s->extractor, "%s",
		extractor ? extractor : "file");
	s->set.n = n;
	s->set.d = d;
	s->set.feature = s->feature;
	return 0;
}

int score_side_features(struct score_side *s, const char *path, struct err *e)
{
	struct nn_st st;
	int bad;

	if (foreign_open(&st, path, e))
		return -1;
	bad = take_features(s, &st, e);
	nn_st_close(&st);
	return bad;
}

int score_side_save(struct score_side *s, struct gan_extractor *extractor,
	const char *path, struct err *e)
{
	struct nn_params ps;
	struct nn_tensor *t;
	char pictures[32], size[32];
	const struct nn_meta meta[] = {{"eye", extractor->name},
		{"pictures", pictures}, {"size", size}};
	const struct nn_st_part one = {"", &ps};
	size_t n = (size_t)s->set.n * (size_t)extractor->d;
	int bad;

	BUG_ON(!s->set.px || s->feature);
	if (gan_extractor_check(extractor, s->set.w, s->set.h, e))
		return -1;
	s->feature = mem_alloc(n, sizeof *s->feature);
	extractor->look(extractor->self, s->set.px, s->set.n, s->set.w,
		s->set.h, s->feature);
	s->set.feature = s->feature;
	s->set.d = extractor->d;
	snprintf(s->extractor, sizeof s->extractor, "%s", extractor->name);
	describe(&s->set, pictures);
	snprintf(size, sizeof size, "%dx%d", s->set.w, s->set.h);
	nn_params_init(&ps, s->how->be, 0);
	t = nn_param(&ps, "features", NN_BUFFER, 2,
		(int64_t[]){s->set.n, extractor->d}, (struct nn_fill){0});
	s->how->be->copy(s->how->be, t->data, s->feature, nn_bytes(t));
	bad = nn_st_save(path, &one, 1, false, meta, 3, e);
	nn_params_release(&ps);
	return bad;
}
