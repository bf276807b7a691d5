# SPDX-License-Identifier: MIT
import stackless
c, d = stackless.channel(), stackless.channel()
t = stackless.tasklet(c.receive)(); stackless.schedule()   # t waits
t.throw(ValueError, pending=True)                          # it will raise that when it runs next
t.remove()                                                 # but it is paused now
stackless.tasklet(d.send)(1); d.receive()                  # any operation of anybody
