#include "web/addr.h"
#include "base/num.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* The IANA special-purpose registries of IPv4 and IPv6 (RFC 6890). */
static const char *const special[] = {"0.0.0.0/8", "10.0.0.0/8",
	"100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"};

/* Of IPv6 only 2000::/3 is given out; these are the exceptions in it. */
static const char *const special6[] = {
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};

static bool bytes_of(const struct sockaddr *sa, uint8_t to[16])
{
	if (sa->sa_family == AF_INET6) {
		memcpy(to, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
		return true;
	}
	if (sa->sa_family != AF_INET)
		return false;
	memcpy(to, mapped, 12);
	memcpy(to + 12, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	return true;
}

static bool inside(const struct web_net *net, const uint8_t a[16])
{
	int whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(net->a, a, (size_t)whole))
		return false;
	return !rest || !((net->a[whole] ^ a[whole]) >> (8 - rest));
}

int web_net_parse(struct web_net *net, const char *text, struct err *e)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char address[64];
	int64_t bits;
	bool v4;

	if (n >= sizeof address)
		n = 0;
	memcpy(address, text, n);
	address[n] = 0;
	memcpy(net->a, mapped, 12);
	v4 = inet_pton(AF_INET, address, net->a + 12) == 1;
	bits = v4 ? 32 : 128;
	if ((!v4 && inet_pton(AF_INET6, address, net->a) != 1) ||
		(slash && !num_int(slash + 1, 0, bits, &bits)))
		return err_set(e, ERR_USAGE,
			"an address such as 127.0.0.1, 10.0.0.0/8 or ::1 "
			"expected, not '%s'",
			text);
	net->bits = (int)bits + (v4 ? 96 : 0);
	return 0;
}

bool web_net_has(const struct web_net *net, const struct sockaddr *sa)
{
	uint8_t a[16];

	return bytes_of(sa, a) && inside(net, a);
}

static bool in_any(const char *const *list, size_t n, const uint8_t address[16])
{
	for (size_t i = 0; i < n; i++) {
		struct web_net net;

		BUG_ON(web_net_parse(&net, list[i], NULL));
		if (inside(&net, address))
			return true;
	}
	return false;
}

bool web_addr_public(const struct sockaddr *sa)
{
	uint8_t a[16];

	if (!bytes_of(sa, a))
		return false;
	if (!memcmp(a, mapped, sizeof mapped))
		return !in_any(special, sizeof special / sizeof *special, a);
	return a[0] >> 5 == 1 &&
	       !in_any(special6, sizeof special6 / sizeof *special6, a);
}
