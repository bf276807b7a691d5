# SPDX-License-Identifier: MIT
import threading
def race(f):
    n = [0]
    def work():
        f()
        d = n[0]; f(); n[0] = d + 1
    ts = [threading.Thread(target=work) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert n[0] == 2
L = [1]
def size_cold(): return len(L)
def size_warm(): return len(L)
for _ in range(100): size_warm()
def test_cold(): race(size_cold)
def test_warm(): race(size_warm)
def app_cold(): x = []; x.append(1)
def app_warm(): x = []; x.append(1)
for _ in range(100): app_warm()
def test_app_cold(): race(app_cold)
def test_app_warm(): race(app_warm)
