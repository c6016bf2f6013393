/*
 * A file that is being fetched: DIR/NAME.URL.VERSION, where two hashes stand
 * for its address and the server's word for its version (ETag, Last-Modified).
 * What an earlier try, or an earlier run, has left of it is asked to be
 * continued; what cannot be continued is fetched anew.
 *
 *	web_part_begin(&part, dir, name, url, true, &a);
 *	request.sink = web_part_sink(&part);
 *	bad = web_client_get(client, &request, &answer, e);
 *	if (web_part_end(&part, e) || bad)
 *		web_part_drop(&part);
 */
#ifndef WEB_PART_H
#define WEB_PART_H

#include "base/arena.h"
#include "web/http.h"

struct web_part {
	const char *dir, *name, *url;
	char *path;          /* where it is; NULL: there is nothing yet */
	int fd;              /* -1: not open */
	int64_t size, total; /* bytes there; of all, -1: not told */
	struct arena *mem;
	char validator[128]; /* what this run was told; "": nothing */
};

/* Nothing is made before the first byte comes, then the folder too. look: the
 * folder may hold parts of another run. */
void web_part_begin(struct web_part *p, const char *dir, const char *name,
	const char *url, bool look, struct arena *a);
struct web_sink web_part_sink(struct web_part *p);
/* Close it; ERR_IO. The file stays, and so does path, until it is dropped or
 * kept. */
int web_part_end(struct web_part *p, struct err *e);
/* Forget it, the file removed. */
void web_part_drop(struct web_part *p);
/* Forget it, the file left for another time. */
void web_part_leave(struct web_part *p);
/* It is whole: give it this name. */
int web_part_keep(struct web_part *p, const char *path, struct err *e);

/* Remove what was left by tries that nobody will take up again, and the folder
 * when it is empty. */
void web_part_sweep(const char *dir);

#endif
