/* The header of an answer, in lines as libcurl hands them over. */
#include "web/header.h"
#include "fuzz.h"

static void check_text(const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	BUG_ON(n == size);
	for (size_t i = 0; i < n; i++)
		BUG_ON((unsigned char)s[i] < 0x20 || s[i] == 0x7f);
}

static void check(const struct web_header *h)
{
	check_text(h->type, sizeof h->type);
	check_text(h->etag, sizeof h->etag);
	check_text(h->modified, sizeof h->modified);
	check_text(h->location, sizeof h->location);
	check_text(h->robots_tag, sizeof h->robots_tag);
	BUG_ON(h->status < 0 || h->status > 999);
	BUG_ON(h->from < -1 || h->total < -1 || h->length < -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *line = (const char *)data, *end = line + n;
	struct web_header h;

	web_header_init(&h);
	while (line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		next = next ? next + 1 : end;
		if (!web_header_line(&h, line, (size_t)(next - line)))
			break;
		line = next;
		check(&h);
	}
	web_header_validator(&h);
	web_header_release(&h);
	return 0;
}
