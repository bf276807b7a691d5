# SPDX-License-Identifier: MIT
"""A module-wide singleton, made at its first use."""
import threading

_instance = None


class Connection:
    def __init__(self):
        self.name = str(id(self))


def connection():
    global _instance
    if _instance is None:
        _instance = Connection()
    return _instance


def test_one_connection():
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(connection())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen[0] is seen[1]
