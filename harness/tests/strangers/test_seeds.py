# SPDX-License-Identifier: MIT
import random, threading
def f(): pass
def test_rng():
    n=[0]
    def w():
        for _ in range(random.randrange(1,4)): f()
        v=n[0]; f(); n[0]=v+1
    ts=[threading.Thread(target=w) for _ in range(2)]; [t.start() for t in ts]; [t.join() for t in ts]
    assert n[0]==2
