#include "app/survey_coco.h"
#include "base/file.h"
#include "cli/progress.h"

/* The id that each of the model's classes has in the truth. */
static int match_categories(const struct detector *d, const struct coco *truth,
	int64_t *id, struct err *e)
{
	for (int i = 0; i < d->ncategories; i++) {
		int at = coco_category_named(truth, d->category[i].name);

		if (at < 0)
			return err_set(e, ERR_DATA,
				"'%s' has no category '%s', which the model "
				"knows",
				truth->path, d->category[i].name);
		id[i] = truth->categories[at].id;
	}
	return 0;
}

static int write_photo(const struct survey *s, struct cli *c,
	const struct survey_photo *p, int64_t image, const int64_t *category,
	struct coco_results *out, struct err *e)
{
	if (p->bad) {
		*e = p->why;
		return cli_reject(c, e);
	}
	for (int i = 0; i < p->found.n; i++) {
		const struct rcnn_detection *d = &p->found.list[i];
		double b[4];

		detector_box(s->d, d, b);
		coco_results_add(out, image, category[d->label - 1], b,
			(double)d->score);
	}
	return 0;
}

static int write_all(struct survey *s, struct cli *c, const struct coco *truth,
	const char *root, const int64_t *category, struct coco_results *out,
	struct arena *a, struct err *e)
{
	int most = survey_window(s), bad = 0;
	struct progress bar;

	progress_begin(&bar, c, "photographs", 0, truth->nimages);
	for (int i = 0, n; i < truth->nimages && !bad; i += n) {
		const struct coco_image *im = &truth->images[i];
		struct arena_mark m = arena_mark(a);
		struct survey_photo *p = arena_zero(a, (size_t)most, sizeof *p);

		for (n = 0; n < most && i + n < truth->nimages; n++)
			p[n] = (struct survey_photo){
				.path = file_join(a, root, im[n].file),
				.in = truth,
				.as = &im[n]};
		survey_photos(s, p, n);
		for (int k = 0; k < n && !bad; k++)
			bad = write_photo(
				s, c, &p[k], im[k].id, category, out, e);
		arena_back(a, m);
		progress_at(&bar, i + n, NULL);
	}
	progress_end(&bar);
	return bad;
}

int survey_coco(struct survey *s, struct cli *c, const char *path,
	const char *root, FILE *to, struct err *e)
{
	struct arena a = {0};
	struct coco_results out;
	struct coco truth;
	int64_t *category =
		arena_zero(&a, (size_t)s->d->ncategories, sizeof *category);
	int bad = coco_read(&truth, path, COCO_NEED_FILES, &a, e) ||
		  match_categories(s->d, &truth, category, e);

	if (!bad) {
		coco_results_begin(&out, to);
		bad = write_all(s, c, &truth, root, category, &out, &a, e) ||
		      coco_results_end(&out, e);
	}
	arena_release(&a);
	return bad ? -1 : 0;
}
