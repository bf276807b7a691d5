# SPDX-License-Identifier: MIT
import stackless, os, sys
def p(*a): os.write(1, (" ".join(map(str, a)) + "\n").encode())
how = sys.argv[1]
ch = stackless.channel()
def server():
    while True:
        x, back = ch.receive(); back.send(x + 1)
def last(): 
    try: stackless.schedule_remove()
    finally:
        try:
            p("finally begins")
            if how == "schedule": stackless.schedule()
            elif how == "made": stackless.tasklet(p)("made in finally"); stackless.schedule()
            elif how == "call": b = stackless.channel(); ch.send((1, b)); p("answer", b.receive())
            elif how == "send": ch.send((1, ch))
            p("finally ends")
        except BaseException as e: p("got", type(e).__name__, e); raise
if len(sys.argv) > 2: s = stackless.tasklet(server)(); stackless.schedule()
l = stackless.tasklet(last)(); stackless.schedule(); 
if how == "call" and len(sys.argv) < 3: s = stackless.tasklet(server)(); stackless.schedule()
p("main ends")
