#include "web/archive.h"
#include "base/mem.h"

#include <sqlite3.h>
#include <string.h>

/* state: 0 added, 1 told, 2 safe. Without a WAL each addition would wait for
 * the disk; with it a power cut may take the last ones, but whole. */
static const char schema[] =
	"PRAGMA locking_mode = EXCLUSIVE;"
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = NORMAL;"
	"PRAGMA wal_autocheckpoint = 8000;"
	"BEGIN EXCLUSIVE;"
	"CREATE TABLE IF NOT EXISTS picture (id INTEGER PRIMARY KEY,"
	" sha256 TEXT UNIQUE NOT NULL, path TEXT UNIQUE NOT NULL,"
	" record TEXT NOT NULL, state INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS unsafe ON picture(state) WHERE state < 2;"
	"CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY,"
	" sha256 TEXT, cause TEXT) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS list (name TEXT PRIMARY KEY,"
	" bookmark TEXT NOT NULL) WITHOUT ROWID;"
	"COMMIT;";

enum statement {
	FIND,
	CONTENT,
	HAS_PATH,
	ADD,
	TOLD,
	SAFE,
	KNOW,
	DROP_PICTURE,
	DROP_KEYS,
	GET_LIST,
	SET_LIST,
	END_LIST,
	STATEMENTS
};

static const char *const texts[STATEMENTS] = {
	[FIND] = "SELECT sha256 IS NOT NULL FROM known WHERE key = ?",
	[CONTENT] = "SELECT path FROM picture WHERE sha256 = ?",
	[HAS_PATH] = "SELECT 1 FROM picture WHERE path = ?",
	[ADD] = "INSERT OR REPLACE INTO picture(sha256, path, record, state)"
		" VALUES (?, ?, ?, 0)",
	[TOLD] = "UPDATE picture SET state = 1 WHERE state = 0",
	[SAFE] = "UPDATE picture SET state = 2 WHERE state = 1",
	[KNOW] = "INSERT OR REPLACE INTO known(key, sha256, cause)"
		 " VALUES (?, ?, ?)",
	[DROP_PICTURE] = "DELETE FROM picture WHERE sha256 = ?",
	[DROP_KEYS] = "DELETE FROM known WHERE sha256 = ?",
	[GET_LIST] = "SELECT bookmark FROM list WHERE name = ?",
	[SET_LIST] = "INSERT OR REPLACE INTO list(name, bookmark)"
		     " VALUES (?, ?)",
	[END_LIST] = "DELETE FROM list WHERE name = ?",
};

struct web_archive {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statement[STATEMENTS];
	bool told; /* what is in it was told: written with what comes next */
	bool pending;
};

static int trouble(const struct web_archive *a, struct err *e)
{
	int code = a->db ? sqlite3_errcode(a->db) : SQLITE_NOMEM;

	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return err_set(e, ERR_LATER,
			"'%s' is in use by another process", a->path);
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return err_set(
			e, ERR_DATA, "'%s' is no archive, or damaged", a->path);
	return err_set(e, code == SQLITE_CANTOPEN ? ERR_CREATE : ERR_IO,
		"cannot use '%s': %s", a->path,
		a->db ? sqlite3_errmsg(a->db) : "out of memory");
}

static int prepare(struct web_archive *a, struct err *e)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v2(
			    a->db, texts[i], -1, &a->statement[i], NULL))
			return trouble(a, e);
	return 0;
}

static void release(struct web_archive *a)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(a->statement[i]);
	sqlite3_close(a->db);
	mem_free(a->path);
	mem_free(a);
}

struct web_archive *web_archive_open(const char *path, struct err *e)
{
	struct web_archive *a = mem_alloc(1, sizeof *a);

	a->path = mem_dup(path ? path : ":memory:");
	if (sqlite3_open(a->path, &a->db) ||
		sqlite3_exec(a->db, schema, NULL, NULL, NULL)) {
		trouble(a, e);
	} else if (!prepare(a, e)) {
		return a;
	}
	release(a);
	return NULL;
}

/* Run a statement with up to three texts; its first row stays to be read. */
static int run(struct web_archive *a, enum statement which, const char *x,
	const char *y, const char *z)
{
	sqlite3_stmt *s = a->statement[which];
	const char *with[] = {x, y, z};

	sqlite3_reset(s);
	for (int i = 0; i < sqlite3_bind_parameter_count(s); i++)
		sqlite3_bind_text(s, i + 1, with[i], -1, SQLITE_STATIC);
	return sqlite3_step(s);
}

static int done(struct web_archive *a, enum statement which, const char *x,
	const char *y, const char *z, struct err *e)
{
	int code = run(a, which, x, y, z);
	int bad = code == SQLITE_DONE ? 0 : trouble(a, e);

	sqlite3_reset(a->statement[which]);
	return bad;
}

static const char *text_or_null(struct web_archive *a, enum statement which,
	const char *x, struct arena *mem)
{
	const char *s = NULL;

	if (run(a, which, x, NULL, NULL) == SQLITE_ROW)
		s = arena_dup(mem, (const char *)sqlite3_column_text(
					   a->statement[which], 0));
	sqlite3_reset(a->statement[which]);
	return s;
}

enum web_known web_archive_find(
	struct web_archive *a, const struct web_keys *keys)
{
	enum web_known found = WEB_UNKNOWN;

	for (int i = 0; i < keys->n && found != WEB_HAD; i++) {
		if (run(a, FIND, keys->v[i], NULL, NULL) == SQLITE_ROW)
			found = sqlite3_column_int(a->statement[FIND], 0)
					? WEB_HAD
					: WEB_BAD;
		sqlite3_reset(a->statement[FIND]);
	}
	return found;
}

const char *web_archive_content(
	struct web_archive *a, const char *sha256, struct arena *mem)
{
	return text_or_null(a, CONTENT, sha256, mem);
}

bool web_archive_has_path(struct web_archive *a, const char *path)
{
	bool has = run(a, HAS_PATH, path, NULL, NULL) == SQLITE_ROW;

	sqlite3_reset(a->statement[HAS_PATH]);
	return has;
}

/* Changes go together until they are committed. Those that were told are
 * marked before others come. */
static int begin(struct web_archive *a, struct err *e)
{
	bool told = a->told;

	if (!a->pending && sqlite3_exec(a->db, "BEGIN", NULL, NULL, NULL))
		return trouble(a, e);
	a->pending = true;
	a->told = false;
	return told ? done(a, TOLD, NULL, NULL, NULL, e) : 0;
}

bool web_archive_pending(const struct web_archive *a)
{
	return a->pending || a->told;
}

int web_archive_commit(struct web_archive *a, struct err *e)
{
	if (!web_archive_pending(a))
		return 0;
	if (begin(a, e))
		return -1;
	a->pending = false;
	if (!sqlite3_exec(a->db, "COMMIT", NULL, NULL, NULL))
		return 0;
	trouble(a, e);
	sqlite3_exec(a->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

static int know(struct web_archive *a, const struct web_keys *keys,
	const char *sha256, const char *cause, struct err *e)
{
	int bad = begin(a, e);

	for (int i = 0; i < keys->n && !bad; i++)
		bad = done(a, KNOW, keys->v[i], sha256, cause, e);
	return bad;
}

int web_archive_add(struct web_archive *a, const struct web_keys *keys,
	const char *sha256, const char *path, const char *record, struct err *e)
{
	if (begin(a, e) || done(a, ADD, sha256, path, record, e))
		return -1;
	return know(a, keys, sha256, NULL, e);
}

void web_archive_told(struct web_archive *a)
{
	a->told = true;
}

int web_archive_safe(struct web_archive *a, struct err *e)
{
	return begin(a, e) || done(a, SAFE, NULL, NULL, NULL, e) ? -1 : 0;
}

int web_archive_link(struct web_archive *a, const struct web_keys *keys,
	const char *sha256, struct err *e)
{
	return know(a, keys, sha256, NULL, e);
}

int web_archive_bad(struct web_archive *a, const struct web_keys *keys,
	const char *cause, struct err *e)
{
	return know(a, keys, NULL, cause, e);
}

int web_archive_drop(struct web_archive *a, const char *sha256, struct err *e)
{
	if (begin(a, e) || done(a, DROP_PICTURE, sha256, NULL, NULL, e))
		return -1;
	return done(a, DROP_KEYS, sha256, NULL, NULL, e);
}

int web_archive_each(struct web_archive *a, bool unsafe,
	int (*use)(void *to, const struct web_entry *entry, struct err *e),
	void *to, struct err *e)
{
	static const char *const query[] = {
		"SELECT sha256, path, record, state FROM picture ORDER BY id",
		"SELECT sha256, path, record, state FROM picture "
		"WHERE state < 2 ORDER BY id"};
	sqlite3_stmt *s;
	int code = SQLITE_DONE, bad = 0;

	if (web_archive_commit(a, e))
		return -1;
	if (sqlite3_prepare_v2(a->db, query[unsafe], -1, &s, NULL))
		return trouble(a, e);
	while (!bad && (code = sqlite3_step(s)) == SQLITE_ROW) {
		struct web_entry entry = {
			(const char *)sqlite3_column_text(s, 0),
			(const char *)sqlite3_column_text(s, 1),
			(const char *)sqlite3_column_text(s, 2),
			sqlite3_column_int(s, 3) > 0};

		bad = use(to, &entry, e);
	}
	if (!bad && code != SQLITE_DONE)
		bad = trouble(a, e);
	sqlite3_finalize(s);
	return bad;
}

const char *web_archive_bookmark(
	struct web_archive *a, const char *list, struct arena *mem)
{
	return text_or_null(a, GET_LIST, list, mem);
}

int web_archive_set_bookmark(struct web_archive *a, const char *list,
	const char *bookmark, struct err *e)
{
	if (begin(a, e))
		return -1;
	return bookmark ? done(a, SET_LIST, list, bookmark, NULL, e)
			: done(a, END_LIST, list, NULL, NULL, e);
}

int web_archive_close(struct web_archive *a, struct err *e)
{
	int bad;

	if (!a)
		return 0;
	bad = web_archive_commit(a, e);
	release(a);
	return bad;
}
