#include "json/json.h"
#include "json/json_int.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <cjson/cJSON.h>

/*
 * cJSON allocates from the arena of the call that is running. The pieces are
 * carved from chunks, since a parse makes many small ones; a chunk is not
 * kept from one call to the next, in between which the arena may be reset.
 */
enum { PIECE_ALIGN = 16 };

static _Thread_local struct {
	struct arena *arena;
	char *at;
	size_t left, chunk;
} pool;

static void *pool_alloc(size_t n)
{
	char *p;

	BUG_ON(!pool.arena);
	n = (n + PIECE_ALIGN - 1) & ~(size_t)(PIECE_ALIGN - 1);
	if (pool.left < n) {
		pool.left = n > pool.chunk ? n : pool.chunk;
		pool.at = arena_alloc(pool.arena, pool.left);
	}
	p = pool.at;
	pool.at += n;
	pool.left -= n;
	return p;
}

static void pool_free(void *p)
{
	(void)p; /* the arena's reset frees */
}

static void set_hooks(void)
{
	cJSON_Hooks hooks = {pool_alloc, pool_free};

	cJSON_InitHooks(&hooks);
}

static void pool_use(struct arena *a, size_t chunk)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_hooks);
	pool.arena = a;
	pool.left = 0;
	pool.chunk = chunk;
}

static cJSON *in(const struct json *j)
{
	return (cJSON *)j;
}

static struct json *out(cJSON *c)
{
	return (struct json *)c;
}

/*
 * Give each number the text that it was read from: the numbers of the tree,
 * in its order, are those of the text. (cJSON leaves valuestring of a number
 * unused.)
 */
static const char *keep_numbers(cJSON *c, const char *text)
{
	if (cJSON_IsNumber(c)) {
		c->valuestring = (char *)json_scan_number(text);
		return c->valuestring + json_scan_number_len(c->valuestring);
	}
	json_each (item, out(c))
		text = keep_numbers(in(item), text);
	return text;
}

struct json *json_parse(
	const char *text, size_t n, struct arena *a, struct err *e)
{
	const char *end = NULL;
	cJSON *c;

	if (n > JSON_MAX) {
		err_set(e, ERR_DATA, "bad JSON: %zu bytes, more than %d", n,
			JSON_MAX);
		return NULL;
	}
	text = arena_dupn(a, text, n);
	if (json_scan(text, n, e))
		return NULL;
	pool_use(a, n < 4096 ? 2048 : 1 << 16);
	c = cJSON_ParseWithLengthOpts(text, n + 1, &end, 1);
	if (!c) {
		size_t at = end ? (size_t)(end - text) : 0;

		if (at >= n)
			err_set(e, ERR_DATA, "bad JSON: it ends too early");
		else
			err_set(e, ERR_DATA,
				"bad JSON at byte %zu: '%.*s' not expected",
				at + 1,
				(int)json_utf8_span(
					text + at, n - at < 12 ? n - at : 12),
				text + at);
		return NULL;
	}
	keep_numbers(c, text);
	return out(c);
}

enum json_kind json_kind(const struct json *j)
{
	switch (j ? in(j)->type & 0xff : cJSON_NULL) {
	case cJSON_True:
	case cJSON_False:
		return JSON_BOOL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

const char *json_kind_name(const struct json *j)
{
	static const char *const names[] = {"null", "a boolean", "a number",
		"a string", "an array", "an object"};

	return names[json_kind(j)];
}

struct json *json_first(const struct json *list)
{
	enum json_kind k = json_kind(list);

	return k == JSON_ARRAY || k == JSON_OBJECT ? out(in(list)->child)
						   : NULL;
}

struct json *json_next(const struct json *item)
{
	return out(in(item)->next);
}

const char *json_key(const struct json *member)
{
	return in(member)->string;
}

int json_count(const struct json *list)
{
	int n = 0;

	json_each (item, list)
		n++;
	return n;
}

struct json *json_get(const struct json *obj, const char *key)
{
	struct json *found = NULL;

	if (json_kind(obj) != JSON_OBJECT)
		return NULL;
	json_each (item, obj)
		if (!strcmp(json_key(item), key))
			found = item;
	return found;
}

bool json_to_bool(const struct json *j, bool *v)
{
	if (json_kind(j) != JSON_BOOL)
		return false;
	*v = cJSON_IsTrue(in(j));
	return true;
}

bool json_to_num(const struct json *j, double *v)
{
	if (json_kind(j) != JSON_NUMBER)
		return false;
	*v = in(j)->valuedouble;
	return true;
}

bool json_to_int(const struct json *j, int64_t *v)
{
	const char *text;
	char *end;
	long long n;
	double d;

	if (json_kind(j) != JSON_NUMBER)
		return false;
	text = in(j)->valuestring;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text + json_scan_number_len(text)) {
		if (errno)
			return false;
		*v = n;
		return true;
	}
	/* 1e3 and 5.0 are whole too. */
	d = in(j)->valuedouble;
	if (d != floor(d) || fabs(d) > 0x1p53)
		return false;
	*v = (int64_t)d;
	return true;
}

const char *json_to_str(const struct json *j)
{
	return json_kind(j) == JSON_STRING ? in(j)->valuestring : NULL;
}

bool json_get_bool(const struct json *obj, const char *key, bool *v)
{
	return json_to_bool(json_get(obj, key), v);
}

bool json_get_int(const struct json *obj, const char *key, int64_t *v)
{
	return json_to_int(json_get(obj, key), v);
}

bool json_get_num(const struct json *obj, const char *key, double *v)
{
	return json_to_num(json_get(obj, key), v);
}

const char *json_get_str(const struct json *obj, const char *key)
{
	return json_to_str(json_get(obj, key));
}

struct json *json_null(struct arena *a)
{
	pool_use(a, 0);
	return out(cJSON_CreateNull());
}

struct json *json_bool(struct arena *a, bool v)
{
	pool_use(a, 0);
	return out(cJSON_CreateBool(v));
}

static struct json *number(struct arena *a, double v, const char *text)
{
	cJSON *c;

	pool_use(a, 0);
	c = cJSON_CreateNumber(v);
	c->valuestring = arena_dup(a, text);
	return out(c);
}

struct json *json_int(struct arena *a, int64_t v)
{
	char text[JSON_NUMBER_SIZE];

	snprintf(text, sizeof text, "%lld", (long long)v);
	return number(a, (double)v, text);
}

struct json *json_num(struct arena *a, double v)
{
	char text[JSON_NUMBER_SIZE];

	return isfinite(v) ? number(a, v, json_format(v, text)) : json_null(a);
}

struct json *json_str(struct arena *a, const char *s)
{
	pool_use(a, 0);
	return out(cJSON_CreateString(s));
}

struct json *json_array(struct arena *a)
{
	pool_use(a, 0);
	return out(cJSON_CreateArray());
}

struct json *json_object(struct arena *a)
{
	pool_use(a, 0);
	return out(cJSON_CreateObject());
}

static cJSON *copy(struct arena *a, const cJSON *c)
{
	cJSON *to = pool_alloc(sizeof *to);

	*to = (cJSON){.type = c->type & 0xff, .valuedouble = c->valuedouble};
	if (cJSON_IsNumber(c))
		to->valuestring = arena_dupn(a, c->valuestring,
			json_scan_number_len(c->valuestring));
	else if (c->valuestring)
		to->valuestring = arena_dup(a, c->valuestring);
	json_each (item, out((cJSON *)c)) {
		cJSON *child = copy(a, in(item));

		if (json_key(item))
			cJSON_AddItemToObject(to, json_key(item), child);
		else
			cJSON_AddItemToArray(to, child);
	}
	return to;
}

struct json *json_copy(struct arena *a, const struct json *j)
{
	pool_use(a, 0);
	return out(copy(a, in(j)));
}

void json_add(struct json *array, struct json *item)
{
	BUG_ON(json_kind(array) != JSON_ARRAY || !item);
	cJSON_AddItemToArray(in(array), in(item));
}

void json_put(
	struct arena *a, struct json *obj, const char *key, struct json *value)
{
	struct json *old = json_get(obj, key);

	BUG_ON(json_kind(obj) != JSON_OBJECT || !value);
	pool_use(a, 0);
	if (!old) {
		cJSON_AddItemToObject(in(obj), key, in(value));
	} else if (old != value) {
		in(value)->string = in(old)->string;
		cJSON_ReplaceItemViaPointer(in(obj), in(old), in(value));
	}
}
