/* coco2jsonl: a COCO file as records, one an image. */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/lines.h"
#include "data/coco_records.h"

static int print_records(const struct coco *coco, FILE *f, struct err *e)
{
	struct buf line;
	int bad = 0;

	buf_init(&line, LINES_MAX);
	for (int i = 0; !bad && i < coco->nimages; i++) {
		bad = coco_print_record(&line, coco, i, f, e);
		if (!bad) {
			fwrite(line.p, 1, line.n, stdout);
			putchar('\n');
			bad = cli_flush(e);
		}
	}
	buf_release(&line);
	return bad;
}

static int run(struct cli *c, struct err *e)
{
	const char *path = c->argc ? c->argv[0] : "-";
	struct arena a = {0};
	struct coco coco;
	FILE *f;
	int bad;

	if (c->argc > 1)
		return err_set(e, ERR_USAGE, "one file at most");
	f = file_open_again(path, e);
	if (!f)
		return -1;
	bad = coco_read_from(&coco, f,
		      strcmp(path, "-") ? path : "standard input",
		      COCO_NEED_FILES | COCO_KEEP_REST, &a, e) ||
	      print_records(&coco, f, e);
	if (f != stdin)
		fclose(f);
	arena_release(&a);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {{0}};
	static const struct cli_prog prog = {
		.name = "coco2jsonl",
		.args = "[FILE]",
		.about = "print a COCO file as records, one an image",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
