# SPDX-License-Identifier: MIT
import pytest

from shop.ledger import transfer
from shop.prices import price, total
from shop.stock import SoldOut


def try_to_sell(stock, name):
    try:
        return stock.sell(name)
    except SoldOut:
        return None


def test_prices(pool):
    assert list(pool.map(price, ["apple", "pear", "apple"])) == [50, 40, 50]
    assert total(["apple", "pear"]) == 90


@pytest.mark.parametrize("name", ["apple", "pear"])
def test_one_sale(stock, name):
    assert stock.sell(name) == name


def test_last_apple(pool, stock, log):
    sales = [pool.submit(try_to_sell, stock, "apple") for _ in range(2)]
    sold = [sale.result() for sale in sales]
    log.info("sold %s", sold)
    assert stock.counts["apple"] == 0
    assert sold.count("apple") == 1


def test_transfers(pool, accounts):
    a, b = accounts
    both = [pool.submit(transfer, a, b, 30), pool.submit(transfer, b, a, 50)]
    for each in both:
        each.result()
    assert (a.balance, b.balance) == (120, 80)
