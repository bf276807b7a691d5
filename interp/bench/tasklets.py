# SPDX-License-Identifier: MIT
"""Tasklets: prints one JSON object, name -> nanoseconds of CPU time for one unit.

The units are those of greenlets.py: a value there and the way back (two switches), one hand-over to
the next in turn (one switch), one short life.
"""

import measure
import stackless

ROUNDS = 100_000


def ping_pong():
    channel = stackless.channel()

    def receiver():
        receive = channel.receive
        for _ in range(ROUNDS):
            receive()

    stackless.tasklet(receiver)()
    stackless.schedule()
    send = channel.send
    for number in range(ROUNDS):
        send(number)
    stackless.run()
    return ROUNDS


def turns():
    def take():
        schedule = stackless.schedule
        for _ in range(ROUNDS):
            schedule()

    stackless.tasklet(take)()
    take()
    stackless.run()
    return 2 * ROUNDS


def nothing():
    pass


def life():
    tasklet, schedule = stackless.tasklet, stackless.schedule
    for _ in range(ROUNDS):
        tasklet(nothing)()
        schedule()
    return ROUNDS


def crowd():
    """The same with 1000 alive at a time."""
    for _ in range(ROUNDS // 1000):
        for _ in range(1000):
            stackless.tasklet(nothing)()
        stackless.run()
    return ROUNDS


BENCHES = {"ping-pong": ping_pong, "turn": turns, "life": life, "life, 1,000 at a time": crowd}


if __name__ == "__main__":
    measure.report(BENCHES)
