#!/bin/bash
# SPDX-License-Identifier: MIT
#
# eventlet's Event and Queue wake their waiters in an order that follows addresses.
#
# eventlet 0.33.1 (Debian 12) keeps the greenlets that wait for an Event, and those that wait in a
# Queue's get(), in a set each.  Their hashes are their addresses, so that who waited first need not be
# woken first.  Of an Event the order is another one in each process,
# also with PYTHONHASHSEED=0, which is about the hashes of texts.  A Semaphore of the same library has
# a queue, and is first come, first served; so are the standard library's Queue and asyncio's Event.
# A test that passes because two waiters were woken in their order fails when something else in the
# process has moved an allocation.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(python3-eventlet=0.33.1-4 python3-greenlet=2.0.2-1 python3-dnspython=2.3.0-1+deb12u1
          python3-six=1.16.0-4)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done

cat >wakes.py <<'EOF'
import sys

import eventlet
import eventlet.queue
from eventlet.event import Event
from eventlet.semaphore import Semaphore


def woken(wait, wake):
    """Twelve wait, one behind the other; the order in which they are woken."""
    order = []
    waiters = [eventlet.spawn(lambda me: (wait(), order.append(me)), me) for me in range(12)]
    eventlet.sleep(0)
    wake()
    for waiter in waiters:
        waiter.wait()
    return order


event, semaphore, queue = Event(), Semaphore(0), eventlet.queue.Queue()
orders = {"Event": woken(event.wait, lambda: event.send(None)),
          "Semaphore": woken(semaphore.acquire, lambda: [semaphore.release() for _ in range(12)]),
          "Queue": woken(queue.get, lambda: [queue.put(None) for _ in range(12)])}
print(sys.argv[1], *orders[sys.argv[1]])
EOF
for kind in Event Semaphore Queue; do
    for _ in 1 2 3 4 5 6; do
        PYTHONHASHSEED=0 PYTHONPATH=root/usr/lib/python3/dist-packages \
            /usr/bin/python3.11 wakes.py $kind
    done
done >orders.txt
echo "eventlet 0.33.1, the order in which twelve waiters are woken, six processes each:"
sed 's/^/    /' orders.txt

expect() { # WHAT COMMAND...
    if "${@:2}" >/dev/null; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
in_order="0 1 2 3 4 5 6 7 8 9 10 11"
orders_of() { grep "^$1 " orders.txt | sort -u | wc -l; }
expect "a Semaphore's waiters are woken in their order" \
    test "$(grep -cx "Semaphore $in_order" orders.txt)" = 6
expect "a Queue's are not" test "$(grep -cx "Queue $in_order" orders.txt)" = 0
expect "an Event's are not" test "$(grep -cx "Event $in_order" orders.txt)" -lt 6
expect "nor in one order, though texts' hashes are the same" test "$(orders_of Event)" -gt 1
