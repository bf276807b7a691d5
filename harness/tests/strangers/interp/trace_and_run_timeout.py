# SPDX-License-Identifier: MIT
import stackless, sys
def f(): return 1
def body():
    sys.setprofile(lambda *a: None)      # or sys.settrace()
    f()
    sys.setprofile(None)
    print("done")
t = stackless.tasklet(body)()
for i in range(200):
    who = stackless.run(1000)            # 200 times 1000 instructions; body() needs some dozens
    if who is None: break
    who.insert()
print("after", i + 1, "runs:", who is None, [x.f_code.co_name for x in [t.frame] if x])
