# SPDX-License-Identifier: MIT
"""Kinds of decisions that the programs of the other archives do not have: a test each."""
import asyncio
import ctypes
import os
import random
import subprocess
import threading

libc = ctypes.CDLL(None)


def in_threads(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_rwlock():
    lock, total, seen = ctypes.create_string_buffer(56), [0], []

    def write():
        libc.pthread_rwlock_wrlock(lock)
        total[0] += 1
        libc.pthread_rwlock_unlock(lock)

    def read():
        libc.pthread_rwlock_rdlock(lock)
        seen.append(total[0])
        libc.pthread_rwlock_unlock(lock)

    in_threads(write, read, write, read)
    assert total == [2] and len(seen) == 2


def test_cancel():
    """A thread of C's own, which waits for a signal that does not come."""
    thread, result = ctypes.c_ulong(), ctypes.c_void_p()
    assert libc.pthread_create(ctypes.byref(thread), None, libc.pause, None) == 0
    in_threads(lambda: libc.pthread_cancel(thread), lambda: None)
    assert libc.pthread_join(thread, ctypes.byref(result)) == 0
    assert ctypes.c_ssize_t(result.value).value == -1


def test_timed_wait():
    """Fails where the wait ends before its time."""
    ready, seen = threading.Event(), []
    in_threads(lambda: seen.append(ready.wait(timeout=5)), ready.set)
    assert seen == [True]


def test_timed_condition():
    changed, seen = threading.Condition(), []

    def wait():
        with changed:
            seen.append(changed.wait(timeout=0.5))

    def tell():
        with changed:
            changed.notify()

    in_threads(wait, tell)
    assert len(seen) == 1


def test_barrier():
    barrier, order = threading.Barrier(3), []
    in_threads(*[lambda: order.append(barrier.wait()) for _ in range(3)])
    assert sorted(order) == [0, 1, 2]


def test_asyncio():
    async def put(queue, name):
        await queue.put(await asyncio.to_thread(str.upper, name))

    async def main():
        queue = asyncio.Queue()
        await asyncio.gather(*(put(queue, name) for name in "abc"))
        return sorted(queue.get_nowait() for _ in "abc")

    assert asyncio.run(main()) == ["A", "B", "C"]


def test_subprocess():
    said = []
    in_threads(*[lambda word=word: said.append(subprocess.check_output(["/bin/echo", word]))
                 for word in ("one", "two")])
    assert sorted(said) == [b"one\n", b"two\n"]


def test_pipe():
    r, w = os.pipe()
    said = []
    in_threads(lambda: said.append(os.read(r, 8)), lambda: os.write(w, b"x"))
    os.close(r)
    os.close(w)
    assert said == [b"x"]


def test_chance():
    drawn = []
    in_threads(*[lambda: drawn.append(random.choice("abcdefgh")) for _ in range(2)])
    assert len(drawn) == 2


class Member:
    pass


def test_addresses():
    """The order of a set, which follows where its members lie."""
    members = [Member() for _ in range(8)]
    for number, member in enumerate(members):
        member.number = number
    order = []
    in_threads(*[lambda: order.append([member.number for member in set(members)])
                 for _ in range(2)])
    assert order[0] == order[1]


def test_daemon():
    """What is left running when the test ends."""
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    in_threads(lambda: None)


def test_local():
    local, seen = threading.local(), []

    def keep(number):
        local.number = number
        seen.append(local.number)

    in_threads(lambda: keep(1), lambda: keep(2))
    assert sorted(seen) == [1, 2]
