# SPDX-License-Identifier: MIT
import threading
def two(w):
    ts = [threading.Thread(target=w, args=(i,)) for i in range(2)]
    [t.start() for t in ts]; [t.join() for t in ts]
def test_own():
    L = threading.Lock()
    def w(i):
        with L: L.acquire(False)
    two(w)
def test_try():
    L = threading.Lock()
    def w(i):
        if L.acquire(False): L.release()
    two(w)
def test_cond_lock():
    c = threading.Condition(threading.Lock())
    def w(i):
        with c: c.notify()
    two(w)
