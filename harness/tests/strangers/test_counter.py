# SPDX-License-Identifier: MIT
import threading
class Counter:
    def __init__(self): self.value = 0
    def increment(self):
        temp = self.value
        self.value = temp + 1

def test_counter_is_atomic():
    c = Counter()
    ts = [threading.Thread(target=c.increment) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert c.value == 2
