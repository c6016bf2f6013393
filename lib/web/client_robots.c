#include "web/client_int.h"

#include <string.h>

enum { ROBOTS_BYTES_MAX = 8 << 20 };

static int robots_begin(void *to, const struct web_header *h, struct err *e)
{
	(void)h, (void)e;
	buf_clear(to);
	return 0;
}

static int robots_write(void *to, const void *p, size_t n, struct err *e)
{
	struct buf *b = to;

	(void)e;
	if (n > ROBOTS_MAX - b->n)
		n = ROBOTS_MAX - b->n;
	buf_add(b, p, n);
	return b->n == ROBOTS_MAX ? WEB_ENOUGH : 0;
}

/*
 * RFC 9309, 2.3.1: what is not there forbids nothing; what cannot be had for
 * now forbids everything for now. A host that asks for patience by 429 has not
 * said that it has no rules.
 */
static void read_robots(struct web_client *c, struct web_host *h)
{
	struct web_answer a = {0};
	struct arena mem = {0};
	struct buf text;
	struct web_request r = {
		.accept = "text/plain, */*;q=0.1",
		.compressed = true,
		.max = ROBOTS_BYTES_MAX,
		.sink = {.begin = robots_begin,
			.write = robots_write,
			.to = &text},
	};
	struct web_url u;
	struct err *e = &h->unreadable;
	int bad, s;

	buf_init(&text, ROBOTS_MAX);
	web_header_init(&a.head);
	bad = web_url_parse(&u, "/robots.txt", h->origin, &mem, e);
	for (int hops = 0; !bad; hops++) {
		r.url = u.text;
		bad = web_client_ask(
			c, web_client_host(c, u.origin), &r, &a, e);
		if (bad || !web_client_redirected(&a))
			break;
		/* Five hops are the RFC's; further on is as good as nowhere. */
		if (web_client_follow(c, &a, hops, &u, &mem, e)) {
			*e = (struct err){0};
			break;
		}
	}
	s = a.head.status;
	if (!bad && (s >= 500 || s == 429))
		bad = err_set(e, ERR_LATER, "status %d", s);
	if (!bad)
		h->robots = web_robots_parse(s == 200 ? text.p : "",
			s == 200 ? text.n : 0, c->rule.product, &c->run);
	else if (e->code != ERR_FORBIDDEN)
		e->code = ERR_LATER;
	web_header_release(&a.head);
	buf_release(&text);
	arena_release(&mem);
}

int web_client_robots(struct web_client *c, struct web_host *h,
	const struct web_url *u, struct err *e)
{
	const struct web_rule *why;

	if (!h->robots && !h->unreadable.code)
		read_robots(c, h);
	if (web_client_over(c, e))
		return -1;
	if (!h->robots)
		return err_set(e, h->unreadable.code,
			"%s/robots.txt cannot be read, which forbids all for "
			"now: %s",
			h->origin, h->unreadable.msg);
	if (web_robots_allow(h->robots, u->path, &why))
		return 0;
	c->count.robots++;
	return err_set(e, ERR_FORBIDDEN,
		"%s/robots.txt:%d: 'Disallow: %.100s' forbids it "
		"(--i-have-permission goes on regardless)",
		h->origin, why->line, why->pattern);
}
