# SPDX-License-Identifier: MIT
import pytest
from conftest import ups


def test_sold_safely(stock, together):
    together(lambda: stock.sell_safely(2), lambda: stock.sell_safely(2))
    assert stock.count == 1


def test_oversold(stock, together):
    together(lambda: stock.sell(2), lambda: stock.sell(2))
    assert stock.count >= 0


@pytest.mark.parametrize("count", [1, 4])
def test_counts(stock, together, count):
    together(lambda: stock.sell_safely(count))
    assert stock.count == (2 if count == 1 else 3)


def test_only_one_thread(stock):
    assert ups == ["shop", "shelf"]


def test_temporary_folder(tmp_path, together):
    assert tmp_path.name == "test_temporary_folder0"
    together(lambda: (tmp_path / "one").write_text("1"), lambda: (tmp_path / "two").write_text("2"))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.skip(reason="not today")
def test_skipped():
    pass


@pytest.mark.xfail(reason="as is known")
def test_expected_to_fail():
    assert False


class TestShelf:
    def test_name(self, shelf):
        assert shelf == "shop/shelf"
