/* What is known of Pinterest's pages and calls: pipelines/conf/pinterest.yaml,
 * of which every program has a copy in it. */
#ifndef APP_PINTEREST_H
#define APP_PINTEREST_H

#include "web/site.h"

/* From a file like it; NULL for the copy. ERR_CONFIG, ERR_NOINPUT. */
int pinterest_load(struct web_site *site, const char *path, struct err *e);

#endif
