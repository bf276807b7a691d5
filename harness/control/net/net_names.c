/* SPDX-License-Identifier: MIT
 *
 * net_names.c - the abstract names that stand for addresses and ports.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "net.h"
#include "harness/control/engine/real.h"

static pid_t root; /* of the family */

/* The process that was started under control names the family; its children keep the number, and
 * other families on the machine have others. */
static pid_t get_root(void)
{
    if (root == 0)
        root = SW_REAL(getpid)();
    return root;
}

void sw_net_names_fork(void)
{
    get_root();
}

static const char *hex(const uint8_t ip[16], char text[33])
{
    for (size_t i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", ip[i]);
    return text;
}

static socklen_t finish(const struct sockaddr_un *name)
{
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name->sun_path + 1));
}

/* `only`: it listens for IPv6 alone. */
static socklen_t make_listener(struct sockaddr_un *name, const struct sw_net_address *address,
                               int only)
{
    char ip[33];

    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "spillway-%x-%c-%s-%u",
             (unsigned)get_root(), only ? 'o' : 'l', hex(address->ip, ip), address->port);
    return finish(name);
}

int sw_net_names_listener(int fd, const struct sw_net *net)
{
    struct sockaddr_un name;
    socklen_t length =
        make_listener(&name, &net->local, sw_net_options_has(net, IPPROTO_IPV6, IPV6_V6ONLY));

    return SW_REAL(bind)(fd, (struct sockaddr *)&name, length);
}

int sw_net_names_client(int fd, const struct sw_net *net, const struct sw_net_address *to)
{
    static uint32_t serial;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    char from_ip[33], to_ip[33];

    snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "spillway-%x-c%x.%x-%s-%u-%s",
             (unsigned)get_root(), (unsigned)SW_REAL(getpid)(), ++serial,
             hex(net->local.ip, from_ip), net->local.port, hex(to->ip, to_ip));
    return SW_REAL(bind)(fd, (struct sockaddr *)&name, finish(&name));
}

static int connect_to_listener(int fd, const struct sw_net_address *address, int only)
{
    struct sockaddr_un name;
    socklen_t length = make_listener(&name, address, only);

    return SW_REAL(connect)(fd, (struct sockaddr *)&name, length);
}

int sw_net_names_connect_to(int fd, const struct sw_net_address *to)
{
    int v4 = sw_net_is_v4(to), count = 0;
    /* TCP's order: the exact address first, then whoever listens on all of them. "Any" of IPv6
     * takes IPv4, too, unless it said IPv6 only; and the other way round never. */
    struct {
        struct sw_net_address address;
        int only;
    } tries[4] = {{.address = *to}};

    count++;
    if (v4) {
        tries[count++].address = sw_net_any(1, to->port);
    } else {
        tries[count].address = *to;
        tries[count++].only = 1;
        tries[count].address = sw_net_any(0, to->port);
        tries[count++].only = 1;
    }
    tries[count++].address = sw_net_any(0, to->port);
    for (int i = 0; i < count; i++) {
        if (connect_to_listener(fd, &tries[i].address, tries[i].only) == 0)
            return 0;
        /* Refused: nobody has that name.  Anything else is an answer. */
        if (errno != ECONNREFUSED)
            return -1;
    }
    return -1;
}

/* The text after the nth '-' of an abstract name; NULL: there are not so many. */
static const char *find_part(const char *text, int n)
{
    while (n-- > 0 && text != NULL) {
        text = strchr(text, '-');
        text += text != NULL;
    }
    return text;
}

static int read_hex(const char *text, uint8_t ip[16])
{
    for (size_t i = 0; i < 16; i++) {
        unsigned byte;
        if (text == NULL || sscanf(text + 2 * i, "%2x", &byte) != 1)
            return -1;
        ip[i] = (uint8_t)byte;
    }
    return 0;
}

int sw_net_names_read(int fd, struct sw_net_address *peer, struct sw_net_address *local)
{
    struct sockaddr_un name = {0};
    socklen_t length = sizeof name - 1;
    unsigned port = 0;

    if (SW_REAL(getpeername)(fd, (struct sockaddr *)&name, &length) != 0)
        return -1;
    const char *ip = find_part(name.sun_path + 1, 3), *rest = find_part(name.sun_path + 1, 4);
    if (rest == NULL || sscanf(rest, "%u", &port) != 1 || read_hex(ip, peer->ip) < 0 ||
        read_hex(find_part(rest, 1), local->ip) < 0)
        return -1;
    peer->port = (uint16_t)port;
    return 0;
}
