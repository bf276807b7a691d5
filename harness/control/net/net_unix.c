/* SPDX-License-Identifier: MIT
 *
 * net_unix.c - AF_UNIX sockets: the kernel's own.  One that nobody here is bound to is reported.
 */
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "harness/control/engine/engine.h"
#include "net.h"

enum { BOUND_MAX = 256 };

static struct sockaddr_un bound[BOUND_MAX];
static socklen_t lengths[BOUND_MAX];
static int bound_count;

static int is_unix(const struct sockaddr *address, socklen_t length)
{
    return length > sizeof address->sa_family && length <= sizeof *bound &&
           address->sa_family == AF_UNIX;
}

void sw_net_unix_bound(const struct sockaddr *address, socklen_t length)
{
    if (!is_unix(address, length))
        return;
    int at = bound_count++ % BOUND_MAX;
    memcpy(&bound[at], address, length);
    lengths[at] = length;
}

void sw_net_unix_connects(const struct sockaddr *address, socklen_t length)
{
    char path[sizeof bound->sun_path + 1] = "";

    if (!is_unix(address, length) || sw_engine_self() == NULL)
        return;
    for (int i = 0; i < bound_count && i < BOUND_MAX; i++)
        if (lengths[i] == length && memcmp(&bound[i], address, length) == 0)
            return;
    memcpy(path, ((const struct sockaddr_un *)address)->sun_path,
           length - sizeof address->sa_family);
    if (path[0] == '\0')
        path[0] = '@'; /* an abstract one, as others write it */
    sw_engine_uncontrolled("a socket to %s", path);
}
