#include "app/score_report.h"
#include "json/json.h"

#include <math.h>

static const char resizer[] = "bilinear, antialiased";

/* As many decimals as mean something; null for what was not measured. */
static struct json *rounded(double v, int decimals, struct arena *a)
{
	double one = pow(10, decimals);

	/* + 0: no zero is negative. */
	return json_num(a, round(v * one) / one + 0);
}

static struct json *metrics(const struct score_report *r, struct arena *a)
{
	struct json *all = json_object(a);

	for (int m = 0; m < GAN_METRICS; m++) {
		int decimals = gan_metrics[m].decimals;
		struct json *one = json_object(a);

		if (isnan(r->score.v[m]))
			continue;
		json_put(a, one, "value", rounded(r->score.v[m], decimals, a));
		json_put(a, one, "floor",
			rounded(r->judge->floor.v[m], decimals, a));
		json_put(a, one, "noise",
			rounded(r->judge->noise.v[m], decimals, a));
		json_put(a, all,
			gan_metric_name((enum gan_metric)m, r->extractor, a),
			one);
	}
	return all;
}

static struct json *record(const struct score_report *r, struct arena *a)
{
	const struct gan_set *real = &r->real->set;
	const struct gan_swd *swd = &r->score.swd;
	struct json *j = json_object(a), *levels = json_array(a);

	json_put(a, j, "real", json_str(a, r->real->path));
	json_put(a, j, "fake", json_str(a, r->fake->path));
	json_put(a, j, "real_pictures", json_int(a, real->n));
	json_put(a, j, "fake_pictures", json_int(a, r->fake->set.n));
	json_put(a, j, "n", json_int(a, r->score.n));
	json_put(a, j, "floor_n", json_int(a, r->judge->floor.n));
	json_put(a, j, "seed", json_int(a, (int64_t)r->judge->seed));
	if (real->px) {
		json_put(a, j, "width", json_int(a, real->w));
		json_put(a, j, "height", json_int(a, real->h));
		json_put(a, j, "resizer", json_str(a, resizer));
	}
	json_put(a, j, "features", json_str(a, r->extractor));
	json_put(a, j, "metrics", metrics(r, a));
	for (int i = 0; i < swd->levels; i++)
		json_add(levels, rounded(swd->level[i],
					 gan_metrics[GAN_SWD].decimals, a));
	if (swd->levels)
		json_put(a, j, "swd_levels", levels);
	return j;
}

int score_report_print(const struct score_report *r, FILE *to, struct err *e)
{
	struct arena a = {0};
	bool bad = json_print(record(r, &a), to) || putc('\n', to) == EOF;

	arena_release(&a);
	return bad ? err_set(e, ERR_IO, "cannot write the record")
		   : cli_flush(e);
}

void score_report_tell(const struct score_report *r, const struct cli *c)
{
	struct arena a = {0};

	cli_note(c, "%-16s %10s %10s %10s", "", "value", "floor", "noise");
	for (int m = 0; m < GAN_METRICS; m++)
		if (!isnan(r->score.v[m]))
			cli_note(c, "%-16s %10.4f %10.4f %10.4f",
				gan_metric_name(
					(enum gan_metric)m, r->extractor, &a),
				r->score.v[m] + 0, r->judge->floor.v[m],
				r->judge->noise.v[m]);
	if (r->score.n != r->judge->floor.n)
		cli_note(c,
			"the floor is of %d pictures a side, the rest of %d: "
			"do not compare them",
			r->judge->floor.n, r->score.n);
	arena_release(&a);
}
