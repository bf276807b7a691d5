"""Tasks in sets: asyncio.wait() gives one, and asyncio.run() cancels those that are left in the order of
another one."""
import asyncio
from asyncio import run as run_loop


async def job(number):
    try:
        await asyncio.sleep(0 if number % 2 else 1000)
    except asyncio.CancelledError:
        print("cancelled", number)
        raise
    return number


async def wait_for_some(tell):
    tasks = {asyncio.ensure_future(job(i)) for i in range(12)}
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    tell("done", (task.result() for task in done))


def run(tell):
    run_loop(wait_for_some(tell))
