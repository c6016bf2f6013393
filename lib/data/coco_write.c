#include "base/buf.h"
#include "data/coco_records.h"
#include "json/json.h"

#include <errno.h>
#include <string.h>

enum { PORTION = 4096 }; /* items that a thread writes at a time */

static void put_whole(struct buf *b, int64_t v)
{
	char text[24], *at = text + sizeof text;
	uint64_t n = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	if (v < 0)
		*--at = '-';
	buf_add(b, at, (size_t)(text + sizeof text - at));
}

/* As json_format; nearly all are small and whole. */
static void put_number(struct buf *b, double v)
{
	char text[JSON_NUMBER_SIZE];

	if (v > 0 && v < 0x1p31 && v == (double)(int32_t)v)
		put_whole(b, (int32_t)v);
	else
		buf_str(b, json_format(v, text));
}

static void put_numbers(struct buf *b, const double *v, int n)
{
	for (int i = 0; i < n; i++) {
		if (i)
			buf_add(b, ",", 1);
		put_number(b, v[i]);
	}
}

static void put_id(struct buf *b, const char *key, int64_t id)
{
	buf_str(b, key);
	put_whole(b, id);
}

static void put_image(const struct coco_image *im, struct buf *b)
{
	put_id(b, "{\"id\":", im->id);
	if (im->width && im->height) {
		put_id(b, ",\"width\":", im->width);
		put_id(b, ",\"height\":", im->height);
	}
	if (im->file) {
		buf_str(b, ",\"file_name\":");
		json_quote(b, im->file);
	}
	buf_str(b, ",\"license\":1}");
}

static void put_ann(const struct coco_ann *ann, struct buf *b)
{
	double corners[8];

	put_id(b, "{\"id\":", ann->id);
	put_id(b, ",\"image_id\":", ann->image_id);
	put_id(b, ",\"category_id\":", ann->category_id);
	buf_str(b, ",\"bbox\":[");
	put_numbers(b, ann->box, 4);
	buf_str(b, "],\"area\":");
	put_number(b, ann->area);
	buf_str(b, ann->crowd ? ",\"iscrowd\":1" : ",\"iscrowd\":0");
	if (ann->ignore)
		buf_str(b, ",\"ignore\":1");
	buf_str(b, ",\"segmentation\":");
	if (ann->segmentation) {
		buf_str(b, ann->segmentation);
	} else {
		coco_rectangle(ann->box, corners);
		buf_str(b, "[[");
		put_numbers(b, corners, 8);
		buf_str(b, "]]");
	}
	buf_str(b, "}");
}

static void put_category(const struct coco_category *category, struct buf *b)
{
	put_id(b, "{\"id\":", category->id);
	buf_str(b, ",\"name\":");
	json_quote(b, category->name);
	buf_str(b, ",\"supercategory\":");
	json_quote(b, category->super ? category->super : "none");
	buf_str(b, "}");
}

/* What goes between items, and between a list's bracket and its items. */
static const char *before(bool any)
{
	return any ? ",\n" : "\n";
}

/* Images from to end-1, or annotations; each with what goes before it. */
static void put_items(
	const struct coco *c, bool anns, int from, int end, struct buf *b)
{
	for (int i = from; i < end; i++) {
		buf_str(b, before(i));
		if (anns)
			put_ann(&c->anns[i], b);
		else
			put_image(&c->images[i], b);
	}
}

/* A list, in portions that threads make at a time and write in their order. */
static void put_list(const struct coco *c, bool anns, int threads, FILE *f)
{
	int n = anns ? c->nanns : c->nimages;

#pragma omp parallel num_threads(threads)
	{
		struct buf b;

		buf_init(&b, SIZE_MAX);
#pragma omp for ordered schedule(static, 1)
		for (int from = 0; from < n; from += PORTION) {
			int end = n - from < PORTION ? n : from + PORTION;

			buf_clear(&b);
			put_items(c, anns, from, end, &b);
#pragma omp ordered
			if (!ferror(f))
				fwrite(b.p, 1, b.n, f);
		}
		buf_release(&b);
	}
}

static int check(FILE *f, struct err *e)
{
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	return 0;
}

int coco_write(const struct coco *c, const char *description, int threads,
	FILE *f, struct err *e)
{
	struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_str(&b, "{\"info\":{\"description\":");
	json_quote(&b, description);
	buf_str(&b, ",\"version\":\"1.0\"},\n\"licenses\":[{\"id\":1,"
		    "\"name\":\"as the source\",\"url\":\"\"}],\n"
		    "\"categories\":[");
	for (int i = 0; i < c->ncategories; i++) {
		buf_str(&b, before(i));
		put_category(&c->categories[i], &b);
	}
	buf_str(&b, "\n],\n\"images\":[");
	fwrite(b.p, 1, b.n, f);
	buf_release(&b);
	put_list(c, false, threads, f);
	fputs("\n],\n\"annotations\":[", f);
	put_list(c, true, threads, f);
	fputs("\n]}\n", f);
	return check(f, e);
}

void coco_results_begin(struct coco_results *r, FILE *f)
{
	*r = (struct coco_results){.f = f};
	fputc('[', f);
}

void coco_results_add(struct coco_results *r, int64_t image_id,
	int64_t category_id, const double box[4], double score)
{
	struct buf b;

	buf_init(&b, SIZE_MAX);
	buf_str(&b, before(r->any));
	put_id(&b, "{\"image_id\":", image_id);
	put_id(&b, ",\"category_id\":", category_id);
	buf_str(&b, ",\"bbox\":[");
	put_numbers(&b, box, 4);
	buf_str(&b, "],\"score\":");
	put_number(&b, score);
	buf_str(&b, "}");
	fwrite(b.p, 1, b.n, r->f);
	buf_release(&b);
	r->any = true;
}

int coco_results_end(struct coco_results *r, struct err *e)
{
	fputs("\n]\n", r->f);
	return check(r->f, e);
}
