#include "data/synth_set.h"
#include "base/file.h"
#include "data/synth.h"

enum { ROWS_MAX = 1 << 30, QUALITY = 92 };

/* DeepFashion's categories, in its order: 20 upper, 16 lower, 14 full. */
enum { CATEGORIES = 50, UPPERS = 20, LOWERS = 16 };
static const char *const categories[CATEGORIES] = {"Anorak", "Blazer", "Blouse",
	"Bomber", "Button-Down", "Cardigan", "Flannel", "Halter", "Henley",
	"Hoodie", "Jacket", "Jersey", "Parka", "Peacoat", "Poncho", "Sweater",
	"Tank", "Tee", "Top", "Turtleneck", "Capris", "Chinos", "Culottes",
	"Cutoffs", "Gauchos", "Jeans", "Jeggings", "Jodhpurs", "Joggers",
	"Leggings", "Sarong", "Shorts", "Skirt", "Sweatpants", "Sweatshorts",
	"Trunks", "Caftan", "Cape", "Coat", "Coverup", "Dress", "Jumpsuit",
	"Kaftan", "Kimono", "Nightdress", "Onesie", "Robe", "Romper",
	"Shirtdress", "Sundress"};

void synth_set_begin(
	struct synth_set *set, const char *dir, uint64_t seed, int w, int h)
{
	static const char *const types[] = {"upper", "lower", "full"};

	*set = (struct synth_set){.dir = dir, .seed = seed, .w = w, .h = h};
	buf_init(&set->boxes, ROWS_MAX);
	buf_init(&set->categories, ROWS_MAX);
	buf_init(&set->parts, ROWS_MAX);
	for (int i = 0; i < 3; i++) {
		struct coco_category c = {i + 1, types[i], "garment"};

		coco_add_category(&set->train, &c);
		coco_add_category(&set->val, &c);
	}
}

void synth_set_release(struct synth_set *set)
{
	buf_release(&set->boxes);
	buf_release(&set->categories);
	buf_release(&set->parts);
	coco_builder_release(&set->train);
	coco_builder_release(&set->val);
	arena_release(&set->names);
}

static void note(struct synth_set *set, const struct synth_photo *photo,
	const char *name)
{
	const struct synth_garment *g = photo->garments;
	bool val = set->n % 5 == 2;
	struct coco_builder *coco = val ? &set->val : &set->train;

	buf_printf(&set->boxes, "%-60s %03d %03d %03d %03d\n", name, g->x, g->y,
		g->x + g->w, g->y + g->h);
	buf_printf(&set->categories, "%-60s %d\n", name, g->category);
	buf_printf(&set->parts, "%-60s %s\n", name, val ? "val" : "train");
	coco_add_image(coco, &(struct coco_image){.id = set->n,
				     .width = set->w,
				     .height = set->h,
				     .file = name});
	for (int i = 0; i < photo->n; i++, g++)
		coco_add_ann(coco,
			&(struct coco_ann){
				.id = (int64_t)set->n * SYNTH_GARMENTS_MAX + i,
				.image_id = set->n,
				.category_id = (int64_t)g->type,
				.box = {g->x, g->y, g->w, g->h},
				.area = (double)g->w * g->h,
			});
}

int synth_set_add(struct synth_set *set, struct err *e)
{
	struct arena a = {0};
	struct synth_photo photo;
	const char *name;
	int bad;

	synth_draw(&photo, set->seed, (uint64_t)set->n, set->w, set->h);
	set->n++;
	name = arena_printf(&set->names, "img/%s_%s/img_%08d.jpg",
		photo.garments[0].pattern,
		categories[photo.garments[0].category - 1], set->n);
	bad = img_save(&photo.im, file_join(&a, set->dir, name), QUALITY, e);
	if (!bad)
		note(set, &photo, name);
	synth_release(&photo);
	arena_release(&a);
	return bad;
}

/* A list as DeepFashion has them: how many rows, what is in them, the rows. */
static int write_list(const char *dir, const char *name, int n,
	const char *columns, const struct buf *rows, struct err *e)
{
	struct arena a = {0};
	struct file_out o;
	char *path = file_join(&a, dir, name);
	int bad;

	if (rows->overflow)
		bad = err_set(e, ERR_OS, "'%s' would be too large", path);
	else if (!(bad = file_begin(&o, path, e))) {
		fprintf(o.f, "%d\n%s\n", n, columns);
		fwrite(rows->p, 1, rows->n, o.f);
		bad = file_commit(&o, e);
	}
	arena_release(&a);
	return bad;
}

static int write_types(const char *dir, struct err *e)
{
	struct buf rows;
	int bad;

	buf_init(&rows, 1 << 16);
	for (int i = 0; i < CATEGORIES; i++)
		buf_printf(&rows, "%-14s %d\n", categories[i],
			i < UPPERS            ? SYNTH_UPPER
			: i < UPPERS + LOWERS ? SYNTH_LOWER
					      : SYNTH_FULL);
	bad = write_list(dir, "Anno/list_category_cloth.txt", CATEGORIES,
		"category_name  category_type", &rows, e);
	buf_release(&rows);
	return bad;
}

static int write_coco(const char *dir, const char *name,
	struct coco_builder *builder, struct err *e)
{
	struct arena a = {0};
	struct file_out o;
	struct coco coco;
	char *path = file_join(&a, dir, name);
	int bad = coco_build(&coco, builder, path, &a, e);

	if (!bad && !(bad = file_begin(&o, path, e))) {
		bad = coco_write(&coco, "drawn by dfsynth", 1, o.f, e);
		if (bad)
			file_abort(&o);
		else
			bad = file_commit(&o, e);
	}
	arena_release(&a);
	return bad;
}

int synth_set_commit(struct synth_set *set, struct err *e)
{
	const char *dir = set->dir;

	if (write_types(dir, e) ||
		write_list(dir, "Anno/list_category_img.txt", set->n,
			"image_name  category_label", &set->categories, e) ||
		write_list(dir, "Anno/list_bbox.txt", set->n,
			"image_name  x_1  y_1  x_2  y_2", &set->boxes, e) ||
		write_list(dir, "Eval/list_eval_partition.txt", set->n,
			"image_name  evaluation_status", &set->parts, e) ||
		write_coco(dir, "coco_train.json", &set->train, e) ||
		write_coco(dir, "coco_val.json", &set->val, e))
		return -1;
	return 0;
}
