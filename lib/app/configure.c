#include "app/configure.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "rcnn/schedule.h"

#include <string.h>

/* ---- the file and the command line ---- */

/* Who is told of keys without effect, and of which already. */
struct told {
	const struct cli *c;
	bool *key; /* [of rcnn_keys] */
};

static void note(void *arg, const struct key *k, const char *message)
{
	struct told *t = arg;

	if (!t->key[k - rcnn_keys])
		cli_warn(t->c, "%s", message);
	t->key[k - rcnn_keys] = true;
}

static int set_pairs(const struct configure_from *from,
	struct rcnn_config *config, struct told *told, struct err *e)
{
	for (int i = 0; i < from->argc; i += 2) {
		if (conf_set(rcnn_keys, config, from->argv[i],
			    from->argv[i + 1], note, told, e))
			return -1;
		rcnn_schedule_given(config, from->argv[i]);
	}
	return 0;
}

/* Photographs in a step of Detectron's, and in one here. */
static int batch_there(const struct rcnn_config *c)
{
	return (int)(c->num_gpus * c->ims_per_batch);
}

static int batch_here(const struct rcnn_config *c, int ranks)
{
	return (int)c->ims_per_batch * ranks;
}

static int load(const struct configure_from *from, struct rcnn_config *config,
	struct told *told, struct err *e)
{
	struct rcnn_config file = rcnn_config_default;
	int there = 0;

	if (conf_load(from->file, rcnn_keys, &file, note, told, e))
		return -1;
	*config = file;
	if (set_pairs(from, config, told, e))
		return -1;
	if (from->scale) {
		/* What the command line sets is meant as it is. */
		there = batch_there(&file);
		rcnn_schedule_scale(
			&file, there, batch_here(config, from->ranks));
		*config = file;
		if (set_pairs(from, config, told, e))
			return -1;
	}
	if (rcnn_config_check(config, e))
		return -1;
	if (from->scale)
		cli_note(told->c,
			"a schedule for %d photographs a step, scaled to %d",
			there, batch_here(config, from->ranks));
	return 0;
}

int configure(struct cli *c, const struct configure_from *from,
	struct rcnn_config *config, struct err *e)
{
	struct told told = {.c = c};
	size_t n = 0;
	int bad;

	if (from->argc % 2)
		return err_set(e, ERR_USAGE, "KEY VALUE expected, not '%s'",
			from->argv[from->argc - 1]);
	if (!from->file)
		return err_set(e, ERR_USAGE, "--cfg FILE is missing");
	while (rcnn_keys[n].name)
		n++;
	told.key = mem_alloc(n, sizeof *told.key);
	bad = load(from, config, &told, e);
	mem_free(told.key);
	return bad;
}

/* ---- the schedule ---- */

/* The rule is of Detectron's recipe: SGD on a body whose norms stay. */
static bool rule_applies(const struct rcnn_config *c)
{
	return !strcmp(c->solver_type, "sgd") && strcmp(c->norm, "batch") != 0;
}

static void check_rate(
	const struct cli *c, const struct rcnn_config *config, int ranks)
{
	int batch = batch_here(config, ranks);
	double is = rcnn_schedule_peak(config);
	double rule = rcnn_schedule_rule(batch);
	char why[128] = "", here[32] = "one device runs";

	if (!rule_applies(config) || is <= 0 ||
		(is <= 2.001 * rule && is >= rule / 2.001))
		return;
	if (ranks > 1)
		snprintf(here, sizeof here, "%d devices run", ranks);
	if (config->num_gpus > 1 && config->num_gpus != ranks)
		snprintf(why, sizeof why,
			"; NUM_GPUS is %lld and %s here: --scale fits the "
			"schedule to it",
			(long long)config->num_gpus, here);
	cli_warn(c,
		"SOLVER.BASE_LR %g is %.3g times the rate of the linear rule, "
		"which is %g for %d photograph%s a step (0.02 for 16)%s",
		is, is / rule, rule, batch, batch == 1 ? "" : "s", why);
}

void configure_schedule(const struct cli *c, struct rcnn_config *config,
	int64_t photos, int ranks)
{
	int batch = batch_here(config, ranks);

	if (rcnn_schedule_counts(config)) {
		rcnn_schedule_resolve(config, photos, batch);
		cli_note(c, "%lld steps of %d of %lld photographs: %.4g epochs",
			(long long)config->max_iter, batch, (long long)photos,
			(double)(config->max_iter * batch) / (double)photos);
	}
	check_rate(c, config, ranks);
}
