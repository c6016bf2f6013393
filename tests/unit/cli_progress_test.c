#include "cli/progress.h"

#include <stdlib.h>
#include "tap.h"

static char said[1000];

/* What is said, at most, after `seconds` when `done` are done; the clock is
 * turned, not waited for. */
static const char *say(struct cli *c, bool tty, double first, double total,
	double done_, double seconds, const char *extra)
{
	struct progress p;

	rewind(stderr);
	progress_begin(&p, c, "images", first, total);
	p.tty = tty;
	p.began -= seconds;
	p.drawn -= seconds;
	progress_at(&p, done_, extra);
	progress_at(&p, done_, "too soon");
	progress_end(&p);
	fputc(0, stderr);
	rewind(stderr);
	said[fread(said, 1, sizeof said - 1, stderr)] = 0;
	return said;
}

int main(void)
{
	static const struct cli_prog prog = {.name = "train"};
	struct cli c = {.prog = &prog};
	double then = progress_clock();

	stderr = tmpfile();
	is_str(say(&c, false, 0, 100, 20, 59, NULL), "",
		"elsewhere than on a terminal, nothing within a minute");
	is_str(say(&c, false, 0, 1000, 610, 61, NULL),
		"train: 610/1000 images, 10/s, 0:39 left\n",
		"then a line, with the rate and the time left");
	is_str(say(&c, false, 600, 1000, 610, 100, NULL),
		"train: 610/1000 images, 0.1/s, 1:05h left\n",
		"of resumed work the rate is that of this run");
	is_str(say(&c, false, 0, 0, 610, 61, "loss 0.5"),
		"train: 610 images, 10/s, loss 0.5\n", "without a total");
	is_str(say(&c, false, 0, 100, 0, 61, NULL),
		"train: 0/100 images, 0/s\n", "nothing done yet");
	is_str(say(&c, true, 0, 1000, 610, 61, NULL),
		"\r\033[Ktrain: 610/1000 images, 10/s, 0:39 left\r\033[K",
		"on a terminal a bar, cleared at the end");
	is_str(say(&c, true, 0, 10, 1, 0.1, NULL), "", "not too often");
	c.quiet = true;
	is_str(say(&c, false, 0, 1000, 610, 61, NULL), "",
		"nothing when quiet");
	ok(progress_clock() >= then, "the clock goes forward");
	return done();
}
