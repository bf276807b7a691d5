# SPDX-License-Identifier: MIT
"""Uses an executor that lives as long as the program does; nothing is wrong."""
from concurrent.futures import ThreadPoolExecutor

pool = None


def test_left():
    global pool
    pool = ThreadPoolExecutor(1)
    assert pool.submit(int).result() == 0


def test_bad():
    global pool
    pool = ThreadPoolExecutor(2)
    seen = []
    for one in [pool.submit(seen.append, i) for i in range(2)]:
        one.result()
    assert seen == [0, 1]
