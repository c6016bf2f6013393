/* bbcrop: cut boxes out of pictures. */
#include "base/file.h"
#include "cli/filter.h"
#include "data/crop.h"
#include "data/derived.h"

#include <string.h>

enum { JPG_QUALITY = 95 };

static struct {
	struct opt_list classes;
	double score, pad;
	struct opt_size aspect, size;
	const char *format, *root, *out;
	bool best, lossless;
} o;

static const struct opt opts[] = {
	OPT_LIST('c', "class", "CLASS", &o.classes,
		"only boxes of this category; may be given many times"),
	OPT_REAL('t', "threshold", "SCORE", &o.score, 0, 1,
		"only boxes of at least this score (0)"),
	OPT_FLAG(0, "best", &o.best, "only the best box of a picture"),
	OPT_REAL(0, "pad", "F", &o.pad, 0, 100,
		"widen by this part of the box at each side (0)"),
	OPT_SIZE(0, "aspect", "W:H", &o.aspect, 1, 10000,
		"widen to this shape as far as the picture goes"),
	OPT_SIZE(0, "size", "WxH", &o.size, 1, 10000,
		"scale to fit into this size, on white"),
	OPT_STR('f', "format", "png|jpg", &o.format, "of the crops (png)"),
	OPT_FLAG(0, "lossless", &o.lossless,
		"cut JPEGs between their blocks, without decoding"),
	OPT_STR(0, "root", "DIR", &o.root, "where the records' paths begin"),
	OPT_STR('o', "output", "DIR", &o.out, "where the crops go"), {0}};

/* What the crops of one photograph need. */
struct job {
	struct crop_filter want;
	struct crop_rule rule;
	struct derived names;
	struct record photo;
	const char *file; /* the photograph, behind the root */
	const char *ext;  /* of its crops */
	struct img im;    /* empty when cut without decoding */
	int w, h;
};

static int open_photo(struct job *j, struct err *e)
{
	const struct record *r = &j->photo;
	enum img_format format;

	j->file = file_join(r->arena, o.root, r->path);
	j->ext = o.format ? o.format : "png";
	if (o.lossless && img_format(j->file, &format, e))
		return -1;
	if (o.lossless && format == IMG_JPG) {
		j->ext = "jpg";
		if (img_size(j->file, &j->w, &j->h, e))
			return -1;
	} else {
		if (img_load(&j->im, j->file, 0, e))
			return -1;
		j->w = j->im.w;
		j->h = j->im.h;
	}
	/* Boxes of a photograph of another size would cut the wrong pixels. */
	if (r->width && r->height && (r->width != j->w || r->height != j->h))
		return err_set(e, ERR_DATA,
			"'%s' has %d by %d pixels, not %lld by %lld", j->file,
			j->w, j->h, (long long)r->width, (long long)r->height);
	return 0;
}

/* Scale a crop to fit into --size, keeping its shape, in the middle of white.
 */
static void fit(struct img *im)
{
	struct img small, out;
	int w = (int)o.size.w, h = (int)o.size.h;

	if ((int64_t)im->w * h > (int64_t)w * im->h)
		h = (int)((int64_t)im->h * w / im->w);
	else
		w = (int)((int64_t)im->w * h / im->h);
	img_resize(&small, im, w ? w : 1, h ? h : 1);
	img_init(&out, (int)o.size.w, (int)o.size.h);
	img_fill_rect(&out, 0, 0, out.w, out.h, 0xffffff);
	img_blit(&out, (out.w - small.w) / 2, (out.h - small.h) / 2, &small);
	img_release(&small);
	img_release(im);
	*im = out;
}

/* Write one crop; part becomes the pixels that it shows. */
static int write_crop(struct job *j, struct img_part *part, const char *path,
	int *w, int *h, struct err *e)
{
	struct img crop;
	int bad;

	if (!j->im.px) {
		bad = img_cut_jpg(j->file, part, path, e);
		*w = part->w;
		*h = part->h;
		return bad;
	}
	img_crop(&crop, &j->im, part);
	if (o.size.w)
		fit(&crop);
	*w = crop.w;
	*h = crop.h;
	bad = img_save(&crop, path, JPG_QUALITY, e);
	img_release(&crop);
	return bad;
}

static int crop_box(struct job *j, const struct record_box *box, struct err *e)
{
	struct arena *a = j->photo.arena;
	struct record crop;
	struct img_part part;
	int w, h;

	if (!crop_pixels(&j->rule, box, j->w, j->h, &part))
		return err_set(e, ERR_DATA,
			"box %g,%g,%g,%g covers no pixel of '%s'", box->x,
			box->y, box->w, box->h, j->file);
	record_new(&crop, derived_name(&j->names, j->photo.path, j->ext, a), a);
	if (write_crop(j, &part, crop.path, &w, &h, e))
		return -1;
	record_set_size(&crop, w, h);
	crop_describe(&crop, &j->photo, box, &part);
	if (record_write(&crop, stdout, e))
		return -1;
	return cli_flush(e);
}

static int crop_photo(struct cli *c, const struct lines *in, struct arena *a,
	void *to, struct err *e)
{
	struct job *j = to;
	const struct record_box *const *box;
	int n, bad = 0;

	if (record_parse(&j->photo, in->line, in->n, a, e))
		return filter_skip(c, in, e);
	box = crop_choose(&j->want, &j->photo, &n);
	/* Without boxes there is no need to look at it. */
	if (n && open_photo(j, e))
		bad = filter_skip(c, in, e);
	else
		for (int i = 0; i < n && !bad; i++)
			if (crop_box(j, box[i], e))
				bad = filter_skip(c, in, e);
	img_release(&j->im);
	return bad;
}

static int run(struct cli *c, struct err *e)
{
	struct job j = {
		.want = {o.classes.v, o.classes.n, o.score, o.best},
		.rule = {.pad = o.pad},
	};
	int bad;

	if (!o.out)
		return err_set(e, ERR_USAGE, "-o DIR is missing");
	if (o.format && strcmp(o.format, "png") && strcmp(o.format, "jpg"))
		return err_set(e, ERR_USAGE,
			"--format: png or jpg expected, not '%s'", o.format);
	if (o.lossless && (o.format || o.size.w))
		return err_set(e, ERR_USAGE,
			"--lossless goes with neither --format nor --size");
	if (o.aspect.w)
		j.rule.aspect = (double)o.aspect.w / (double)o.aspect.h;
	derived_init(&j.names, o.out);
	bad = filter_lines(c, crop_photo, &j, e);
	derived_release(&j.names);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "bbcrop",
		.args = "-o DIR [FILE...]",
		.about = "cut boxes out of pictures, a record a crop",
		.options = opts,
		.records = true,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
