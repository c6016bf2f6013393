/* The server itself: a thread a connection. faultd.h says what it does. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "faultd.h"
#include "base/mem.h"
#include "cli/cli.h"

static const char *root, *log_path;
static int64_t seconds = 600, watched;

static const struct opt opts[] = {
	OPT_STR('l', "log", "FILE", &log_path, "a line of JSON a request"),
	OPT_STR('r', "root", "DIR", &root, "where the script's files are"),
	OPT_INT('t', "time", "SECONDS", &seconds, 1, 1e6, "how long to live"),
	OPT_INT('w', "watch", "PID", &watched, 1, 1e9,
		"the process to outlive "
		"by no more than a moment"),
	{0}};

static struct script script;
/* Routes move on and are counted under this. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct visit {
	int fd, number;
};

/* /=stats and /=reset, which nobody counts: whether r asks for one. */
static bool control(const struct request *r, struct answer *a)
{
	bool reset = !strcmp(r->path, "/=reset");

	if (!reset && strcmp(r->path, "/=stats"))
		return false;
	*a = (struct answer){.status = 200,
		.source = SOURCE_TEXT,
		.type = "application/json",
		.cut = -1,
		.reset = -1};
	if (reset) {
		tally_reset();
		script_rewind(&script);
	}
	buf_init(&a->body, SIZE_MAX / 2);
	tally_print(&a->body, &script);
	return true;
}

static bool one_request(const struct visit *v, const struct request *r)
{
	static struct answer none = {.status = 404,
		.source = SOURCE_TEXT,
		.of = "",
		.type = "text/plain",
		.cut = -1,
		.reset = -1};
	struct answer *a, own;
	size_t sent = 0;
	bool more;

	pthread_mutex_lock(&turn);
	if (control(r, &own)) {
		a = &own;
	} else {
		a = request_answer(r, &script);
		if (!a)
			a = &none;
		tally_begin(v->number, v->fd, r, a);
	}
	pthread_mutex_unlock(&turn);
	more = answer_play(v->fd, a, r, &sent);
	if (a == &own)
		buf_release(&own.body);
	else
		tally_end(v->number, sent);
	return more;
}

static void *serve(void *arg)
{
	struct visit *v = arg;
	struct request *r = mem_alloc(1, sizeof(*r));
	struct buf in;

	buf_init(&in, REQUEST_MAX - 1);
	while (request_read(r, v->fd, &in) && one_request(v, r))
		;
	tally_close(v->number);
	close(v->fd);
	buf_release(&in);
	mem_free(r);
	mem_free(v);
	return NULL;
}

/* A listening socket on the loopback address of a family; -1 if it can't. */
static int listen_on(int family, uint16_t *port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
		.sin6_addr = in6addr_loopback,
		.sin6_port = htons(*port)};
	struct sockaddr *at = family == AF_INET ? (struct sockaddr *)&v4
						: (struct sockaddr *)&v6;
	socklen_t size = family == AF_INET ? sizeof(v4) : sizeof(v6);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, at, size) || listen(fd, 128) ||
		getsockname(fd, at, &size)) {
		close(fd);
		return -1;
	}
	*port = ntohs(family == AF_INET ? v4.sin_port : v6.sin6_port);
	return fd;
}

static void welcome(int listener)
{
	static int visits;
	struct visit *v;
	pthread_t thread;
	int fd = accept(listener, NULL, NULL), one = 1;

	if (fd < 0)
		return;
	/* What is dripped leaves at once. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	v = mem_alloc(1, sizeof(*v));
	v->fd = fd;
	v->number = ++visits;
	if (pthread_create(&thread, NULL, serve, v)) {
		close(fd);
		mem_free(v);
		return;
	}
	pthread_detach(thread);
}

/* Until whom we serve is gone, or time is up. */
static void attend(const int listeners[2])
{
	struct pollfd ready[2] = {{.fd = listeners[0], .events = POLLIN},
		{.fd = listeners[1], .events = POLLIN}};
	time_t end = time(NULL) + seconds;

	while (time(NULL) < end &&
		(!kill((pid_t)watched, 0) || errno != ESRCH)) {
		if (poll(ready, 2, 200) < 1)
			continue;
		for (int i = 0; i < 2; i++)
			if (ready[i].revents)
				welcome(listeners[i]);
	}
}

/* Let go of the terminal and of every pipe that somebody reads to its end. */
static void detach(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	signal(SIGPIPE, SIG_IGN);
}

/* Both sockets, on one port. */
static int listen_all(int listeners[2], uint16_t *port, struct err *e)
{
	listeners[0] = listen_on(AF_INET, port);
	if (listeners[0] < 0)
		return err_set(e, ERR_OS, "cannot listen: %s", strerror(errno));
	listeners[1] = listen_on(AF_INET6, port);
	return 0;
}

static int start(const char *path, struct err *e)
{
	uint16_t port = 0;
	int listeners[2] = {-1, -1};
	pid_t pid;

	script.root = root;
	if (script_load(&script, path, e) || tally_open(log_path, e) ||
		listen_all(listeners, &port, e))
		return -1;
	pid = fork();
	if (pid < 0)
		return err_set(e, ERR_OS, "cannot fork: %s", strerror(errno));
	if (!pid) {
		detach();
		attend(listeners);
		_exit(0);
	}
	printf("%d %ld\n", port, (long)pid);
	return 0;
}

static int run(struct cli *c, struct err *e)
{
	int bad;

	if (c->argc != 1)
		return err_set(e, ERR_USAGE, "one script is wanted");
	if (!watched)
		watched = getppid();
	/* Of whoever started us, nothing stays open: bats waits for that. */
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	bad = start(c->argv[0], e);
	script_release(&script);
	return bad;
}

int main(int argc, char **argv)
{
	static const struct cli_prog prog = {
		.name = "faultd",
		.args = "SCRIPT",
		.about = "serve web pages that misbehave as a script says",
		.options = opts,
		.run = run,
	};

	return cli_main(&prog, argc, argv);
}
