/*
 * How a site speaks, as data: where it is, which requests it answers and how,
 * where in its JSON things are. pipelines/conf/pinterest.yaml says it for
 * Pinterest, and explains each key. When the site changes, that file does.
 *
 * A path leads into JSON: names and numbers of items joined by dots, * for any.
 * Of several the first that leads somewhere counts.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "base/arena.h"
#include "base/keys.h"
#include "json/json.h"

/* A request for a page of a list, of which the first is asked without a
 * bookmark. */
struct web_call {
	char url[KEY_STR_MAX];    /* {root} {source} {data} {query} ... */
	char source[KEY_STR_MAX]; /* fills {source} */
	char data[KEY_STR_MAX];   /* fills {data}: JSON */
	char next[KEY_STR_MAX];   /* added to url when there is {bookmark} */
};

struct web_site {
	char name[KEY_STR_MAX];
	char root[KEY_STR_MAX], api_root[KEY_STR_MAX];
	char pin_page[KEY_STR_MAX]; /* {root} {id} */
	struct key_strs headers;    /* of calls, not of the API's */
	struct key_strs image_hosts;
	struct key_strs sizes, extensions; /* best first */

	struct web_call search, board, board_id, api_search, api_board;
	struct key_strs found_id; /* paths in what board_id answers */

	struct key_strs items, bookmark, error; /* paths in an answer */
	struct key_strs end; /* bookmarks that begin so are the last */

	char query[KEY_STR_MAX]; /* {brand} {season}: what is searched for */
	struct key_strs scripts; /* ids of script elements with JSON */
	struct key_strs state;   /* paths in that to the pins */
	struct key_strs calls;   /* functions that are given JSON in scripts */

	/* Paths in a pin. */
	struct key_strs id, signature, images, more, title, description, alt,
		board_name, pinner, colour, link, created, licence;
};

/* Set by conf/conf.h. */
extern const struct key web_site_keys[];

/* The first that a path of the list leads to; NULL for nowhere or null. */
struct json *web_path_first(const struct json *j, const struct key_strs *paths);
/* The same for one path, all that it leads to: their number, at most max. */
int web_path_all(
	const struct json *j, const char *path, struct json **out, int max);

/* A text with {name} replaced; what is in braces but no name stays. */
struct web_fill {
	const char *name, *value;
};
enum web_escape { WEB_RAW, WEB_PERCENT, WEB_JSON };
/* The values escaped, but not those whose name is in raw ("root"). */
char *web_fill(struct arena *a, const char *text, const struct web_fill *with,
	enum web_escape how, const char *raw);

#endif
