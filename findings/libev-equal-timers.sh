#!/bin/bash
# SPDX-License-Identifier: MIT
#
# libev and libevent call timers that are due at the same time last first, except for the first.
#
# libev 4.33 and libevent 2.1.12 (Debian 12) both take "now" once for each turn of the loop, so
# that timers that are started in one turn with one duration are due at exactly the same time.
# libev's manual says that an earlier time is called first, and neither says anything of equal
# times.  Whoever has read that now is taken once expects the order in which they were started,
# which libuv keeps.  But both have a heap without a sequence number, whose last element replaces
# the root: of twelve timers number 0 is called first, then 11, 10, and so on down to 1.  It is so
# in every run, hence nobody sees it as a matter of chance; two timers are in order, and three are
# not.  A test that starts one timeout for each request fails when a third request is made, and a
# trace that was recorded over libuv has another order over libev.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(libev-dev=1:4.33-1 libevent-dev=2.1.12-stable-8+deb12u1 libuv1-dev=1.44.2-1+deb12u1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu
include=(-I"$work/root/usr/include" -I"$work/root/usr/include/x86_64-linux-gnu")

cat >with_libev.c <<'EOF'
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

static void due(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    printf(" %d", *(int *)timer->data);
}

int main(int argc, char **argv)
{
    struct ev_loop *loop = ev_default_loop(0);
    int count = atoi(argv[argc - 1]), number[16];
    ev_timer timers[16];

    for (int i = 0; i < count; i++) {
        number[i] = i;
        ev_timer_init(&timers[i], due, 0.01, 0.);
        timers[i].data = &number[i];
        ev_timer_start(loop, &timers[i]);
    }
    ev_run(loop, 0);
}
EOF
cat >with_libevent.c <<'EOF'
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

static struct event_base *base;
static int count, number[16];

static void due(evutil_socket_t fd, short events, void *data)
{
    (void)fd, (void)events;
    printf(" %d", *(int *)data);
}

/* Within a callback libevent's clock stands still. */
static void start(evutil_socket_t fd, short events, void *data)
{
    const struct timeval duration = { 0, 10000 };

    (void)fd, (void)events, (void)data;
    for (int i = 0; i < count; i++) {
        number[i] = i;
        evtimer_add(evtimer_new(base, due, &number[i]), &duration);
    }
}

int main(int argc, char **argv)
{
    const struct timeval at_once = { 0, 0 };

    count = atoi(argv[argc - 1]);
    base = event_base_new();
    evtimer_add(evtimer_new(base, start, NULL), &at_once);
    event_base_dispatch(base);
}
EOF
cat >with_libuv.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static void due(uv_timer_t *timer)
{
    printf(" %d", *(int *)timer->data);
}

int main(int argc, char **argv)
{
    int count = atoi(argv[argc - 1]), number[16];
    uv_timer_t timers[16];

    for (int i = 0; i < count; i++) {
        number[i] = i;
        uv_timer_init(uv_default_loop(), &timers[i]);
        timers[i].data = &number[i];
        uv_timer_start(&timers[i], due, 10, 0);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
EOF
gcc "${include[@]}" -o with_libev with_libev.c "$libraries/libev.a" -lm
gcc "${include[@]}" -o with_libevent with_libevent.c "$libraries/libevent.a" -lpthread
gcc "${include[@]}" -o with_libuv with_libuv.c "$libraries/libuv_a.a" -lpthread -ldl -lrt

echo "timers that are due at the same time, in the order in which they are called:"
for library in libev libevent libuv; do
    for count in 2 3 12; do
        echo "$library, $count timers:$(./with_$library $count)" | tee -a seen.txt | sed 's/^/    /'
    done
done

expect() { # WHAT LINE...
    for line in "${@:2}"; do
        grep -qxF "$line" seen.txt || { echo "no longer so: $1"; exit 1; }
    done
    echo "as said: $1"
}
expect "two are in order" "libev, 2 timers: 0 1" "libevent, 2 timers: 0 1"
expect "three are not" "libev, 3 timers: 0 2 1" "libevent, 3 timers: 0 2 1"
expect "of twelve all but the first are reversed" \
    "libev, 12 timers: 0 11 10 9 8 7 6 5 4 3 2 1" "libevent, 12 timers: 0 11 10 9 8 7 6 5 4 3 2 1"
expect "libuv calls them in the order in which they were started" \
    "libuv, 12 timers: 0 1 2 3 4 5 6 7 8 9 10 11"
