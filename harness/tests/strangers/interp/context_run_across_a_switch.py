# SPDX-License-Identifier: MIT
import stackless, contextvars
me = stackless.getcurrent()
other = stackless.tasklet(print); 
stackless.tasklet(lambda: me.set_context(contextvars.copy_context()))()
other.context_run(stackless.schedule)
print("survived")
