# SPDX-License-Identifier: MIT
import queue, threading

class Pool:
    def __init__(self, n, daemon):
        self.q = queue.Queue(); self.done = 0
        self.ts = [threading.Thread(target=self.work, daemon=daemon) for _ in range(n)]
        for t in self.ts: t.start()
    def log(self, n): str(n)
    def work(self):
        while True:
            if self.q.get() is None: return
            d = self.done
            self.log(d)
            self.done = d + 1
    def close(self):
        for _ in self.ts: self.q.put(None)
        for t in self.ts: t.join()

def go(n, jobs, daemon):
    p = Pool(n, daemon)
    for i in range(jobs): p.q.put(i)
    p.close()
    assert p.done == jobs

def test_daemon3(): go(3, 4, True)
def test_nondaemon3(): go(3, 4, False)
def test_nondaemon2(): go(2, 2, False)

def test_simplequeue():
    q = queue.SimpleQueue(); n = [0]
    def log(n): str(n)
    def work():
        while q.get() is not None:
            d = n[0]; log(d); n[0] = d + 1
    ts = [threading.Thread(target=work) for _ in range(2)]
    for t in ts: t.start()
    for i in (1, 2, None, None): q.put(i)
    for t in ts: t.join()
    assert n[0] == 2

def test_noqueue():
    n = [0]
    def log(n): str(n)
    def work():
        d = n[0]; log(d); n[0] = d + 1
    ts = [threading.Thread(target=work) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert n[0] == 2

def test_cond():
    n = [0]; c = threading.Condition()
    def log(n): str(n)
    def work():
        with c: pass
        d = n[0]; log(d); n[0] = d + 1
    ts = [threading.Thread(target=work) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert n[0] == 2
