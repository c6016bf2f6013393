/*
 * What is being fetched. The first WEB_PART_HELD bytes are held in memory;
 * beyond them, or when it is left for another run, it is a file
 * DIR/NAME.URL.VERSION, where two hashes stand for its address and the server's
 * word for its version (ETag, Last-Modified). What an earlier try, or an
 *earlier run, has left of it is asked to be continued; what cannot be continued
 *is fetched anew.
 *
 *	web_part_begin(&part, dir, name, url, true, &a);
 *	request.sink = web_part_sink(&part);
 *	bad = web_client_get(client, &request, &answer, e);
 *	if (web_part_end(&part, e) || bad)
 *		web_part_drop(&part);
 *	else
 *		bad = web_part_keep(&part, "picture.jpg", e);
 */
#ifndef WEB_PART_H
#define WEB_PART_H

#include "base/arena.h"
#include "base/buf.h"
#include "web/http.h"

enum { WEB_PART_HELD = 256 << 10 };

struct web_part {
	const char *dir, *name, *url;
	char *path; /* of its file; NULL: there is nothing yet */
	bool filed; /* the file is there, and has all of it; else held has */
	struct buf held;
	int fd;              /* of the file; -1: not open */
	void *map;           /* the file, mapped; NULL */
	int64_t size, total; /* bytes there; of all, -1: not told */
	struct arena *mem;
	char validator[128]; /* what this run was told; "": nothing */
};

/* No file, nor its folder, is made before it must be. look: the folder may hold
 * parts of another run. */
void web_part_begin(struct web_part *p, const char *dir, const char *name,
	const char *url, bool look, struct arena *a);
struct web_sink web_part_sink(struct web_part *p);
/* No more bytes come; ERR_IO. What came stays until it is dropped or kept. */
int web_part_end(struct web_part *p, struct err *e);
/* All that came, p->size bytes; NULL: ERR_IO. */
const void *web_part_bytes(struct web_part *p, struct err *e);
/* Forget it, the file removed. */
void web_part_drop(struct web_part *p);
/* Forget it, a file left for another time, if that is possible. */
void web_part_leave(struct web_part *p);
/* It is whole: give it this name. Forgotten in any case. */
int web_part_keep(struct web_part *p, const char *path, struct err *e);

/* Remove what was left by tries that nobody will take up again, and the folder
 * when it is empty. */
void web_part_sweep(const char *dir);

#endif
