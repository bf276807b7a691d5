# SPDX-License-Identifier: MIT
import stackless
c = stackless.channel()
t = stackless.tasklet(print)("never")
t.kill()                                  # ends without having begun
t.bind(c.receive)()                       # a second life
stackless.schedule(); c.send(1); stackless.schedule()
