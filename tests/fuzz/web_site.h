/* What targets of web/ share: the site's description, and what must hold of
 * every pin, wherever it was read. */
#ifndef FUZZ_WEB_SITE_H
#define FUZZ_WEB_SITE_H

#include "conf/conf.h"
#include "fuzz.h"
#include "web/pin.h"

static inline const struct web_site *fuzz_site(void)
{
	static struct web_site site;
	struct err e;

	BUG_ON(!*site.name && conf_load("pipelines/conf/pinterest.yaml",
				      web_site_keys, &site, NULL, NULL, &e));
	return &site;
}

static inline void fuzz_pins_check(const struct web_pin *pins, struct arena *a)
{
	for (const struct web_pin *p = pins; p; p = p->next) {
		const char *name = web_pin_name(p, a);
		const char *title;

		BUG_ON(p->nurl < 1 || p->nurl > PIN_URLS_MAX);
		for (int i = 0; i < p->nurl; i++)
			BUG_ON(strncmp(p->url[i], "http://", 7) &&
				strncmp(p->url[i], "https://", 8));
		/* A name that can't leave its folder, nor be an option. */
		BUG_ON(!*name || *name == '-' || strlen(name) > 64 ||
			name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789_-")]);
		BUG_ON(p->width < 0 || p->height < 0);
		title = json_get_str(
			web_pin_source(fuzz_site(), p, a), "title");
		BUG_ON(title && strcmp(title, p->title));
		BUG_ON(title && strlen(title) > PIN_TEXT_MAX);
	}
}

#endif
