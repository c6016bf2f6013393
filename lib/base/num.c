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

bool num_bytes(const char *s, int64_t *v)
{
	static const char units[] = "kmgKMG";
	size_t n = strlen(s);
	const char *unit = n ? strchr(units, s[n - 1]) : NULL;
	char text[32];
	double size;

	if (!n || n >= sizeof text)
		return false;
	memcpy(text, s, n + 1);
	if (unit)
		text[n - 1] = 0;
	if (!num_real(text, 0, 9e15, &size))
		return false;
	for (int i = unit ? (int)((unit - units) % 3) : -1; i >= 0; i--)
		size *= 1024;
	if (size > 9e15)
		return false;
	*v = (int64_t)size;
	return true;
}
