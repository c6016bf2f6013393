#include "data/coco.h"
#include "json/json.h"

#include <errno.h>
#include <string.h>

static void put_string(FILE *f, const char *s)
{
	struct buf b;

	buf_init(&b, JSON_MAX);
	json_quote(&b, s);
	fwrite(b.p, 1, b.n, f);
	buf_release(&b);
}

static void put_numbers(FILE *f, const double *v, int n)
{
	char text[JSON_NUMBER_SIZE];

	for (int i = 0; i < n; i++)
		fprintf(f, "%s%s", i ? "," : "", json_format(v[i], text));
}

static void put_image(const struct coco_image *im, FILE *f)
{
	fprintf(f, "{\"id\":%lld", (long long)im->id);
	if (im->width && im->height)
		fprintf(f, ",\"width\":%lld,\"height\":%lld",
			(long long)im->width, (long long)im->height);
	if (im->file) {
		fputs(",\"file_name\":", f);
		put_string(f, im->file);
	}
	fputs(",\"license\":1}", f);
}

static void put_ann(const struct coco_ann *ann, FILE *f)
{
	double x = ann->box[0], y = ann->box[1];
	double x2 = x + ann->box[2], y2 = y + ann->box[3];
	const double corners[] = {x, y, x2, y, x2, y2, x, y2};

	fprintf(f, "{\"id\":%lld,\"image_id\":%lld,\"category_id\":%lld",
		(long long)ann->id, (long long)ann->image_id,
		(long long)ann->category_id);
	fputs(",\"bbox\":[", f);
	put_numbers(f, ann->box, 4);
	fputs("],\"area\":", f);
	put_numbers(f, &ann->area, 1);
	fprintf(f, ",\"iscrowd\":%d", ann->crowd);
	if (ann->ignore)
		fputs(",\"ignore\":1", f);
	fputs(",\"segmentation\":[[", f);
	put_numbers(f, corners, 8);
	fputs("]]}", f);
}

static void put_category(const struct coco_category *category, FILE *f)
{
	fprintf(f, "{\"id\":%lld,\"name\":", (long long)category->id);
	put_string(f, category->name);
	fputs(",\"supercategory\":", f);
	put_string(f, category->super ? category->super : "none");
	fputs("}", f);
}

/* What goes between items, and between a list's bracket and its items. */
static void put_break(FILE *f, int i)
{
	fputs(i ? ",\n" : "\n", f);
}

static int check(FILE *f, struct err *e)
{
	if (ferror(f))
		return err_set(e, ERR_IO, "cannot write: %s", strerror(errno));
	return 0;
}

int coco_write(
	const struct coco *c, const char *description, FILE *f, struct err *e)
{
	fputs("{\"info\":{\"description\":", f);
	put_string(f, description);
	fputs(",\"version\":\"1.0\"},\n\"licenses\":[{\"id\":1,\"name\":"
	      "\"as the source\",\"url\":\"\"}],\n\"categories\":[",
		f);
	for (int i = 0; i < c->ncategories; i++) {
		put_break(f, i);
		put_category(&c->categories[i], f);
	}
	fputs("\n],\n\"images\":[", f);
	for (int i = 0; i < c->nimages && !ferror(f); i++) {
		put_break(f, i);
		put_image(&c->images[i], f);
	}
	fputs("\n],\n\"annotations\":[", f);
	for (int i = 0; i < c->nanns && !ferror(f); i++) {
		put_break(f, i);
		put_ann(&c->anns[i], f);
	}
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
	put_break(r->f, r->any);
	r->any = true;
	fprintf(r->f, "{\"image_id\":%lld,\"category_id\":%lld,\"bbox\":[",
		(long long)image_id, (long long)category_id);
	put_numbers(r->f, box, 4);
	fputs("],\"score\":", r->f);
	put_numbers(r->f, &score, 1);
	fputs("}", r->f);
}

int coco_results_end(struct coco_results *r, struct err *e)
{
	fputs("\n]\n", r->f);
	return check(r->f, e);
}
