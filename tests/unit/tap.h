/*
 * The Test Anything Protocol, as much of it as a test in C needs. A test is a
 * program: one line "ok" or "not ok" a check, the plan at the end, and what
 * went wrong on "#" lines, for prove to read.
 *
 *	#include "tap.h"
 *	int main(void)
 *	{
 *		ok(3 > 2, "three is %s than two", "more");
 *		is_int(6 * 7, 42, "the answer");
 *		return done();
 *	}
 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_run, tap_failed;

/* The check held or did not. Every check returns whether it held. */
#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)

/* The check could not be made here; counts as held. */
#define skip(why) (printf("ok %d # SKIP %s\n", ++tap_run, why))

__attribute__((format(printf, 4, 5))) static inline bool tap_ok(
	bool held, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", held ? "" : "not ", ++tap_run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!held) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	/* What was said so far must survive a crash of the next check. */
	fflush(stdout);
	return held;
}

#define is_int(got, want, name) \
	tap_int((long long)(got), (long long)(want), name, __FILE__, __LINE__)
#define is_str(got, want, name) tap_str(got, want, name, __FILE__, __LINE__)
/* |got - want| <= tol; a NaN is near nothing. */
#define is_near(got, want, tol, name) \
	tap_near((double)(got), (double)(want), tol, name, __FILE__, __LINE__)

static inline bool tap_int(long long got, long long want, const char *name,
	const char *file, int line)
{
	bool held = tap_ok(got == want, file, line, "%s", name);

	if (!held)
		printf("# got %lld, want %lld\n", got, want);
	return held;
}

static inline bool tap_str(const char *got, const char *want, const char *name,
	const char *file, int line)
{
	bool same = got && want ? !strcmp(got, want) : got == want;
	bool held = tap_ok(same, file, line, "%s", name);

	if (!held)
		printf("# got  '%s'\n# want '%s'\n", got ? got : "(null)",
			want ? want : "(null)");
	return held;
}

static inline bool tap_near(double got, double want, double tol,
	const char *name, const char *file, int line)
{
	bool held = tap_ok(fabs(got - want) <= tol, file, line, "%s", name);

	if (!held)
		printf("# got %.9g, want %.9g within %g\n", got, want, tol);
	return held;
}

/* Print the plan; the value for main to return. */
static inline int done(void)
{
	printf("1..%d\n", tap_run);
	return tap_failed != 0;
}

#endif
