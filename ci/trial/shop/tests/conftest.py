# SPDX-License-Identifier: MIT
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from shop.ledger import Account
from shop.stock import Stock


@pytest.fixture(scope="session")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "shop.log"
    logging.basicConfig(filename=path, level=logging.INFO)
    return logging.getLogger("shop")


@pytest.fixture(scope="module")
def pool():
    with ThreadPoolExecutor(max_workers=2) as executor:
        yield executor


@pytest.fixture
def stock():
    return Stock(apple=1, pear=5)


@pytest.fixture
def accounts():
    return Account(100), Account(100)
