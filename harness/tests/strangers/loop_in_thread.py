# SPDX-License-Identifier: MIT
"""A loop in a thread of its own is stopped while somebody asks it something."""
import asyncio
import threading


class LoopThread:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.main)
        self.thread.start()

    def main(self):
        try:
            self.loop.run_forever()
        finally:
            self.loop.close()
            self.loop = None

    def ask(self, n):
        if self.loop is None:
            return None
        return asyncio.run_coroutine_threadsafe(asyncio.sleep(0, n), self.loop).result()

    def stop(self):
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


def scenario(stop_first):
    server = LoopThread()
    answers = []
    asker = threading.Thread(target=lambda: answers.append(server.ask(1)))
    if stop_first:
        server.stop()
    asker.start()
    if not stop_first:
        server.stop()
    asker.join()
    assert answers in ([1], [None]), answers


def test_ask():
    scenario(False)


def test_ask_fixed():
    scenario(True)
