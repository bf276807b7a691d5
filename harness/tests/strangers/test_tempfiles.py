# SPDX-License-Identifier: MIT
import tempfile, threading, os
def f(): pass
def test_tmp():
    n = [0]
    with tempfile.TemporaryDirectory() as d:
        def w(i):
            with open(os.path.join(d, str(i)), "w") as fh: fh.write("x")
            v = n[0]; f(); n[0] = v + 1
        ts = [threading.Thread(target=w, args=(i,)) for i in range(2)]
        [t.start() for t in ts]; [t.join() for t in ts]
        assert n[0] == 2
def test_tmp_ok():
    with tempfile.TemporaryDirectory() as d:
        L = threading.Lock()
        n = [0]
        def w(i):
            with open(os.path.join(d, str(i)), "w") as fh: fh.write("x")
            with L: n[0] += 1
        ts = [threading.Thread(target=w, args=(i,)) for i in range(2)]
        [t.start() for t in ts]; [t.join() for t in ts]
        assert n[0] == 2
