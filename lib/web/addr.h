/*
 * Which addresses may be talked to. A name on the web can lead anywhere, into
 * our own network too, and can lead elsewhere the next time that it is looked
 * up; so what is judged is the address that is about to be connected.
 */
#ifndef WEB_ADDR_H
#define WEB_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include "base/err.h"

/* A range of addresses: 16 bytes of IPv6, IPv4 as ::ffff:a.b.c.d. */
struct web_net {
	uint8_t a[16];
	int bits;
};

/* "127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"; ERR_USAGE. */
int web_net_parse(struct web_net *net, const char *text, struct err *e);
bool web_net_has(const struct web_net *net, const struct sockaddr *sa);

/*
 * Is it an address of the public internet? Not: loopback, private, link-local,
 * shared (CGNAT), documentation, multicast, reserved ones, nor those that carry
 * such an IPv4 address in them (mapped, 6to4, NAT64, Teredo).
 */
bool web_addr_public(const struct sockaddr *sa);

#endif
