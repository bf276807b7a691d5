# SPDX-License-Identifier: MIT
import stackless
c = stackless.channel(); stackless.tasklet(c.send)(1); stackless.schedule()
stackless.getcurrent().tempval = 5
print(c.receive())
