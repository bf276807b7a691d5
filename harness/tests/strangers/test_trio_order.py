# SPDX-License-Identifier: MIT
"""Trio runs a batch of tasks as they came or back to front, so that nobody may rely on it."""
import trio


async def note(order, name):
    await trio.sleep(0)
    order.append(name)


async def both(order):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(note, order, "first")
        nursery.start_soon(note, order, "second")


def test_first_come_first_served():
    order = []
    trio.run(both, order)
    assert order == ["first", "second"]
