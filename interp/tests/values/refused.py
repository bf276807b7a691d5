# SPDX-License-Identifier: MIT
"""A channel callback that tries to switch, and is refused, in a program that looks at nothing.

With refused-run-empties-mailbox the receiver gets None.
"""

import stackless


def on_action(channel, tasklet, sending, willblock):
    try:
        stackless.run()
    except RuntimeError:
        pass


channel = stackless.channel()
stackless.tasklet(channel.receive)()
stackless.run()
stackless.set_channel_callback(on_action)
channel.send("value")
