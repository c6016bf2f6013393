/*
 * faultd: a web server for tests, that misbehaves as its script says.
 *
 *	faultd [-l LOG] [-r ROOT] [-t SECONDS] [-w PID] SCRIPT
 *
 * It listens on a free port of 127.0.0.1 and, where there is IPv6, of ::1,
 * goes to the background and prints "PORT PID". It ends when process -w is
 * gone (the parent's, if not given), after SECONDS (600), or by SIGTERM. Tests
 * in bats start it by `serve SCRIPT` of server.bash, beside this file.
 *
 * A SCRIPT has routes, from the first column, and below each, indented, its
 * answers. Requests of a route get its answers in turn; the last one repeats.
 * The first route that fits a request is the one; where none does, 404.
 *
 *	# comment
 *	/a.jpg
 *		429 retry-after=1
 *		500
 *		200 jpg=200x300:7
 *	/get/ query="\"bookmarks\":[\"two\"]" header="Cookie: seen=1"
 *		200 page=two.json
 *	/private*
 *		302 location=http://10.0.0.1/
 *
 * A route's path ends in * to fit all that begin so. query=TEXT asks that the
 * query of the URL, percent decoded, has TEXT somewhere; header="NAME: TEXT"
 * that a header has; method=M for a method.
 *
 * A value with blanks or a # stands in double quotes, where \n \r \t \" \\ and
 * \xHH mean what they do in C. An answer is a status and any of these:
 *
 *	text=TEXT page=FILE     the body; @BASE@ in it becomes http://HOST
 *	                        by the request's Host; also in location, header
 *	file=FILE               the body as it is; FILE is below -r (or here)
 *	jpg=WxH[:SEED] png=...  a drawn photograph (data/synth.h)
 *	zeros=N                 N zero bytes
 *	bomb=WxH                a black PNG, small, that decodes to W by H
 *	raw=TEXT                all that is sent, status and headers included
 *	type=TYPE               Content-Type, if not what the body suggests
 *	header="NAME: VALUE"    any other, as often as needed
 *	location=URL
 *	retry-after=S, =+S      in seconds, or as the date that is in S seconds
 *	gzip                    the body compressed, and Content-Encoding
 *	chunked                 no length but chunks
 *	endless                 the body again and again, chunked
 *	length=N, =none         a Content-Length that may lie; none at all
 *	cut=N reset=N           after N bytes of the body, close or RST
 *	drip=N/MS               N bytes each MS milliseconds
 *	wait=MS                 before the first byte
 *	hang                    not one byte, ever
 *	close                   the connection ends with the answer
 *	no-range                Range is ignored; else it gives 206 or 416
 *	etag=TEXT, =none        a strong ETag in quotes; files and pictures have
 *	                        one of their content. If-Range is held to it
 *
 * Of /=stats it says, as JSON, what was asked of it: requests, connections,
 * open (now), open_max (connections at once), busy_max (requests at once),
 * host_max (those of one Host), bytes (of bodies sent), and in routes how often
 * each was asked. /=reset forgets that, and begins every route anew. Neither is
 * counted. LOG gets a line of JSON a request: ms since the start, connection,
 * method, path, query (decoded), status, headers (names in small letters).
 */
#ifndef WEB_FAULTD_H
#define WEB_FAULTD_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* ---- the script (fault_script.c) ---- */

enum source {
	SOURCE_NONE,
	SOURCE_TEXT,
	SOURCE_PAGE,
	SOURCE_FILE,
	SOURCE_JPG,
	SOURCE_PNG,
	SOURCE_ZEROS,
	SOURCE_BOMB,
	SOURCE_RAW
};

/* What is not said is -1, NULL or false. */
struct answer {
	struct answer *next;
	long status;
	enum source source;
	const char *of; /* what the source's key says */
	const char *type, *headers, *location, *retry_after, *length, *drip,
		*etag;
	long cut, reset, wait;
	bool gzip, chunked, endless, hang, close, no_range;
	struct buf body;
	unsigned long sum; /* of the body, for its ETag */
};

struct route {
	struct route *next;
	char *path, *query, *header, *method;
	struct answer *answers, *now;
	long asked;
};

struct script {
	struct route *routes;
	const char *root; /* of the files it names */
	struct arena mem;
};

/* Bodies are made too, of files below s->root. */
int script_load(struct script *s, const char *path, struct err *e);
void script_release(struct script *s);
/* Every route at its first answer, never asked. */
void script_rewind(struct script *s);

/* ---- requests (fault_request.c) ---- */

enum { HEADERS_MAX = 64, REQUEST_MAX = 64 << 10 };

struct request {
	char method[16], *path;
	char *query;                                  /* decoded; "" if none */
	char *name[HEADERS_MAX], *value[HEADERS_MAX]; /* names small */
	int headers;
	bool last; /* the client will not ask again on this connection */
	char text[REQUEST_MAX];
};

/* The next request; in holds what was read and not yet asked. False at the
 * end of the connection, or when it is no HTTP. */
bool request_read(struct request *r, int fd, struct buf *in);
const char *request_header(const struct request *r, const char *name);
/* The route for it, its count raised, and the answer that is its turn. */
struct answer *request_answer(const struct request *r, struct script *s);

/* ---- answers (fault_answer.c, fault_body.c) ---- */

int body_make(struct answer *a, const char *root, struct err *e);
const char *body_type(const struct answer *a);
void body_gzip(struct buf *b);

/* Play a; false when the connection has ended with it. *sent grows by the
 * bytes of the body. */
bool answer_play(
	int fd, const struct answer *a, const struct request *r, size_t *sent);

/* ---- what was asked (fault_tally.c) ---- */

/* A log at path, or none for NULL. */
int tally_open(const char *path, struct err *e);
/* A connection asks something; the first time, it begins to count. */
void tally_begin(int connection, int fd, const struct request *r,
	const struct answer *a);
void tally_end(int connection, size_t sent);
/* Before its descriptor is closed. */
void tally_close(int connection);
void tally_print(struct buf *to, const struct script *s);
void tally_reset(void);

enum { CONNECTIONS_MAX = 256 };

#endif
