#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Trio's random order of tasks has two values: as they came, and back to front.
#
# trio 0.22.0 (Debian 12) is known for running what is ready in a random order, so that no program
# relies on one; its maintainers say of it that each batch is randomised, to keep assumptions
# about the order from creeping in.  One expects a shuffle.  It is one coin for the whole batch,
# which is left as it is or reversed.  Of four tasks that a nursery starts, two of 24 orders can
# occur: a failure that needs number 1 or 2 to go first, or 3 to go before 0 and behind 1, is
# never seen, however often the test runs.  Neighbours stay neighbours as well, turn after turn.
# With the switch that pytest-trio sets (to follow Hypothesis's seed) the same batch is shuffled,
# hence a test has more orders with it than the program in production.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(python3-trio=0.22.0-0.2 python3-outcome=1.2.0-1 python3-sniffio=1.2.0-1
          python3-sortedcontainers=2.4.0-2 python3-async-generator=1.10-4 python3-attr=22.2.0-1
          python3-idna=3.3-1+deb12u1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done

cat >orders.py <<'EOF'
import itertools
import random
import sys

import trio
from trio._core import _run


async def started_together(count, turns):
    """The order in which COUNT tasks go, in each of their TURNS."""
    orders = [[] for _ in range(turns)]

    async def task(number):
        for order in orders:
            order.append(number)
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        for number in range(count):
            nursery.start_soon(task, number)
    return [tuple(order) for order in orders]


async def seen(runs):
    return {order for _ in range(runs) for order in await started_together(4, 3)}


_run._r = random.Random(1)
_run._ALLOW_DETERMINISTIC_SCHEDULING = sys.argv[1] == "as-pytest-trio"
orders = trio.run(seen, 1000)
possible = sum(1 for _ in itertools.permutations(range(4)))
print(f"{sys.argv[1]}: {len(orders)} of {possible} orders in 3000 batches of four")
if len(orders) < 5:
    for order in sorted(orders):
        print("order:", *order)
EOF
for kind in plain as-pytest-trio; do
    PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3.11 orders.py $kind
done >seen.txt
echo "trio 0.22.0:"
sed 's/^/    /' seen.txt

expect() { # WHAT LINE
    if grep -qxF "$2" seen.txt; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
expect "two orders occur" "plain: 2 of 24 orders in 3000 batches of four"
expect "one is as the tasks were started" "order: 0 1 2 3"
expect "the other one is that back to front" "order: 3 2 1 0"
expect "what pytest-trio sets makes it a shuffle" \
    "as-pytest-trio: 24 of 24 orders in 3000 batches of four"
