# SPDX-License-Identifier: MIT
import stackless
c = stackless.channel()
stackless.tasklet(lambda: None)()
try: c.send_exception(ValueError)      # main waits; the tasklet ends; nobody can receive
except RuntimeError as e: print("RuntimeError:", e)
