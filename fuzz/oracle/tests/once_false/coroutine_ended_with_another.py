# A coroutine was ended with the one that awaited it, before the bytecode that said so.
import threading
import types


@types.coroutine
def pause():
    yield 1


async def pausing():
    await pause()


async def waiting(coroutine):
    await coroutine


def go_on(coroutine, seen):
    try:
        coroutine.send(None)
    except Exception as error:
        seen.append(type(error).__name__)


def wait(coroutine, seen):
    try:
        waiter = waiting(coroutine)
        waiter.send(None)
        seen.append("waits")
    except Exception as error:
        seen.append(type(error).__name__)


def outcome():
    coroutine, seen = pausing(), ([], [])
    threads = [threading.Thread(target=go_on, args=(coroutine, seen[0])),
               threading.Thread(target=wait, args=(coroutine, seen[1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return repr(seen)
