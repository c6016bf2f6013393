#include "cli/progress.h"

#include <time.h>
#include <unistd.h>

double progress_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, const struct cli *c, const char *unit,
	double first, double total)
{
	double now = progress_clock();

	*p = (struct progress){.c = c,
		.unit = unit,
		.total = total,
		.first = first,
		.began = now,
		.drawn = now,
		.tty = isatty(STDERR_FILENO)};
}

static void put_time(char s[32], double sec)
{
	if (sec >= 3600)
		snprintf(s, 32, "%ld:%02ldh", (long)sec / 3600,
			(long)sec / 60 % 60);
	else
		snprintf(s, 32, "%ld:%02ld", (long)sec / 60, (long)sec % 60);
}

void progress_at(struct progress *p, double done, const char *extra)
{
	double now = progress_clock(), rate;
	char left[32] = "";

	if (p->c->quiet || now - p->drawn < (p->tty ? 0.2 : 60))
		return;
	p->drawn = now;
	p->any = true;
	rate = (done - p->first) / (now - p->began + 1e-9);
	if (p->total > 0 && rate > 0)
		put_time(left, (p->total - done) / rate);
	fprintf(stderr, "%s%s: %.0f", p->tty ? "\r\033[K" : "",
		p->c->prog->name, done);
	if (p->total > 0)
		fprintf(stderr, "/%.0f", p->total);
	fprintf(stderr, " %s, %.3g/s%s%s%s%s%s", p->unit, rate,
		*left ? ", " : "", left, *left ? " left" : "",
		extra ? ", " : "", extra ? extra : "");
	if (!p->tty)
		fputc('\n', stderr);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->any && p->tty)
		fputs("\r\033[K", stderr);
}
