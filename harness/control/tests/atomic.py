# SPDX-License-Identifier: MIT
"""Three threads, each in one atomic block after the other, for an interpreter with tasklets.

    atomic.py blocks|flag|switches|traced|blocks-in-c

Ends with 1 if somebody else ran between the first and the last line of a block, though nothing in
it gives the GIL away; and with 2 if no thread was ever preempted between two blocks.
"""
import sys
import threading

import stackless

how = sys.argv[1]
TIMES = 60
inside = 0
violations = 0
last = None
handed_over = 0


def nothing():
    pass


def block():
    global inside, violations, last, handed_over
    inside += 1
    nothing()
    violations += inside != 1
    nothing()
    me = threading.get_ident()
    handed_over += last not in (None, me)
    last = me
    for _ in range(3):
        nothing()
    violations += inside != 1
    inside -= 1


def atomic():
    with stackless.atomic():
        block()


def flagged():
    old = stackless.getcurrent().set_atomic(True)
    block()
    stackless.getcurrent().set_atomic(old)


def switched():
    """Another tasklet of the thread, which is not atomic, runs in between."""
    tasklet = stackless.tasklet(nothing)()
    with stackless.atomic():
        block()
        stackless.schedule()
        block()
    assert not tasklet.alive


def blocked():
    """In a block that waits in C for another thread: that one must come to run."""
    answer = threading.Lock()
    answer.acquire()
    helper = threading.Thread(target=answer.release)
    with stackless.atomic():
        helper.start()
        answer.acquire()
        block()
    helper.join()


work = {"blocks": atomic, "traced": atomic, "flag": flagged, "switches": switched}.get(how, blocked)


def run():
    if how == "traced":
        sys.settrace(lambda frame, event, argument: None)
    for _ in range(TIMES):
        work()
        nothing()
    sys.settrace(None)


threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("violations", violations, "of", 3 * TIMES, "handed over", handed_over)
sys.exit(1 if violations else 2 if handed_over < 10 else 0)
