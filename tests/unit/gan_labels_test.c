/* Labels: numbered as they come, counted, written and read, drawn. */
#include "gan/labels.h"
#include "gan/dcgan.h"
#include "tap.h"

static void add(struct gan_labels *l, const char *key, const char *value)
{
	int k = gan_labels_key(l, key, NULL);

	ok(k >= 0 && gan_labels_value(l, k, value, NULL) >= 0, "%s %s", key,
		value);
}

static void check_text(struct gan_labels *l)
{
	static const char *const bad[] = {
		"a\tb\n", "a\tb\tc\n", "a\t\t3\n", "\tb\t3\n", "a\tb\t-1\n"};
	const char *text = gan_labels_text(l, &l->arena);
	struct gan_labels back = {0};
	struct err e = {0};

	is_str(text, "brand\tgucci\t3\nbrand\tdior & co\t1\nseason\tfw18\t2\n",
		"as text");
	is_int(gan_labels_parse(&back, text, &e), 0, "read");
	is_str(gan_labels_text(&back, &back.arena), text, "and written again");
	is_int(back.n, 3, "all of them");
	gan_labels_release(&back);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ok(gan_labels_parse(&back, bad[i], &e) == -1, "%s", e.msg);
		is_int(e.code, ERR_DATA, "its code");
		gan_labels_release(&back);
	}
}

/* As often as they are there, one of each key. */
static void check_draws(const struct gan_labels *l)
{
	struct rng r = rng_new(1, RNG_LATENT);
	int gucci = 0, many = 2000;

	for (int i = 0; i < many; i++) {
		float row[3];

		gan_labels_draw(l, &r, row);
		if (row[0] + row[1] != 1 || row[2] != 1)
			ok(false, "one of each key");
		gucci += row[0] > 0;
	}
	is_near((double)gucci / many, 0.75, 0.04, "three of four");
}

static void check_limits(void)
{
	struct gan_labels l = {0};
	struct err e = {0};
	char name[16];
	int k = gan_labels_key(&l, "k", &e), bad = 0;

	for (int i = 0; i <= DCGAN_LABELS_MAX; i++) {
		snprintf(name, sizeof name, "v%d", i);
		bad += gan_labels_value(&l, k, name, &e) < 0;
	}
	is_int(bad, 1, "one too many");
	is_str(e.msg, "more than 1024 labels", "is told");
	is_int(gan_labels_value(&l, k, "a\nb", &e), -1, "a line end in one");
	for (int i = 1; i <= GAN_LABEL_KEYS; i++) {
		snprintf(name, sizeof name, "k%d", i);
		k = gan_labels_key(&l, name, &e);
	}
	is_int(k, -1, "too many keys");
	gan_labels_release(&l);
}

int main(void)
{
	struct gan_labels l = {0};

	add(&l, "brand", "gucci");
	add(&l, "season", "fw18");
	add(&l, "brand", "dior & co");
	add(&l, "brand", "gucci");
	add(&l, "brand", "gucci");
	add(&l, "season", "fw18");
	is_int(l.n, 3, "values");
	is_int(gan_labels_find_key(&l, "season"), 1, "a key's number");
	is_int(gan_labels_find(&l, 0, "dior & co"), 1, "a value's");
	is_int(gan_labels_find(&l, 1, "gucci"), -1, "which is its key's alone");
	is_int(gan_labels_at(&l, 1, 0), 2, "its place among all");
	check_text(&l);
	check_draws(&l);
	check_limits();
	gan_labels_release(&l);
	return done();
}
