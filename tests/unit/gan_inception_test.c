/* The Inception network, a narrow one, by PyTorch's features of one picture:
 * tests/parity/inception.py made it. */
#include "gan/inception.h"
#include "nn/device.h"
#include "tap.h"

#include <math.h>
#include <string.h>

enum { W = 20, H = 30 };

static const char file[] = "tests/data/inception.safetensors";

static void draw(uint8_t *px)
{
	for (int64_t i = 0; i < W * H * 3; i++)
		px[i] = (uint8_t)((7 * i * i + 31 * i) % 251);
}

static void test_features(void)
{
	struct nn_backend *be = nn_device_open("cpu", 1, NULL);
	const struct nn_st_entry *want;
	uint8_t px[2 * W * H * 3];
	struct gan_extractor extractor;
	float got[2 * 64];
	struct nn_st st;

	if (!ok(!nn_st_open(&st, file, NULL) && gan_inception_is(&st),
		    "a file of it") ||
		!ok(!gan_inception_open(&extractor, &st, be, "0123abcd", NULL),
			"opened"))
		return;
	is_str(extractor.name, "inception-0123abcd", "its name");
	want = nn_st_find(&st, "expected");
	is_int(extractor.d, (int)nn_st_count(want), "features");
	/* What is beside a picture does not change it. */
	memset(px, 0, W * H * 3);
	draw(px + W * H * 3);
	extractor.look(extractor.self, px, 2, W, H, got);
	for (int i = 0; i < extractor.d; i++) {
		double v;

		nn_st_values(want, (size_t)i, 1, &v);
		is_near(got[extractor.d + i], v, 1e-4 * (1 + fabs(v)),
			"a feature");
	}
	gan_extractor_release(&extractor);
	nn_st_close(&st);
}

/* One name, or one number of channels, is another. */
static void test_damage(void)
{
	struct nn_backend *be = nn_device_open("cpu", 1, NULL);
	struct nn_st st;
	struct gan_extractor extractor;
	struct err e = {0};

	ok(!nn_st_open(&st, file, NULL), "opened");
	for (int i = 0; i < st.n; i++)
		if (!strcmp(st.entry[i].name,
			    "Mixed_7b.branch3x3_2b.conv.weight"))
			st.entry[i].shape[1]++;
	ok(gan_inception_open(&extractor, &st, be, "", &e), "refused");
	ok(e.code == ERR_DATA && strstr(e.msg, "Mixed_7b.branch3x3_2b"),
		"by name");
	nn_st_close(&st);
}

int main(void)
{
	test_features();
	test_damage();
	return done();
}
