# SPDX-License-Identifier: MIT
import stackless, threading, sys, time
sys.setswitchinterval(1000)          # nothing of the home thread runs between the three calls
order, box, ready = [], [], threading.Event()
ch = stackless.channel()
def home():
    ts = [stackless.tasklet(order.append)(i) for i in (1, 2, 3)]
    for t in ts: t.remove()
    box.extend(ts); ready.set()
    ch.receive()                      # the thread waits
    stackless.run()
th = threading.Thread(target=home); th.start(); ready.wait()
while ch.balance != -1: time.sleep(.01)
time.sleep(.1)
t1, t2, t3 = box
t2.insert(); t3.insert(); t1.run()
ch.send(0); th.join(); print(order)
