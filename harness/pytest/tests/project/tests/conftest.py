# SPDX-License-Identifier: MIT
"""Fixtures of every scope: each schedule sets all of them up, and tears them down."""
from threading import Thread

import pytest

from stock import Stock

ups = []


@pytest.fixture(scope="session")
def shop():
    ups.append("shop")
    yield "shop"
    assert ups.pop(0) == "shop" and not ups


@pytest.fixture(scope="module")
def shelf(shop):
    ups.append("shelf")
    yield shop + "/shelf"
    assert ups.pop() == "shelf"


@pytest.fixture
def stock(shelf):
    return Stock(3)


@pytest.fixture
def together():
    def run(*functions):
        threads = [Thread(target=function) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return run
