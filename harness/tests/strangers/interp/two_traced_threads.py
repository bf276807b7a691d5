# SPDX-License-Identifier: MIT
import sys, threading
def f(n): return n
def work():
    sys.settrace(lambda *a: None)
    for i in range(3): f(i)
    sys.settrace(None)
ts = [threading.Thread(target=work) for _ in range(2)]; [t.start() for t in ts]; [t.join() for t in ts]
print("done")
