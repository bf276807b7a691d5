# SPDX-License-Identifier: MIT
import threading
from blinker import Signal
def r1(sender, **k): pass
def r2(sender, **k): pass
class S: pass

def test_connect_beside_disconnect():
    s = Signal(); keep = [S() for _ in range(3)]; errors = []
    def connecter():
        for o in keep: s.connect(r1, sender=o)
    def disconnecter():
        for i in range(3):
            s.connect(r2)
            try: s.disconnect(r2)
            except RuntimeError as e: errors.append(e)
    ts = [threading.Thread(target=f) for f in (connecter, disconnecter)]
    for t in ts: t.start()
    for t in ts: t.join()
    assert not errors, errors
