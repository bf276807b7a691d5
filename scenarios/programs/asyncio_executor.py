# SPDX-License-Identifier: MIT
"""An event loop with a pool of two threads behind it, and a thread that calls into it.

Four tasks have words counted by the pool; a plain thread feeds a queue of the loop's with
call_soon_threadsafe(), and a fifth task takes from it.  Prints who came to an end in which order.
For Python 3.7 and later: the exit status is 77 on 3.6.
"""
import asyncio
import concurrent.futures
import functools
import sys
import threading
import time

TEXTS = ["one", "one two", "one two three", "one two three four"]
NUMBERS = range(6)


def count(text):
    time.sleep(len(text) % 3)
    return len(text.split())


async def ask(pool, name, text, ended):
    loop = asyncio.get_running_loop()
    words = await loop.run_in_executor(pool, functools.partial(count, text))
    await asyncio.sleep(words)
    ended.append(name)
    return words


def feed(loop, queue):
    for number in NUMBERS:
        loop.call_soon_threadsafe(queue.put_nowait, number)
    loop.call_soon_threadsafe(queue.put_nowait, None)


async def take(queue, ended):
    numbers = []
    while True:
        number = await asyncio.wait_for(queue.get(), timeout=60)
        if number is None:
            ended.append("feed")
            return numbers
        numbers.append(number)


async def work(pool):
    ended = []
    queue = asyncio.Queue()
    feeder = threading.Thread(target=feed, args=(asyncio.get_running_loop(), queue))
    feeder.start()
    tasks = [ask(pool, "ask-%d" % n, text, ended) for n, text in enumerate(TEXTS)]
    numbers, *words = await asyncio.gather(take(queue, ended), *tasks)
    feeder.join()
    if numbers != list(NUMBERS) or words != [1, 2, 3, 4] or len(ended) != 5:
        print("wrong: fed %s, counted %s, ended %s" % (numbers, words, ended))
        sys.exit(1)
    print(" ".join(ended))


def main():
    if sys.version_info < (3, 7):
        print("asyncio has no run() before 3.7")
        sys.exit(77)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        asyncio.run(work(pool))


main()
