/* nn-info: what is in a weights file, or what nets can run on. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "json/json.h"
#include "nn/device.h"
#include "nn/ops.h"
#include "nn/safetensors.h"

static struct {
	bool stats, ops, config;
} o;

static int print(const struct json *record, struct err *e)
{
	json_print(record, stdout);
	putchar('\n');
	return cli_flush(e);
}

static int print_device(struct arena *a, struct err *e)
{
	static const char *const bf16[] = {"emulated", "slow", "fast"};
	struct nn_device d = nn_cpu_device();
	struct json *r = json_object(a);

	json_put(a, r, "device", json_str(a, d.name));
	json_put(a, r, "threads", json_int(a, d.threads));
	json_put(a, r, "isa", json_str(a, d.isa));
	json_put(a, r, "bf16", json_str(a, bf16[d.bf16]));
	json_put(a, r, "library",
		json_str(a, arena_printf(a, "oneDNN %d.%d.%d", d.version[0],
				    d.version[1], d.version[2])));
	return print(r, e);
}

/*
 * Written piece by piece, since the metadata of a file may have more keys than
 * a tree takes in good time. The optimiser's copies of a net are not counted
 * as parameters.
 */
static int print_file(const struct nn_st *st, struct err *e)
{
	size_t net = 0;
	struct buf b;

	for (int i = 0; i < st->n; i++)
		if (strncmp(st->entry[i].name, "optimizer.", 10))
			net += nn_st_count(&st->entry[i]);
	buf_init(&b, 2 * JSON_MAX); /* it came from a header of JSON_MAX */
	buf_str(&b, "{\"file\":");
	json_quote(&b, st->path);
	buf_printf(&b,
		",\"bytes\":%zu,\"tensors\":%d,\"parameters\":%zu,"
		"\"metadata\":{",
		st->size, st->n, net);
	for (int i = 0; i < st->nmeta; i++) {
		buf_str(&b, i ? "," : "");
		json_quote(&b, st->meta[i].key);
		buf_str(&b, ":");
		json_quote(&b, st->meta[i].value);
	}
	buf_str(&b, "}}\n");
	fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return cli_flush(e);
}

/* The configuration that a detector was trained with, as rcnn-train --cfg
 * reads it. */
static int print_config(const struct nn_st *st, struct err *e)
{
	const char *text = nn_st_meta(st, "config");

	if (!text)
		return err_set(
			e, ERR_DATA, "'%s': no configuration in it", st->path);
	fputs(text, stdout);
	return cli_flush(e);
}

/* Minimum, maximum and mean of the values that are finite, and how many are
 * not. */
static void add_stats(
	struct json *r, const struct nn_st_entry *t, struct arena *a)
{
	double v[1024], least = INFINITY, most = -INFINITY, sum = 0;
	size_t n = nn_st_count(t), finite = 0, some;

	for (size_t at = 0; at < n; at += some) {
		some = n - at < 1024 ? n - at : 1024;
		nn_st_values(t, at, some, v);
		for (size_t i = 0; i < some; i++) {
			if (!isfinite(v[i]))
				continue;
			finite++;
			sum += v[i];
			least = fmin(least, v[i]);
			most = fmax(most, v[i]);
		}
	}
	/* Without a finite value these are null. */
	json_put(a, r, "min", json_num(a, least));
	json_put(a, r, "max", json_num(a, most));
	json_put(a, r, "mean", json_num(a, sum / (double)finite));
	json_put(a, r, "nonfinite", json_int(a, (int64_t)(n - finite)));
}

static int print_tensor(
	const struct nn_st_entry *t, struct arena *a, struct err *e)
{
	struct json *r = json_object(a), *shape = json_array(a);

	for (int i = 0; i < t->rank; i++)
		json_add(shape, json_int(a, t->shape[i]));
	json_put(a, r, "name", json_str(a, t->name));
	json_put(a, r, "dtype", json_str(a, nn_st_type_name(t->type)));
	json_put(a, r, "shape", shape);
	json_put(a, r, "bytes", json_int(a, (int64_t)t->bytes));
	if (o.stats)
		add_stats(r, t, a);
	return print(r, e);
}

static int print_ops(struct arena *a, struct err *e)
{
	for (const struct nn_op_info *op = nn_ops; op->name; op++) {
		struct json *r = json_object(a), *types = json_array(a);

		json_add(types, json_str(a, "f32"));
		if (op->bf16)
			json_add(types, json_str(a, "bf16"));
		json_put(a, r, "op", json_str(a, op->name));
		json_put(a, r, "dtypes", types);
		json_put(a, r, "about", json_str(a, op->about));
		if (print(r, e))
			return -1;
	}
	return 0;
}

static int tell_of(const char *path, struct arena *a, struct err *e)
{
	struct nn_st st;
	int bad;

	if (nn_st_open(&st, path, e))
		return -1;
	bad = o.config ? print_config(&st, e) : print_file(&st, e);
	for (int i = 0; !bad && !o.config && i < st.n; i++) {
		arena_reset(a);
		bad = print_tensor(&st.entry[i], a, e);
	}
	nn_st_close(&st);
	return bad;
}

static int run(struct cli *c, struct err *e)
{
	struct arena a = {0};
	int bad;

	if (c->argc > !o.ops)
		return err_set(e, ERR_USAGE,
			o.ops ? "--ops takes no file" : "one file at most");
	if (o.config && !c->argc)
		return err_set(
			e, ERR_USAGE, "--config: whose? a file expected");
	if (o.ops)
		bad = print_ops(&a, e);
	else if (!c->argc)
		bad = print_device(&a, e);
	else
		bad = tell_of(c->argv[0], &a, e);
	arena_release(&a);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		OPT_FLAG('s', "stats", &o.stats,
			"range and mean of each tensor's values"),
		OPT_FLAG(0, "config", &o.config,
			"print the configuration in a detector, and end"),
		OPT_FLAG(0, "ops", &o.ops, "tell what nets can be made of"),
		{0}};
	static const struct cli_prog prog = {
		.name = "nn-info",
		.args = "[FILE]",
		.about = "tell what is in a weights file, or what nets run on",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
