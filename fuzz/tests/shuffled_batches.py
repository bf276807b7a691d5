# SPDX-License-Identifier: MIT
"""A scheduler that shuffles its batches, with a generator that it seeds when it is imported."""
import random
import sys
import threading

numbers = random.Random()
luck = numbers.randrange(4)


class Loop:
    def __init__(self):
        self.runnable = []

    def run(self):
        while self.runnable:
            batch, self.runnable = self.runnable, []
            numbers.shuffle(batch)
            for task in batch:
                if next(task, "ended") is None:
                    self.runnable.append(task)


def writer(journal):
    yield
    journal.append("written")


def reader(journal, seen):
    yield
    seen.append(len(journal))


def test_shuffled():
    journal, seen, loop = [], [], Loop()
    loop.runnable += [writer(journal), reader(journal, seen)]
    loop.run()
    assert seen == [1], seen


def ends_differently(chance_matters):
    ends = []

    def end(name):
        numbers.random()
        ends.append(name)
    threads = [threading.Thread(target=end, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends == ["b", "a"] and (not chance_matters or luck == 2)


def test_both():
    assert not ends_differently(True)


def test_only_the_schedule():
    assert not ends_differently(False)


if __name__ == "__main__":
    test_shuffled()
    sys.exit(0)
