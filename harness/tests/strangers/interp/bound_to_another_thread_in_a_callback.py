# SPDX-License-Identifier: MIT
import stackless, threading, sys, time
ready, stop = threading.Event(), threading.Event()
ids = []
def other():
    stackless.getmain(); ids.append(threading.get_ident()); ready.set()
    while not stop.is_set(): stackless.schedule(); time.sleep(0)
th = threading.Thread(target=other); th.start(); ready.wait()
def work(n):
    x = [n] * 50
    for i in range(20): stackless.schedule(); assert x == [n] * 50
    done.append(n)
done = []
def cb(prev, nxt):
    if not prev.alive and not prev.is_main and threading.get_ident() != ids[0]:
        try: prev.bind_thread(ids[0]); prev.bind(work)(len(done)); moved.append(1)
        except RuntimeError as e: pass
        time.sleep(0.0005)      # the other thread runs it now, while it still ends here
moved = []
stackless.set_schedule_callback(cb)
for i in range(200):
    stackless.tasklet(lambda: None)(); stackless.run()
stackless.set_schedule_callback(None)
time.sleep(0.2); stop.set(); th.join()
print(len(moved), len(done))
