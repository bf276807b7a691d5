# SPDX-License-Identifier: MIT
"""The units of tasklets.py with Debian's python3-greenlet, in whatever interpreter runs this."""

import greenlet
import measure

ROUNDS = 100_000


def ping_pong():
    main = greenlet.getcurrent()

    def receiver(_):
        receive = main.switch
        for _ in range(ROUNDS):
            receive()

    partner = greenlet.greenlet(receiver)
    partner.switch(None)
    send = partner.switch
    for number in range(ROUNDS):
        send(number)
    return ROUNDS


def turns():
    main = greenlet.getcurrent()

    def take(switch):
        for _ in range(ROUNDS):
            switch()

    partner = greenlet.greenlet(lambda: take(main.switch))
    take(partner.switch)
    partner.switch()
    return 2 * ROUNDS


def nothing():
    pass


def life():
    new = greenlet.greenlet
    for _ in range(ROUNDS // 10):
        new(nothing).switch()
    return ROUNDS // 10


def crowd():
    """The same with 1000 alive at a time."""
    for _ in range(ROUNDS // 10_000):
        for one in [greenlet.greenlet(nothing) for _ in range(1000)]:
            one.switch()
    return ROUNDS // 10


BENCHES = {"ping-pong": ping_pong, "turn": turns, "life": life, "life, 1,000 at a time": crowd}


if __name__ == "__main__":
    measure.report(BENCHES)
