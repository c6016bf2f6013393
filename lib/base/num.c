#include "base/num.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool num_int(const char *s, int64_t lo, int64_t hi, int64_t *v)
{
	char *end;
	long long n;

	if (!isdigit((unsigned char)s[*s == '-' || *s == '+']))
		return false;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno || *end || n < lo || n > hi)
		return false;
	*v = n;
	return true;
}

bool num_real(const char *s, double lo, double hi, double *v)
{
	char *end;
	double d;

	/* No "inf", "nan", hexadecimal or leading blanks. */
	if (!isdigit((unsigned char)*s) && *s != '-' && *s != '+' && *s != '.')
		return false;
	if (strpbrk(s, "xX"))
		return false;
	errno = 0;
	d = strtod(s, &end);
	if (end == s || *end || !isfinite(d) || d < lo || d > hi)
		return false;
	*v = d;
	return true;
}
