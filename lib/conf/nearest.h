/* The key that somebody who wrote `name` probably meant; NULL for no idea. */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include "base/keys.h"

const char *conf_nearest(const struct key *table, const char *name);

#endif
