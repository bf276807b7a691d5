# SPDX-License-Identifier: MIT
# nobody else runs Python code between the first and the last line of an atomic block (SEMANTICS 7.1)
import stackless, sys, threading
inside, bad = [0], []
def f(): pass
def work():
    for i in range(200):
        with stackless.atomic():
            inside[0] += 1
            for _ in range(5): f()
            if inside[0] != 1: bad.append(inside[0])
            for _ in range(5): f()
            inside[0] -= 1
        f()
ts = [threading.Thread(target=work) for _ in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]
print("violations", len(bad)); sys.exit(bool(bad))
