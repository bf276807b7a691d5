# SPDX-License-Identifier: MIT
import asyncio

import pytest

pytest.importorskip("pytest_asyncio")


@pytest.mark.asyncio
async def test_gathered(stock):
    await asyncio.gather(*(asyncio.to_thread(stock.sell_safely, 2) for _ in range(2)))
    assert stock.count == 1
