# SPDX-License-Identifier: MIT
import stackless
t = stackless.tasklet(lambda: 0)(); stackless.run()
t.tempval = 5
d = stackless.channel(); stackless.tasklet(d.send)(1); d.receive()
