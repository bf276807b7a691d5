# SPDX-License-Identifier: MIT
"""Two threads add to one number: read it, call a function, write it.

    lost_update.py [TIMES]

Ends with 1 and says so if an update was lost.  The call in between is what makes it possible on
CPython 3.10 and later: they let another thread in where a function begins, and where a loop ends.
"""
import sys
import threading

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 5
number = 0


def one_more(seen):
    return seen + 1


def add():
    global number
    for _ in range(TIMES):
        seen = number
        number = one_more(seen)


def main():
    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if number != 2 * TIMES:
        print("%d of %d updates arrived" % (number, 2 * TIMES))
        sys.exit(1)
    print("all updates arrived")


main()
