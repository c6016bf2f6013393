#include "json/json_int.h"

#include <string.h>

/* Unicode 15.0, table 3-7: no surrogates, no overlong forms, nothing above
 * U+10FFFF. */
size_t json_utf8_len(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		lo = 0xa0;
	else if (s[0] == 0xed)
		hi = 0x9f;
	else if (s[0] == 0xf0)
		lo = 0x90;
	else if (s[0] == 0xf4)
		hi = 0x8f;
	if (n < len || s[1] < lo || s[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return len;
}

size_t json_utf8_span(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		uint64_t eight;

		if (n - i >= sizeof eight) {
			memcpy(&eight, s + i, sizeof eight);
			if (!(eight & 0x8080808080808080u)) {
				i += sizeof eight;
				continue;
			}
		}
		len = json_utf8_len(s + i, n - i);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}
