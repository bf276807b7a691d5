# SPDX-License-Identifier: MIT
import stackless
c = stackless.channel()
def boom(): raise KeyError("from the tasklet")
stackless.tasklet(boom)()
try: c.send_exception(ValueError)      # main waits in a send; the tasklet ends with an exception
except KeyError as e: print("main got", repr(e))
