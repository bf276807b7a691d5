# SPDX-License-Identifier: MIT
import stackless, sys, threading
def f(): pass
def other():
    while not done: f()
done = []
threading.Thread(target=other, daemon=True).start()
sys.settrace(lambda *a: None)
for i in range(100000):
    with stackless.atomic(): f()          # hangs in f's first instruction, soon
done.append(1); print("done")
