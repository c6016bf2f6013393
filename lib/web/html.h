/*
 * HTML by libxml2, as a stream: memory is what is kept of it, not the page.
 * The damage that its parser does to JSON in scripts by default (it takes
 * "</b>" out) is avoided.
 */
#ifndef WEB_HTML_H
#define WEB_HTML_H

#include <stddef.h>
#include "base/arena.h"

/* Texts that are not there are NULL. */
struct web_script {
	struct web_script *next;
	const char *id, *type, *text;
	size_t n;
};

struct web_image {
	struct web_image *next;
	const char *src, *alt;
	const char *href; /* of the link around it */
};

struct web_html {
	struct web_script *scripts; /* in their order, as are the images */
	struct web_image *images;
	/* of meta elements, by property or name */
	const char *og_image, *og_title, *og_description, *og_url;
	const char *og_width, *og_height;
	const char *robots, *licence;
	const char *canonical;
};

enum { WEB_IMAGES_MAX = 10000 };

/* Any bytes are accepted; all is allocated in a. */
void web_html_read(
	struct web_html *h, const char *text, size_t n, struct arena *a);

#endif
