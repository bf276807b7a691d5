# SPDX-License-Identifier: MIT
"""What one waiting tasklet or greenlet keeps: memory.py tasklet|greenlet prints bytes of resident
memory, its share of 10,000 that wait in a Python function."""

import sys

COUNT = 10_000


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def tasklets():
    import stackless

    channel = stackless.channel()

    def wait():
        channel.receive()

    def start(count):
        for _ in range(count):
            stackless.tasklet(wait)()
        stackless.run()

    return start


def greenlets():
    import greenlet

    main = greenlet.getcurrent()
    kept = []

    def wait():
        main.switch()

    def start(count):
        for _ in range(count):
            one = greenlet.greenlet(wait)
            kept.append(one)
            one.switch()

    return start


if __name__ == "__main__":
    start = {"tasklet": tasklets, "greenlet": greenlets}[sys.argv[1]]()
    start(100)
    before = resident()
    start(COUNT)
    print((resident() - before) / COUNT)
    sys.stdout.flush()
