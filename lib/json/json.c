#include "base/buf.h"
#include "json/json_int.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum json_kind json_kind(const struct json *j)
{
	return j ? j->kind : JSON_NULL;
}

const char *json_kind_name(const struct json *j)
{
	static const char *const names[] = {"null", "a boolean", "a number",
		"a string", "an array", "an object"};

	return names[json_kind(j)];
}

struct json *json_first(const struct json *list)
{
	return list ? list->first : NULL;
}

struct json *json_next(const struct json *item)
{
	return item->next;
}

const char *json_key(const struct json *member)
{
	return member->key;
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
		if (!strcmp(item->key, key))
			found = item;
	return found;
}

bool json_to_bool(const struct json *j, bool *v)
{
	if (json_kind(j) != JSON_BOOL)
		return false;
	*v = j->truth;
	return true;
}

bool json_to_num(const struct json *j, double *v)
{
	if (json_kind(j) != JSON_NUMBER)
		return false;
	*v = json_number_value(j->text, j->len);
	return true;
}

bool json_to_int(const struct json *j, int64_t *v)
{
	char *end;
	long long n;
	double d;

	if (json_kind(j) != JSON_NUMBER)
		return false;
	errno = 0;
	n = strtoll(j->text, &end, 10);
	if (end == j->text + j->len) {
		if (errno)
			return false;
		*v = n;
		return true;
	}
	/* 1e3 and 5.0 are whole too. */
	d = json_number_value(j->text, j->len);
	if (d != floor(d) || fabs(d) > 0x1p53)
		return false;
	*v = (int64_t)d;
	return true;
}

const char *json_to_str(const struct json *j)
{
	return json_kind(j) == JSON_STRING ? j->text : NULL;
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

/* ==== Making values ==== */

static struct json *new_value(struct arena *a, struct json is)
{
	struct json *j = arena_alloc(a, sizeof *j);

	*j = is;
	return j;
}

struct json *json_null(struct arena *a)
{
	return new_value(a, (struct json){.kind = JSON_NULL});
}

struct json *json_bool(struct arena *a, bool v)
{
	return new_value(a, (struct json){.kind = JSON_BOOL, .truth = v});
}

static struct json *number(struct arena *a, const char *text)
{
	return new_value(a, (struct json){.kind = JSON_NUMBER,
				    .text = arena_dup(a, text),
				    .len = (uint32_t)strlen(text)});
}

struct json *json_int(struct arena *a, int64_t v)
{
	char text[JSON_NUMBER_SIZE];

	snprintf(text, sizeof text, "%lld", (long long)v);
	return number(a, text);
}

struct json *json_num(struct arena *a, double v)
{
	char text[JSON_NUMBER_SIZE];

	return isfinite(v) ? number(a, json_format(v, text)) : json_null(a);
}

struct json *json_str(struct arena *a, const char *s)
{
	return new_value(
		a, (struct json){.kind = JSON_STRING, .text = arena_dup(a, s)});
}

struct json *json_array(struct arena *a)
{
	return new_value(a, (struct json){.kind = JSON_ARRAY});
}

struct json *json_object(struct arena *a)
{
	return new_value(a, (struct json){.kind = JSON_OBJECT});
}

static void append(struct json *list, struct json *item)
{
	item->next = NULL;
	if (list->last)
		list->last->next = item;
	else
		list->first = item;
	list->last = item;
}

struct json *json_copy(struct arena *a, const struct json *j)
{
	struct json *to = new_value(a, *j);

	to->key = NULL;
	to->first = to->last = to->next = NULL;
	if (j->kind == JSON_NUMBER)
		to->text = arena_dupn(a, j->text, j->len);
	else if (j->text)
		to->text = arena_dup(a, j->text);
	json_each (item, j) {
		struct json *child = json_copy(a, item);

		if (item->key)
			child->key = arena_dup(a, item->key);
		append(to, child);
	}
	return to;
}

void json_add(struct json *array, struct json *item)
{
	BUG_ON(json_kind(array) != JSON_ARRAY || !item);
	append(array, item);
}

void json_put(
	struct arena *a, struct json *obj, const char *key, struct json *value)
{
	struct json *old = json_get(obj, key), **at;

	BUG_ON(json_kind(obj) != JSON_OBJECT || !value);
	if (!old) {
		value->key = arena_dup(a, key);
		append(obj, value);
		return;
	}
	if (old == value)
		return;
	value->key = old->key;
	value->next = old->next;
	for (at = &obj->first; *at != old;)
		at = &(*at)->next;
	*at = value;
	if (obj->last == old)
		obj->last = value;
}
