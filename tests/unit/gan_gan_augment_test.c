/* Which augmentations are drawn, and how their probability follows D. */
#include "gan/gan_augment.h"
#include "tap.h"

enum { N = 4000 };

static void check_draws(struct gan_run *run)
{
	struct arena a = {0};
	const struct nn_augment_picture *p, *q;
	int moved = 0, cut = 0, coloured = 0;
	bool inside = true, same = true;

	run->augment = 0.25;
	p = gan_augment_draw(run, 0, N, &a);
	q = gan_augment_draw(run, 1, N, &a);
	for (int i = 0; i < N; i++) {
		moved += p[i].dx || p[i].dy;
		cut += p[i].cx1 > p[i].cx;
		coloured += p[i].contrast != 1;
		inside &= p[i].dx >= -8 && p[i].dx <= 8 && p[i].dy >= -12 &&
			  p[i].dy <= 12;
		inside &=
			p[i].cx1 == p[i].cx ||
			(p[i].cx1 - p[i].cx == 32 && p[i].cy1 - p[i].cy == 48);
		same &= p[i].dx == q[i].dx && p[i].cx == q[i].cx;
	}
	is_near(moved, 0.25 * N, 0.03 * N, "a quarter is moved");
	is_near(cut, 0.25 * N, 0.03 * N, "a quarter is cut");
	is_int(coloured, 0, "no colours change");
	ok(inside, "by an eighth, and a half");
	ok(!same, "fakes have draws of their own");
	run->how.colour = true;
	p = gan_augment_draw(run, 0, N, &a);
	for (int i = 0; i < N; i++)
		coloured += p[i].contrast != 1;
	is_near(coloured, 0.25 * N, 0.03 * N, "unless they shall");
	run->augment = 0;
	ok(!gan_augment_draw(run, 0, N, &a), "nothing at all");
	arena_release(&a);
}

static void check_controller(struct gan_run *run)
{
	double before;

	run->how.augment = -1;
	run->augment = before = gan_augment_first(&run->how);
	for (int i = 0; i < 3; i++)
		gan_augment_adapt(run, 1, 64);
	is_near(run->augment, before, 0, "moves only every fourth step");
	gan_augment_adapt(run, 1, 64);
	is_near(run->augment - before, 4 * 64 / 50e3, 1e-12, "up, when sure");
	for (int i = 0; i < 4; i++)
		gan_augment_adapt(run, 0.2, 64);
	is_near(run->augment, before, 1e-12, "down, when not");
	for (int i = 0; i < 4000; i++)
		gan_augment_adapt(run, 1, 64);
	is_near(run->augment, 0.8, 1e-12, "never above the cap");
	for (int i = 0; i < 4000; i++)
		gan_augment_adapt(run, -1, 64);
	is_near(run->augment, 0, 1e-12, "nor below nothing");
	run->how.augment = run->augment = 0.5;
	for (int i = 0; i < 8; i++)
		gan_augment_adapt(run, 1, 64);
	is_near(run->augment, 0.5, 0, "a fixed one stays");
}

static void check_flip(struct gan_run *run)
{
	int32_t which[64], again[64];
	int flipped = 0, other = 0;

	for (int i = 0; i < 64; i++)
		which[i] = again[i] = 3 * i;
	gan_augment_flip(run, 64, which);
	for (int i = 0; i < 64; i++) {
		flipped += which[i] == ~(3 * i);
		other += which[i] != 3 * i && which[i] != ~(3 * i);
	}
	is_int(other, 0, "the same pictures");
	gan_augment_flip(run, 64, again);
	ok(!memcmp(which, again, sizeof which), "a function of the step");
	ok(flipped > 16 && flipped < 48, "about half: %d", flipped);
}

int main(void)
{
	struct gan_run run;

	gan_preset(&run, "garment", NULL);
	check_draws(&run);
	check_controller(&run);
	check_flip(&run);
	return done();
}
