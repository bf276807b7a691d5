# SPDX-License-Identifier: MIT
import threading
from limits.storage.memory import MemoryStorage

def hits(workers=2):
    s = MemoryStorage()
    s.timer.cancel()
    ts = [threading.Thread(target=s.incr, args=("ip", 60)) for _ in range(workers)]
    for t in ts: t.start()
    for t in ts: t.join()
    n = s.get("ip")
    return n

def test_hits_are_counted():
    assert hits() == 2

def test_get_beside_incr():
    s = MemoryStorage()
    got = []
    ts = [threading.Thread(target=s.incr, args=("ip", 60)), threading.Thread(target=lambda: got.append(s.get("ip")))]
    for t in ts: t.start()
    for t in ts: t.join()
    assert s.get("ip") == 1
    s.timer.cancel()
