# SPDX-License-Identifier: MIT
"""Two threads wait for each other's values, and the one that could have helped both ends.

Ends with 77 on an interpreter whose threads have no tasklets of their own.
"""
import sys
import threading

try:
    import stackless
except ImportError:
    print("there is no module stackless")
    sys.exit(77)
if not hasattr(stackless.tasklet, "thread_id"):
    print("the channels of this stackless stay within their thread")
    sys.exit(77)

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
