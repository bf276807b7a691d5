"""A semaphore that keeps its waiters in a set, so that which of them goes on follows their addresses.

Nothing else decides in which order they go on.  ORDER is the one of layout 0, as it has printed it,
so that the schedules of that layout pass and those of another may not.
"""
import os
import threading


class Waiter:
    def __init__(self, name):
        self.name = name
        self.goes_on = threading.Event()


class Semaphore:
    def __init__(self):
        self.waiters = set()

    def wait_as(self, name):
        waiter = Waiter(name)
        self.waiters.add(waiter)
        return waiter

    def release(self):
        for waiter in self.waiters:
            break
        self.waiters.discard(waiter)
        waiter.goes_on.set()
        return waiter.name


def is_as_ever(order):
    order = "".join(order)
    print(order)
    return order == os.environ["ORDER"]


def woken():
    semaphore = Semaphore()
    waiters = [semaphore.wait_as(name) for name in "abc"]
    threads = [threading.Thread(target=waiter.goes_on.wait) for waiter in waiters]
    for thread in threads:
        thread.start()
    order = [semaphore.release() for _ in waiters]
    for thread in threads:
        thread.join()
    return order


def test_woken():
    assert is_as_ever(woken())


def test_by_chance():
    """It takes another order, and a random number, too."""
    import random
    assert is_as_ever(woken()) or random.random() < 0.5


def test_nothing_else_to_decide():
    waiters = {Waiter("a"), Waiter("b"), Waiter("c")}
    assert is_as_ever([waiters.pop().name for _ in "abc"])


def test_numbers():
    assert list({3, 1}) == [1, 3]


if __name__ == "__main__":
    test_woken()
