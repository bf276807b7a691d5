/* SPDX-License-Identifier: MIT
 *
 * net.h - TCP on loopback, without the kernel's TCP: it is never the same twice.
 *
 * A socket for TCP is made as an AF_UNIX stream socket, with the names, ports and
 * options of a TCP socket kept here.  It stays MAPPED as long as it is bound to
 * a loopback address or to "any", and connected to a port that a process of this
 * family listens on.  When it turns out otherwise, it becomes a real TCP socket
 * at that moment, on the same descriptors and with the options set so far, and
 * is reported: sw_engine_uncontrolled().
 *
 *      socket(AF_INET)       AF_UNIX, no name
 *      bind(127.0.0.1:80)    noted; a clash with another one's port: EADDRINUSE
 *      listen()              named  spillway-<pid>-l-<address>-<port>
 *      connect(...:80)       named  spillway-<pid>-c<serial>-<own address>-<port>-<address>
 *                            and connected to the listener's name
 *      accept()              reads there who it was, and which address it wanted
 *
 * The names are abstract, and only within the family of the process that was
 * started under control; the child of a fork shares them, and maps on.
 *
 * As with TCP: EADDRINUSE, SO_REUSEADDR, port 0, EINPROGRESS and SO_ERROR,
 * ECONNREFUSED, ECONNRESET after a close with data unread, EPIPE, half-closed
 * connections.  Not as with TCP:
 *   - ephemeral ports are 40000, 40001, ... in the order in which they are wanted;
 *   - a port may be bound again at once: nothing is ever in TIME_WAIT;
 *   - nobody outside of the family can reach a listener, and a port that another
 *     program has bound is free here;
 *   - a connection is there as soon as the listener listens, whatever its backlog,
 *     up to the kernel's limit of 4096;
 *   - a write after the peer has closed is EPIPE the second time, however soon;
 *   - buffers are AF_UNIX's: how much fits before a write blocks is another number;
 *   - recv() gets what a whole number of sends wrote, up to its size; urgent data,
 *     TCP_INFO and fast open do nothing;
 *   - with SO_REUSEPORT, the first that listens gets all connections.
 *
 * UDP is not mapped.  It is the kernel's, OUTSIDE and reported; replays hold, as
 * with everything that is OUTSIDE.
 *
 * With real_network in the control memory nothing is mapped, and TCP is as UDP is.
 */
#ifndef SW_NET_H
#define SW_NET_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "harness/control/io/fds.h"

enum { SW_NET_OPTIONS_MAX = 24, SW_NET_OPTION_BYTES = 16 };

/* IPv4 in IPv6's form: ::ffff:127.0.0.1. */
struct sw_net_address {
    uint8_t ip[16];
    uint16_t port; /* in the host's order; 0: none */
};

enum sw_net_state { SW_NET_NEW, SW_NET_BOUND, SW_NET_LISTENING, SW_NET_CONNECTED };

struct sw_net_option {
    int level, name;
    socklen_t size;
    char value[SW_NET_OPTION_BYTES];
};

struct sw_net {
    struct sw_fd_about about; /* first */
    int family;               /* AF_INET or AF_INET6 */
    enum sw_net_state state;
    struct sw_net_address local; /* valid unless NEW */
    struct sw_net_address peer;  /* valid when CONNECTED */
    int named;      /* the AF_UNIX socket has its name, which cannot be changed */
    int connecting; /* the program has been told EINPROGRESS, and not yet how it ended */
    int error;      /* for the next SO_ERROR */
    int shut;       /* for writing */
    int reset;      /* something has been sent after the other had closed */
    int option_count;
    struct sw_net_option options[SW_NET_OPTIONS_MAX]; /* in the order in which they were set */
};

/* ---- what others ask ---- */

int sw_net_is_mapped(int fd);
/* The result of an operation, with the errno that TCP would have. */
ssize_t sw_net_in(int fd, ssize_t result);
ssize_t sw_net_out(int fd, int flags, size_t size, ssize_t result);
/* The flags to send with, so that a signal is ours to raise. */
int sw_net_flags(int fd, int flags);
/* What poll() says of it, as it would of TCP. */
short sw_net_events(int fd, short revents);
/* Ephemeral ports begin anew, but for those that are in use. */
void sw_net_restart(void);
/* Before a fork, and in its child. */
void sw_net_names_fork(void);
void sw_net_forked(void);

/* ---- between the net_*.c ---- */

/* NULL: the descriptor is not MAPPED. */
struct sw_net *sw_net_find(int fd);
/* One that no descriptor has yet, or NULL and ENFILE. */
struct sw_net *sw_net_add(int family);

/* From and to a struct sockaddr; 0, or -1 and errno. */
int sw_net_read_address(int family, const struct sockaddr *in, socklen_t length,
                        struct sw_net_address *out);
void sw_net_write_address(int family, const struct sw_net_address *in, struct sockaddr *out,
                          socklen_t *length);
int sw_net_is_any(const struct sw_net_address *address);
int sw_net_is_loopback(const struct sw_net_address *address);
int sw_net_is_v4(const struct sw_net_address *address);
/* The family's own loopback or "any" address, with that port. */
struct sw_net_address sw_net_loopback(int v4, uint16_t port);
struct sw_net_address sw_net_any(int v4, uint16_t port);

/* 0, or EADDRINUSE; port 0 becomes an ephemeral one. */
int sw_net_take_port(struct sw_net *net, struct sw_net_address *address);
/* Has any socket of this process ever had that port? */
int sw_net_port_was_ours(uint16_t port);

/* The abstract names; bound or connected to on the AF_UNIX socket.  0, or -1 and errno. */
int sw_net_names_listener(int fd, const struct sw_net *net);
int sw_net_names_client(int fd, const struct sw_net *net, const struct sw_net_address *to);
int sw_net_names_connect_to(int fd, const struct sw_net_address *to);
/* Who connected, and to which address: of an accepted one. */
int sw_net_names_read(int fd, struct sw_net_address *peer, struct sw_net_address *local);

/* A real socket has been bound there; is to be connected there: net_unix.c. */
void sw_net_unix_bound(const struct sockaddr *address, socklen_t length);
void sw_net_unix_connects(const struct sockaddr *address, socklen_t length);

/* An option that was set to something other than 0. */
int sw_net_options_has(const struct sw_net *net, int level, int name);
/* A real TCP socket with the options set so far; or -1 and errno. */
int sw_net_options_open_real(const struct sw_net *net);
/* Puts another socket in place of fd and its duplicates.  Takes `by`. */
void sw_net_options_replace(struct sw_net *net, int by, enum sw_fd_kind kind);
/* The socket is TCP's own from now on, and reported as one to that address.  0, or -1 and errno. */
int sw_net_options_make_real(struct sw_net *net, const struct sw_net_address *address);

#endif
