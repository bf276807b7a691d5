# SPDX-License-Identifier: MIT
"""Run by pytest, since a conftest.py stands beside it."""
import pytest


@pytest.mark.parametrize("count", [2, 3])
def test_counted(lock, together, count):
    total = [0]

    def add():
        with lock:
            total[0] += 1

    together(*[add] * count)
    assert total == [count]


def test_lost(together):
    total = [0]

    def pause():
        pass

    def add():
        seen = total[0]
        pause()
        total[0] = seen + 1

    together(add, add)
    assert total == [2]
