# SPDX-License-Identifier: MIT
"""Two threads take the same two locks, in opposite orders: some schedules are a deadlock.

The call between the two is what makes it possible on CPython 3.10 and later, which let another
thread in where a function begins but not between two with statements.
"""
import threading

first = threading.Lock()
second = threading.Lock()
done = []


def look(lock):
    return lock.locked()


def move(name, one, other):
    with one:
        look(other)
        with other:
            done.append(name)


def main():
    threads = [threading.Thread(target=move, args=("forth", first, second)),
               threading.Thread(target=move, args=("back", second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(", ".join(done))


main()
