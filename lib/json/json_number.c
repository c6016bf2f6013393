#include "json/json_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

size_t json_number_len(const char *text)
{
	const char *s = text + (*text == '-'), *from = s;
	bool ok;

	s = skip_digits(s);
	ok = s > from && (*from != '0' || s == from + 1);
	if (*s == '.') {
		from = s + 1;
		s = skip_digits(from);
		ok = ok && s > from;
	}
	if (*s == 'e' || *s == 'E') {
		from = s + 1 + (s[1] == '-' || s[1] == '+');
		s = skip_digits(from);
		ok = ok && s > from;
	}
	if (!ok || (*s && strchr("+-.eE", *s)))
		return 0;
	return (size_t)(s - text);
}

/*
 * Numbers of up to 19 characters without an exponent, nearly all that there
 * are: where the digits are below 2^53 and a power of ten is exact, one
 * division rounds right. (Clinger, "How to Read Floating Point Numbers
 * Accurately", PLDI 1990.)
 */
double json_number_value(const char *s, size_t len)
{
	static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
		1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
	bool minus = *s == '-';
	size_t i = minus, point = len;
	uint64_t digits = 0;
	double v;

	if (len - minus > 19)
		return strtod(s, NULL);
	for (; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9')
			digits = digits * 10 + (uint64_t)(s[i] - '0');
		else if (s[i] == '.')
			point = i + 1;
		else
			return strtod(s, NULL);
	}
	if (digits > (uint64_t)1 << 53)
		return strtod(s, NULL);
	v = (double)digits / power[len - point];
	return minus ? -v : v;
}

/* snprintf takes most of the time that writing a large file would. */
static const char *format_whole(
	int64_t v, bool minus, char text[JSON_NUMBER_SIZE])
{
	char digits[JSON_NUMBER_SIZE], *to = text;
	int n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	if (minus)
		*to++ = '-';
	while (n > 0)
		*to++ = digits[--n];
	*to = 0;
	return text;
}

const char *json_format(double v, char text[JSON_NUMBER_SIZE])
{
	/* Every integer up to 2^53 is exact. */
	if (v == floor(v) && fabs(v) <= 0x1p53)
		return format_whole((int64_t)fabs(v), signbit(v), text);
	/* Fewer digits than 15 need no try: %g drops the trailing zeros. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, JSON_NUMBER_SIZE, "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	return text;
}
