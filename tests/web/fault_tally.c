/* What was asked, by whom, and how much of it at once. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "faultd.h"
#include "json/json.h"

/* Connections that have asked something, by number modulo the table's size. */
static struct peer {
	int fd; /* -1: none */
	bool busy;
	char host[128];
} peers[CONNECTIONS_MAX];

static struct {
	long requests, connections, open_max, busy_max, host_max;
	size_t bytes;
} total;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *out;
static struct timespec start;

int tally_open(const char *path, struct err *e)
{
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		peers[i].fd = -1;
	if (!path)
		return 0;
	out = fopen(path, "w");
	if (!out)
		return err_set(e, ERR_CREATE, "cannot create '%s': %s", path,
			strerror(errno));
	return 0;
}

/* The client has not closed it, whether or not we have noticed. */
static bool is_open(const struct peer *p)
{
	char byte;

	if (p->fd < 0)
		return false;
	errno = 0;
	/* A reset, by a client that left in the middle, is an error here. */
	return recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0 ||
	       errno == EAGAIN;
}

/* How many connections there are now, and requests under way: of all and of
 * one host. */
struct now {
	long open, busy, host;
};

static struct now count_now(const char *host)
{
	struct now n = {0};

	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		const struct peer *p = &peers[i];

		if (!is_open(p))
			continue;
		n.open++;
		n.busy += p->busy;
		n.host += p->busy && !strcmp(host, p->host);
	}
	return n;
}

static void raise_to(long *most, long n)
{
	if (n > *most)
		*most = n;
}

static void add_quoted(struct buf *b, const char *before, const char *text)
{
	buf_str(b, before);
	json_quote(b, text);
}

static void write_log(int connection, const struct request *r, long status)
{
	struct timespec now;
	struct buf b;

	clock_gettime(CLOCK_MONOTONIC, &now);
	buf_init(&b, 8 * REQUEST_MAX);
	buf_printf(&b, "{\"ms\":%ld,\"connection\":%d",
		(long)((now.tv_sec - start.tv_sec) * 1000 +
			(now.tv_nsec - start.tv_nsec) / 1000000),
		connection);
	add_quoted(&b, ",\"method\":", r->method);
	add_quoted(&b, ",\"path\":", r->path);
	add_quoted(&b, ",\"query\":", r->query);
	buf_printf(&b, ",\"status\":%ld,\"headers\":{", status);
	for (int i = 0; i < r->headers; i++) {
		add_quoted(&b, i ? "," : "", r->name[i]);
		add_quoted(&b, ":", r->value[i]);
	}
	buf_str(&b, "}}\n");
	fwrite(b.p, 1, b.n, out);
	fflush(out);
	buf_release(&b);
}

void tally_begin(
	int connection, int fd, const struct request *r, const struct answer *a)
{
	struct peer *p = &peers[connection % CONNECTIONS_MAX];
	const char *host = request_header(r, "host");
	struct now n;

	pthread_mutex_lock(&lock);
	if (p->fd < 0)
		total.connections++;
	p->fd = fd;
	p->busy = true;
	snprintf(p->host, sizeof(p->host), "%s", host ? host : "");
	total.requests++;
	n = count_now(p->host);
	raise_to(&total.open_max, n.open);
	raise_to(&total.busy_max, n.busy);
	raise_to(&total.host_max, n.host);
	if (out)
		write_log(connection, r, a->status);
	pthread_mutex_unlock(&lock);
}

void tally_end(int connection, size_t sent)
{
	pthread_mutex_lock(&lock);
	peers[connection % CONNECTIONS_MAX].busy = false;
	total.bytes += sent;
	pthread_mutex_unlock(&lock);
}

void tally_close(int connection)
{
	pthread_mutex_lock(&lock);
	peers[connection % CONNECTIONS_MAX].fd = -1;
	pthread_mutex_unlock(&lock);
}

void tally_print(struct buf *to, const struct script *s)
{
	const char *sep = "";

	pthread_mutex_lock(&lock);
	buf_printf(to,
		"{\"requests\":%ld,\"connections\":%ld,\"open\":%ld,"
		"\"open_max\":%ld,\"busy_max\":%ld,\"host_max\":%ld,"
		"\"bytes\":%zu,\"routes\":{",
		total.requests, total.connections, count_now("").open,
		total.open_max, total.busy_max, total.host_max, total.bytes);
	for (const struct route *r = s->routes; r; r = r->next) {
		/* Routes of one path, apart by their query, are shown so. */
		struct buf name;

		if (!r->asked)
			continue;
		buf_init(&name, REQUEST_MAX);
		buf_printf(&name, "%s%s%s", r->path, r->query ? "?" : "",
			r->query ? r->query : "");
		add_quoted(to, sep, name.p);
		buf_printf(to, ":%ld", r->asked);
		sep = ",";
		buf_release(&name);
	}
	buf_str(to, "}}\n");
	pthread_mutex_unlock(&lock);
}

void tally_reset(void)
{
	pthread_mutex_lock(&lock);
	memset(&total, 0, sizeof(total));
	pthread_mutex_unlock(&lock);
}
