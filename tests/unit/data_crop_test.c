#include "data/crop.h"
#include "tap.h"

static struct arena mem;

static void parse(struct record *r, const char *line)
{
	struct err e = {0};

	if (record_parse(r, line, strlen(line), &mem, &e))
		printf("# %s\n", e.msg);
}

/* The boxes that pass, by their x. */
static const char *chosen(const struct crop_filter *f, const struct record *r)
{
	const struct record_box *const *box;
	char *s = arena_zero(&mem, 1, 100);
	int n;

	box = crop_choose(f, r, &n);
	for (int i = 0; i < n; i++)
		snprintf(s + strlen(s), 100 - strlen(s), "%g ", box[i]->x);
	return s;
}

static void check_choice(void)
{
	static const char *const full[] = {"full"};
	static const char *const two[] = {"lower", "full"};
	struct record r;

	parse(&r, "{\"path\":\"p\",\"boxes\":["
		  "{\"bbox\":[1,0,10,10],\"category\":\"full\",\"score\":0.9},"
		  "{\"bbox\":[2,0,30,10],\"category\":\"upper\",\"score\":0.5},"
		  "{\"bbox\":[3,0,10,10],\"category\":\"full\",\"score\":0.7},"
		  "{\"bbox\":[4,0,50,10],\"category\":\"lower\"},"
		  "{\"bbox\":[5,0,5,5]}]}");
	is_str(chosen(&(struct crop_filter){0}, &r), "4 2 1 3 5 ",
		"by area, then as they came");
	is_str(chosen(&(struct crop_filter){.score = 0.7}, &r), "4 1 3 5 ",
		"from a score on; what has none passes");
	is_str(chosen(&(struct crop_filter){full, 1, 0, false}, &r), "1 3 ",
		"of a class");
	is_str(chosen(&(struct crop_filter){two, 2, 0.8, false}, &r), "4 1 ",
		"of classes, from a score on");
	is_str(chosen(&(struct crop_filter){.best = true}, &r), "1 ",
		"the best is the best scored");
	parse(&r, "{\"path\":\"p\",\"boxes\":[{\"bbox\":[1,0,1,1]},"
		  "{\"bbox\":[2,0,3,3]},{\"bbox\":[3,0,2,2]}]}");
	is_str(chosen(&(struct crop_filter){.best = true}, &r), "2 ",
		"or the largest");
	parse(&r, "{\"path\":\"p\"}");
	is_str(chosen(&(struct crop_filter){.best = true}, &r), "",
		"of none, none");
}

static void check_pixels(void)
{
	/* In a picture of 100 by 80. */
	static const struct {
		const char *name;
		double box[4], pad, aspect;
		struct img_part want; /* w 0: nothing is left */
	} cases[] = {
		{"whole pixels", {10, 20, 30, 40}, 0, 0, {10, 20, 30, 40}},
		{"halves go to the even", {0.5, 1.5, 2, 2}, 0, 0, {0, 2, 2, 2}},
		{"edges are rounded, not sizes", {10.4, 10.6, 20.2, 20.2}, 0, 0,
			{10, 11, 21, 20}},
		{"clipped", {-5, -5, 200, 20}, 0, 0, {0, 0, 100, 15}},
		{"too small", {10.1, 10.1, 0.2, 30}, 0, 0, {0}},
		{"to the left", {-20, 10, 20, 10}, 0, 0, {0}},
		{"below", {10, 80, 20, 10}, 0, 0, {0}},
		{"outside, even if padded", {-20, 10, 19, 10}, 0.5, 0, {0}},
		{"padded", {20, 20, 20, 40}, 0.1, 0, {18, 16, 24, 48}},
		{"padded to the border", {2, 2, 90, 70}, 0.1, 0,
			{0, 0, 100, 79}},
		{"wider", {40, 20, 20, 40}, 0, 1, {30, 20, 40, 40}},
		{"higher", {20, 30, 40, 20}, 0, 1, {20, 20, 40, 40}},
		{"shifted to the right", {5, 20, 20, 40}, 0, 1,
			{0, 20, 40, 40}},
		{"shifted up", {20, 65, 40, 10}, 0, 1, {20, 40, 40, 40}},
		{"short of the shape", {40, 0, 20, 80}, 0, 2, {0, 0, 100, 80}},
	};
	struct record_box box = {0};
	struct img_part got;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct crop_rule rule = {cases[i].pad, cases[i].aspect};
		const struct img_part *want = &cases[i].want;
		bool some;

		box.x = cases[i].box[0];
		box.y = cases[i].box[1];
		box.w = cases[i].box[2];
		box.h = cases[i].box[3];
		some = crop_pixels(&rule, &box, 100, 80, &got);
		if (!want->w || !some)
			ok(some == (want->w > 0), "%s", cases[i].name);
		else
			ok(got.x == want->x && got.y == want->y &&
					got.w == want->w && got.h == want->h,
				"%s: %d,%d,%d,%d", cases[i].name, got.x, got.y,
				got.w, got.h);
	}
	box = (struct record_box){
		.x = -1e308, .y = -1e308, .w = 1.7e308, .h = 1.7e308};
	ok(!crop_pixels(&(struct crop_rule){100, 1}, &box, 100, 80, &got) ||
			(got.w <= 100 && got.h <= 80),
		"numbers beyond reason lead to no crop, or one inside");
}

int main(void)
{
	check_choice();
	check_pixels();
	arena_release(&mem);
	return done();
}
