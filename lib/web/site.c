#include "web/site.h"
#include "base/buf.h"
#include "web/url.h"

#include <ctype.h>
#include <string.h>

#define STR(name, field) KEY(name, KEY_STR, struct web_site, field, 0, 0)
#define LIST(name, field) KEY(name, KEY_STRS, struct web_site, field, 0, 0)
#define CALL(name, field) \
	STR(name ".URL", field.url), STR(name ".SOURCE", field.source), \
		STR(name ".DATA", field.data), STR(name ".NEXT", field.next)

const struct key web_site_keys[] = {STR("NAME", name), STR("ROOT", root),
	STR("QUERY", query), STR("PIN_PAGE", pin_page),
	LIST("HEADERS", headers), LIST("IMAGES.HOSTS", image_hosts),
	LIST("IMAGES.SIZES", sizes), LIST("IMAGES.EXTENSIONS", extensions),
	CALL("SEARCH", search), CALL("BOARD", board),
	CALL("BOARD_ID", board_id), LIST("BOARD_ID.FOUND", found_id),
	STR("API.ROOT", api_root), CALL("API.SEARCH", api_search),
	CALL("API.BOARD", api_board), LIST("ANSWER.ITEMS", items),
	LIST("ANSWER.BOOKMARK", bookmark), LIST("ANSWER.END", end),
	LIST("ANSWER.ERROR", error), LIST("PAGE.SCRIPTS", scripts),
	LIST("PAGE.PINS", state), LIST("PAGE.CALLS", calls), LIST("PIN.ID", id),
	LIST("PIN.SIGNATURE", signature), LIST("PIN.IMAGES", images),
	LIST("PIN.MORE", more), LIST("PIN.TITLE", title),
	LIST("PIN.DESCRIPTION", description), LIST("PIN.ALT", alt),
	LIST("PIN.BOARD", board_name), LIST("PIN.PINNER", pinner),
	LIST("PIN.COLOUR", colour), LIST("PIN.LINK", link),
	LIST("PIN.CREATED", created), LIST("PIN.LICENCE", licence), {0}};

/* ---- paths ---- */

static bool is_part(const char *key, const char *part, size_t n)
{
	return key && strlen(key) == n && !memcmp(key, part, n);
}

/* The paths come from a file that the operator trusts, and are no deeper than
 * it is long. */
int web_path_all(
	const struct json *j, const char *path, struct json **out, int max)
{
	size_t n = strcspn(path, ".");
	const char *rest = path[n] ? path + n + 1 : NULL;
	bool array = json_kind(j) == JSON_ARRAY;
	bool any = n == 1 && *path == '*';
	int found = 0, place = 0;

	json_each (item, j) {
		char number[16];
		bool here = any;

		if (!here && array) {
			snprintf(number, sizeof number, "%d", place++);
			here = is_part(number, path, n);
		} else if (!here) {
			here = is_part(json_key(item), path, n);
		}
		if (!here)
			continue;
		/* Of a key that is there twice the last one counts. */
		if (!any)
			found = 0;
		if (found == max)
			break;
		if (rest)
			found += web_path_all(
				item, rest, out + found, max - found);
		else
			out[found++] = item;
	}
	return found;
}

struct json *web_path_first(const struct json *j, const struct key_strs *paths)
{
	for (int i = 0; i < paths->n; i++) {
		struct json *found;

		if (web_path_all(j, paths->v[i], &found, 1) &&
			json_kind(found) != JSON_NULL)
			return found;
	}
	return NULL;
}

/* ---- templates ---- */

static void add_json(struct buf *b, const char *s)
{
	struct buf quoted;

	buf_init(&quoted, b->max);
	if (json_quote(&quoted, s) && quoted.n >= 2)
		buf_add(b, quoted.p + 1, quoted.n - 2);
	buf_release(&quoted);
}

static bool listed(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = names; s && (s = strstr(s, name)) != NULL; s += n)
		if ((s == names || s[-1] == ' ') && (!s[n] || s[n] == ' '))
			return true;
	return false;
}

char *web_fill(struct arena *a, const char *text, const struct web_fill *with,
	enum web_escape how, const char *raw)
{
	char *out;
	struct buf b;

	buf_init(&b, 1 << 20);
	while (*text) {
		const struct web_fill *w = with;

		for (; w->name; w++) {
			size_t n = strlen(w->name);

			if (*text == '{' && !strncmp(text + 1, w->name, n) &&
				text[n + 1] == '}')
				break;
		}
		if (!w->name) {
			buf_add(&b, text++, 1);
			continue;
		}
		text += strlen(w->name) + 2;
		if (how == WEB_RAW || listed(raw, w->name))
			buf_str(&b, w->value);
		else if (how == WEB_JSON)
			add_json(&b, w->value);
		else
			buf_str(&b, web_url_escape(a, w->value));
	}
	out = arena_dupn(a, b.p ? b.p : "", b.n);
	buf_release(&b);
	return out;
}
