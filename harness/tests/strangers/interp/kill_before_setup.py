# SPDX-License-Identifier: MIT
import stackless
t = stackless.tasklet(print)
t.kill()                  # SEMANTICS 5.4: for one that was never set up TaskletExit means nothing
t("called"); stackless.run()
