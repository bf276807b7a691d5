# SPDX-License-Identifier: MIT
"""Classes of unittest's and coroutines, as people have them beside tests of pytest's."""
import asyncio
import unittest
from threading import Thread

from stock import Stock


class StockCase(unittest.TestCase):
    def setUp(self):
        self.stock = Stock(3)

    def test_sold_twice(self):
        threads = [Thread(target=self.stock.sell, args=(2,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertGreaterEqual(self.stock.count, 0)


class AsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stock = Stock(3)

    async def test_in_threads(self):
        await asyncio.gather(*(asyncio.to_thread(self.stock.sell_safely, 2) for _ in range(2)))
        self.assertEqual(self.stock.count, 1)
