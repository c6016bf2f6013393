/* Addresses that may be talked to. */
#include "tap.h"
#include "web/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct sockaddr *address(const char *text)
{
	static struct sockaddr_in v4;
	static struct sockaddr_in6 v6;

	v4.sin_family = AF_INET;
	v6.sin6_family = AF_INET6;
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return (const struct sockaddr *)&v4;
	ok(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1, "%s is one", text);
	return (const struct sockaddr *)&v6;
}

static bool has(const char *net, const char *text)
{
	struct web_net n;

	return !web_net_parse(&n, net, NULL) && web_net_has(&n, address(text));
}

int main(void)
{
	static const char *const public[] = {"1.1.1.1", "151.101.0.84",
		"100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
		"192.167.255.255", "223.255.255.255", "11.0.0.0",
		"2a04:4e42::84", "2606:4700::1111", "::ffff:1.1.1.1"};
	static const char *const not [] = {"0.0.0.0", "10.0.0.1", "100.64.0.1",
		"127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.168.1.1", "192.0.2.1", "198.18.0.1",
		"224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
		"fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
		"::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
		"2002:7f00:1::", "2001:db8::1", "2001:0:1::1"};
	struct sockaddr unix_one = {.sa_family = AF_UNIX};
	struct web_net n;

	for (size_t i = 0; i < sizeof public / sizeof *public; i++)
		ok(web_addr_public(address(public[i])), "%s is public",
			public[i]);
	for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
		ok(!web_addr_public(address(not [i])), "%s is not", not [i]);
	ok(!web_addr_public(&unix_one), "nor is another kind of socket");
	ok(has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"),
		"one address");
	ok(has("10.1.0.0/15", "10.0.9.9") && !has("10.2.0.0/15", "10.0.0.1"),
		"a range");
	ok(has("0.0.0.0/0", "9.9.9.9") && !has("0.0.0.0/0", "::1"),
		"all of IPv4");
	ok(has("::1", "::1") && has("fd00::/8", "fd01::2"), "IPv6");
	ok(has("127.0.0.0/8", "::ffff:127.3.2.1"), "a mapped address");
	for (const char *const *s = (const char *const[]){"", "home", "1.2.3",
		     "1.2.3.4/33", "1.2.3.4/", "::1/129", "1.2.3.4/-1", NULL};
		*s; s++)
		ok(web_net_parse(&n, *s, NULL), "'%s' is none", *s);
	return done();
}
