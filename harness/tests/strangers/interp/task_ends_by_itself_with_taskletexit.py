# SPDX-License-Identifier: MIT
import stackless
def f(): raise TaskletExit
stackless.tasklet(f)()
try: stackless.channel().receive()
except RuntimeError as e: print(e)
