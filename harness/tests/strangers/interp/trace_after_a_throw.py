# SPDX-License-Identifier: MIT
import functools, operator, stackless, sys, threading, time
def f(): pass
t = None
ev = threading.Event()
def thrower(): ev.wait(); time.sleep(0.05); t.throw(ValueError); sent.append(1)
sent = []
th = threading.Thread(target=thrower); th.start()
def victim():
    # C code sleeps, and then does an operation, without a bytecode between: SEMANTICS 5.2, "at its next operation"
    try: [*map(operator.call, [ev.set, functools.partial(time.sleep, 0.2), stackless.schedule])]
    except ValueError: print("caught")
t = stackless.tasklet(victim)(); stackless.run(); th.join()
print("now a trace function", flush=True)
sys.settrace(lambda *a: None)
f()
sys.settrace(None)
print("done")
