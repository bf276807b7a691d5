# SPDX-License-Identifier: MIT
"""Each test has a failing schedule; dpor said of each that all traces hold."""
import threading
T = threading.Thread
def par(*fs):
    ts = [T(target=f) for f in fs]
    for t in ts: t.start()
    for t in ts: t.join()
class O: pass
def test_1_not_joined():                     # what a thread does after the test has returned is no operation
    box = []
    T(target=lambda: box.append(1), daemon=True).start()
    assert box == []
def test_1c_flag():                          # a worker that polls, stopped by a flag: the usual shape
    s = O(); s.stop = False; s.n = 0
    def work():
        if not s.stop: s.n = 1
    T(target=work, daemon=True).start()
    s.stop = True
    assert s.n == 0
def test_2_is_alive():                       # the end of a thread is no operation
    t = T(target=lambda: None); t.start(); a = t.is_alive(); t.join(); assert a
def test_3_callback_replaced():              # an instance's attribute that hides a method of its class
    class Handler:
        def on_event(self): return "default"
    h = Handler(); got = []
    def f(): got.append(h.on_event())
    def g(): h.on_event = lambda: "mine"
    par(f, g); assert got == ["default"]
def test_4_keys_view():                      # a view of a dict
    d = {}; keys = d.keys(); got = []
    def f():
        if "k" not in keys: d["k"] = 1; got.append(1)
    par(f, f); assert len(got) == 1
def test_5_sum_map():                        # what an iterator of C reads
    d = {1: 1, 2: 2}; got = []
    def f(): got.append(sum(map(d.get, [1, 2])))
    def g(): d[1] = 5; d[2] = 5
    par(f, g); assert got[0] in (3, 10)
