#include "rcnn/schedule.h"

#include "tap.h"

static struct rcnn_config c;
static struct err e;

static void set(const char *name, const char *value)
{
	e = (struct err){0};
	ok(!keys_set(keys_find(rcnn_keys, name), &c, value, &e), "%s %s", name,
		value);
	rcnn_schedule_given(&c, name);
}

static void test_resolve(void)
{
	c = rcnn_config_default;
	ok(!rcnn_schedule_counts(&c), "Detectron counts in steps");
	rcnn_schedule_resolve(&c, 1000, 2);
	ok(c.max_iter == 40000 && c.warm_up_iters == 500 &&
			c.snapshot_iters == 20000 && !c.eval_iters,
		"which stay as they are");

	set("SOLVER.MAX_EPOCHS", "12");
	set("SOLVER.STEPS_EPOCHS", "(0, 8, 11)");
	set("SOLVER.WARM_UP_IMAGES", "8000");
	set("TRAIN.EVAL_EPOCHS", "0.5");
	set("TRAIN.SNAPSHOT_EPOCHS", "1");
	set("NUM_GPUS", "8");
	ok(rcnn_schedule_counts(&c), "and epochs are others");
	rcnn_schedule_resolve(&c, 289222, 16);
	is_int(c.max_iter, 216917, "12 epochs of DeepFashion, 16 a step");
	ok(c.steps.n == 3 && c.steps.v[0] == 0 && c.steps.v[1] == 144611 &&
			c.steps.v[2] == 198841,
		"the steps of its rate");
	is_int(c.warm_up_iters, 500, "Detectron's warm-up");
	is_int(c.eval_iters, 9039, "half an epoch, rounded up");
	is_int(c.snapshot_iters / c.num_gpus, 18077, "an epoch");
	rcnn_schedule_resolve(&c, 3, 16);
	is_int(c.max_iter, 3, "of few photographs, never no step");
	rcnn_schedule_resolve(&c, INT64_MAX, 1);
	is_int(c.max_iter, 1000000000, "of very many, what the key may be");
}

static void test_given(void)
{
	c = rcnn_config_default;
	set("SOLVER.MAX_EPOCHS", "2");
	set("SOLVER.MAX_ITER", "7");
	rcnn_schedule_resolve(&c, 100, 1);
	is_int(c.max_iter, 7, "steps after epochs");
	set("SOLVER.MAX_EPOCHS", "2");
	set("SOLVER.MAX_IMAGES", "30");
	rcnn_schedule_resolve(&c, 100, 1);
	is_int(c.max_iter, 30, "images after epochs");
	set("SOLVER.STEPS_IMAGES", "(0, 10)");
	set("SOLVER.STEPS_EPOCHS", "(0, 1)");
	rcnn_schedule_resolve(&c, 100, 1);
	is_int(c.steps.v[1], 100, "epochs after images");
}

static void bad(const char *key, const char *why)
{
	e = (struct err){0};
	ok(rcnn_schedule_check(&c, &e) && e.code == ERR_CONFIG &&
			strstr(e.msg, key),
		"%s: %s", why, e.msg);
}

static void test_check(void)
{
	c = rcnn_config_default;
	ok(!rcnn_schedule_check(&c, &e), "nothing is in order");
	c.max_epochs = 1;
	c.max_images = 1;
	bad("SOLVER.MAX_EPOCHS and SOLVER.MAX_IMAGES", "both");
	c.max_images = 0;
	c.steps_epochs = (struct key_reals){2, {0, 0}};
	bad("SOLVER.STEPS_EPOCHS", "the same twice");
	c.steps_epochs = (struct key_reals){2, {1, 2}};
	bad("SOLVER.STEPS_EPOCHS", "not from 0");
	c.steps_epochs = (struct key_reals){2, {0, 2}};
	c.steps_images = (struct key_ints){2, {0, 2}};
	bad("SOLVER.STEPS_EPOCHS and SOLVER.STEPS_IMAGES", "both");
	c.steps_epochs.n = 0;
	ok(!rcnn_schedule_check(&c, &e), "images alone");
	c.steps_images.v[0] = 1;
	bad("SOLVER.STEPS_IMAGES", "not from 0");
}

static void test_scale(void)
{
	c = rcnn_config_default;
	set("SOLVER.LRS", "(0.02, 0.002)");
	set("SOLVER.STEPS", "(0, 60000)");
	set("SOLVER.BASE_LR", "0.02");
	set("SOLVER.MAX_ITER", "90000");
	set("NUM_GPUS", "8");
	rcnn_schedule_scale(&c, 16, 2);
	ok(c.max_iter == 720000 && c.steps.v[1] == 480000 &&
			c.warm_up_iters == 4000 && c.step_size == 240000,
		"8 times the steps");
	is_near(c.base_lr, 0.0025, 0, "an eighth of the rate");
	is_near(c.lrs.v[1], 0.00025, 1e-18, "of each");
	is_int(c.num_gpus, 1, "for one device");
	rcnn_schedule_scale(&c, 2, 16);
	is_int(c.max_iter, 90000, "and back");

	c = rcnn_config_default;
	set("SOLVER.STEPS", "(0, 3, 5, 400)");
	set("SOLVER.MAX_ITER", "5");
	set("SOLVER.STEP_SIZE", "6");
	set("TRAIN.EVAL_ITERS", "2");
	set("SOLVER.WARM_UP_ITERS", "0");
	set("SOLVER.BASE_LR", "20");
	rcnn_schedule_scale(&c, 1, 16);
	ok(c.max_iter == 1 && c.step_size == 1 && c.eval_iters == 1,
		"of some steps one stays at least");
	is_int(c.warm_up_iters, 0, "of none, none");
	ok(c.steps.v[0] == 0 && c.steps.v[1] == 1 && c.steps.v[2] == 2 &&
			c.steps.v[3] == 25,
		"those of the rate still rise");
	is_near(c.base_lr, 100, 0, "no more than a key may be");
	c.max_iter = 900000000;
	rcnn_schedule_scale(&c, 16, 1);
	is_int(c.max_iter, 1000000000, "nor so many steps");

	c = rcnn_config_default;
	set("NUM_GPUS", "8");
	set("TRAIN.SNAPSHOT_ITERS", "20000");
	rcnn_schedule_scale(&c, 16, 16);
	is_int(c.snapshot_iters / c.num_gpus, 2500,
		"as many photographs between checkpoints");
	set("NUM_GPUS", "8");
	set("TRAIN.SNAPSHOT_ITERS", "20000");
	rcnn_schedule_scale(&c, 16, 2);
	is_int(c.snapshot_iters / c.num_gpus, 20000, "in a smaller step too");
}

static void test_rule(void)
{
	c = rcnn_config_default;
	is_near(rcnn_schedule_rule(16), 0.02, 0, "Detectron's 8 GPUs");
	is_near(rcnn_schedule_rule(1), 0.00125, 0, "one of one");
	set("SOLVER.BASE_LR", "0.01");
	set("SOLVER.LRS", "(0.002, 0.03, 0.001)");
	is_near(rcnn_schedule_peak(&c), 0.01, 0, "the rate that counts");
	set("SOLVER.LR_POLICY", "steps_with_lrs");
	is_near(rcnn_schedule_peak(&c), 0.03, 0, "or the highest of some");
}

int main(void)
{
	test_resolve();
	test_given();
	test_check();
	test_scale();
	test_rule();
	return done();
}
