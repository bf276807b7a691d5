/* SPDX-License-Identifier: MIT
 *
 * net_lookup.c - names of hosts: what the C library asks others for is reported.
 *
 * It waits for the answer in the kernel, as the current thread, and the engine does not see it.
 * Numbers and localhost it finds by itself, in files that are the same in every run.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"

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

/* ---- and back ---- */

static void report_address(int family, const void *address)
{
    static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
    char text[INET6_ADDRSTRLEN];

    if (sw_engine_self() == NULL || (family == AF_INET && *(const uint8_t *)address == 127) ||
        (family == AF_INET6 && memcmp(address, &loopback, sizeof loopback) == 0) ||
        inet_ntop(family, address, text, sizeof text) == NULL)
        return;
    sw_engine_uncontrolled("the name of a host (%s)", text);
}

SW_EXPORT struct hostent *gethostbyaddr(const void *address, socklen_t length, int family)
{
    report_address(family, address);
    return SW_REAL(gethostbyaddr)(address, length, family);
}

SW_EXPORT int gethostbyaddr_r(const void *restrict address, socklen_t length, int family,
                              struct hostent *restrict entry, char *restrict buf, size_t size,
                              struct hostent **restrict out, int *restrict error)
{
    report_address(family, address);
    return SW_REAL(gethostbyaddr_r)(address, length, family, entry, buf, size, out, error);
}

SW_EXPORT int getnameinfo(const struct sockaddr *restrict address, socklen_t length,
                          char *restrict host, socklen_t host_size, char *restrict service,
                          socklen_t service_size, int flags)
{
    if (host != NULL && (flags & NI_NUMERICHOST) == 0 && address->sa_family == AF_INET)
        report_address(AF_INET, &((const struct sockaddr_in *)address)->sin_addr);
    else if (host != NULL && (flags & NI_NUMERICHOST) == 0 && address->sa_family == AF_INET6)
        report_address(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr);
    return SW_REAL(getnameinfo)(address, length, host, host_size, service, service_size, flags);
}
