# SPDX-License-Identifier: MIT
"""Two threads wait for each other's values, and the one that could have helped both ends."""
import threading

import stackless

left, right = stackless.channel(), stackless.channel()
told, got = [], []


def waits(mine, others):
    try:
        got.append(mine.receive())
    except RuntimeError as why:  # "Deadlock: ..."
        told.append(str(why).split(":")[0])
        others.send("go on")


helper = threading.Event()
ends = threading.Thread(target=helper.wait)
ends.start()
waiter = threading.Thread(target=waits, args=(left, right))
waiter.start()
while left.balance == 0:
    stackless.schedule()
helper.set()                     # when this thread has ended, nobody is left who could send
waits(right, left)
ends.join()
waiter.join()
assert told == ["Deadlock"] and got == ["go on"], (told, got)
print("a deadlock was told, and nobody waits")
