# SPDX-License-Identifier: MIT
"""A cache that the module keeps, and that counts: at a key's first use two threads may make two values."""
import threading

_values = {}
count = {"made": 0, "hit": 0}


class Value:
    pass


def note(what):
    count[what] += 1


def get(key):
    value = _values.get(key)
    if value is None:
        note("made")
        value = _values[key] = Value
    else:
        note("hit")
    return value


def scenario():
    before = count["made"]
    threads = [threading.Thread(target=get, args=("a",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count["made"] - before <= 1


def test_hits():
    scenario()


def test_hits_clean():
    _values.clear()
    scenario()


if __name__ == "__main__":
    scenario()
