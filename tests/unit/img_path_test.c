#include "img/path.h"
#include "tap.h"

static double sum(const struct img_mask *m)
{
	double all = 0;

	for (int i = 0; i < m->w * m->h; i++)
		all += m->a[i];
	return all;
}

static void polygon(struct img_path *p, int n, const float *xy)
{
	p->n = 0;
	for (int i = 0; i < n; i++)
		img_path_line(p, xy[2 * i], xy[2 * i + 1]);
}

static void check_areas(void)
{
	static const float square[] = {
		2.25F, 1.5F, 6.75F, 1.5F, 6.75F, 5, 2.25F, 5};
	static const float back[] = {
		2.25F, 5, 6.75F, 5, 6.75F, 1.5F, 2.25F, 1.5F};
	static const float triangle[] = {1, 1, 15, 3, 4, 11.5F};
	static const float outside[] = {-6, -6, 8, -6, 8, 6, -6, 6};
	static const float around[] = {-50, -90, 70, -90, 70, 90, -50, 90};
	struct img_path p = {0};
	struct img_mask m;

	img_mask_init(&m, 20, 16);
	polygon(&p, 4, square);
	img_mask_add(&m, &p);
	is_near(sum(&m), 4.5 * 3.5, 1e-4, "a rectangle's area");
	is_near(m.a[1 * 20 + 2], 0.375, 1e-6, "a corner's");
	is_near(m.a[3 * 20 + 4], 1, 1e-6, "inside");
	img_mask_add(&m, &p);
	is_near(sum(&m), 4.5 * 3.5, 1e-4, "adding it twice changes nothing");
	img_mask_clear(&m);
	is_near(sum(&m), 0, 0, "cleared");
	polygon(&p, 4, back);
	img_mask_add(&m, &p);
	is_near(sum(&m), 4.5 * 3.5, 1e-4, "the other way round");
	img_mask_clear(&m);
	polygon(&p, 3, triangle);
	img_mask_add(&m, &p);
	is_near(sum(&m), (14 * 10.5 - 3 * 2) / 2, 1e-3, "a triangle's");
	img_mask_clear(&m);
	polygon(&p, 4, outside);
	img_mask_add(&m, &p);
	is_near(sum(&m), 8 * 6, 1e-3, "what is left of one half outside");
	img_mask_clear(&m);
	polygon(&p, 4, around);
	img_mask_add(&m, &p);
	is_near(sum(&m), 20 * 16, 1e-3, "and of one all around");
	img_mask_release(&m);
}

static void check_curves(void)
{
	struct img_path p = {0};
	struct img_mask m, blur;

	img_mask_init(&m, 60, 60);
	img_path_ellipse(&p, 30.3F, 29.6F, 12, 7);
	img_mask_add(&m, &p);
	is_near(sum(&m) / (3.14159265 * 12 * 7), 1, 0.005, "an ellipse's area");
	img_mask_init(&blur, 60, 60);
	img_mask_blur(&blur, &m, 4);
	is_near(sum(&blur) / sum(&m), 1, 1e-4, "a blur loses nothing inside");
	is_near(blur.a[30 * 60 + 30], 1, 1e-4, "nor changes what is even");
	ok(blur.a[30 * 60 + 16] > 0 && m.a[30 * 60 + 16] <= 0,
		"but passes the border");

	p.n = 0;
	img_path_line(&p, 0, 20);
	img_path_curve(&p, 20, 0, 40, 20);
	img_mask_clear(&m);
	img_mask_add(&m, &p);
	is_near(sum(&m), 40.0 * 20 / 3, 5, "below a parabola: two thirds");
	for (int i = 0; i < 1000; i++)
		img_path_line(&p, (float)i, 3);
	is_int(p.n, IMG_PATH_MAX, "a path has an end");
	img_mask_release(&blur);
	img_mask_release(&m);
}

int main(void)
{
	check_areas();
	check_curves();
	return done();
}
