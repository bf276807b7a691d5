# SPDX-License-Identifier: MIT
"""Threads that are joined over a container: the container is nobody else's."""
import threading


class State:
    pass


def run(make):
    state = State()
    state.x = state.y = 0

    def first():
        state.x = 1
        state.y = state.x

    def second():
        state.y = 2
        state.x = state.y

    def third():
        state.x = 5

    threads = make(threading.Thread(target=body) for body in (first, second, third))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_list():
    run(list)


def test_tuple():
    run(tuple)


def test_set():
    run(set)


def test_dict():
    run(lambda threads: {thread: thread.name for thread in threads})


def test_popped():
    def backwards(threads):
        threads = list(threads)
        for thread in threads:
            thread.start()
        while threads:
            threads.pop().join()
        return ()

    run(backwards)
