# SPDX-License-Identifier: MIT
"""Uses an executor that lives as long as the program does."""
from concurrent.futures import ThreadPoolExecutor

pool = None


def test_left():
    global pool
    pool = ThreadPoolExecutor(1)
    pool.submit(int).result()
    assert False


def test_left_local():
    ThreadPoolExecutor(1).submit(int).result()
    assert False
