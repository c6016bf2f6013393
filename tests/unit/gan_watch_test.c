#include "gan/watch.h"
#include "tap.h"

static void check_saturated(void)
{
	struct gan_run run = {0};
	struct gan_report sure = {.loss_d = 0.001, .sign = 1}, r = sure;

	for (int i = 0; i < 5; i++)
		gan_watch_saturated(&run, &sure);
	is_int(run.saturated, 5, "steps in a row");
	r.sign = 0.9;
	is_int(gan_watch_saturated(&run, &r), 0, "one picture not told");
	is_int(gan_watch_saturated(&run, &sure), 1, "counted anew");
	r = sure;
	r.loss_d = 0.3;
	is_int(gan_watch_saturated(&run, &r), 0, "told, but not surely");
}

static void check_spread(void)
{
	static const uint8_t px[3][4] = {
		{0, 0, 0, 0}, {10, 10, 10, 10}, {0, 0, 0, 20}};

	is_near(gan_watch_spread(px[0], 1, 4), 0, 0, "of one");
	is_near(gan_watch_spread(px[0], 2, 4), 10, 1e-12, "of two");
	is_near(gan_watch_spread(px[0], 3, 4), (10 + 10 + 10) / 3.0, 1e-12,
		"of three");
}

static void check_collapsed(void)
{
	struct gan_run run = {.images = 1000};

	ok(!gan_watch_collapsed(&run, 0.1), "not yet learnt to differ");
	ok(!gan_watch_collapsed(&run, 0.8), "differs");
	ok(gan_watch_collapsed(&run, 0.2), "and no more: collapsed");
	ok(!gan_watch_collapsed(&run, 0.6), "but it came back");
	run = (struct gan_run){.images = 100000};
	ok(gan_watch_collapsed(&run, 0.1), "had the time to learn");
}

int main(void)
{
	check_saturated();
	check_spread();
	check_collapsed();
	return done();
}
