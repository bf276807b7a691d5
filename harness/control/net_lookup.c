/* SPDX-License-Identifier: MIT
 *
 * net_lookup.c - names of hosts: what the C library asks others for is reported.
 *
 * It asks with the baton in hand, and out of sight.  Numbers and localhost it
 * finds by itself, in files that are the same in every run.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "engine.h"
#include "real.h"

static int is_known(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    return host == NULL || inet_pton(AF_INET, host, address) == 1 ||
           inet_pton(AF_INET6, host, address) == 1 || strcmp(host, "localhost") == 0;
}

static void report(const char *host)
{
    if (!is_known(host) && sw_engine_self() != NULL)
        sw_engine_uncontrolled("the name of a host (%s)", host);
}

SW_EXPORT int getaddrinfo(const char *restrict host, const char *restrict service,
                          const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
    report(host);
    return SW_REAL(getaddrinfo)(host, service, hints, out);
}

SW_EXPORT int gethostbyname_r(const char *restrict host, struct hostent *restrict entry,
                              char *restrict buf, size_t size, struct hostent **restrict out,
                              int *restrict error)
{
    report(host);
    return SW_REAL(gethostbyname_r)(host, entry, buf, size, out, error);
}

SW_EXPORT struct hostent *gethostbyname(const char *host)
{
    report(host);
    return SW_REAL(gethostbyname)(host);
}
