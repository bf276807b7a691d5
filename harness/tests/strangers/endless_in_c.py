# SPDX-License-Identifier: MIT
import threading, itertools, collections, sys
a = []
def f(x): a.append(x)
ts = [threading.Thread(target=f, args=(i,)) for i in (1, 2, 3)]
for t in ts: t.start()
for t in ts: t.join()
if a[0] == 2: sys.exit(1)                                    # one bug
if a[0] == 3: collections.deque(itertools.count(), maxlen=0)  # another: an endless loop in C
