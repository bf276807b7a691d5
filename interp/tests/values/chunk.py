# SPDX-License-Identifier: MIT
"""The loss of May 2012 in a program that does not look at what it receives.

With release-eats-mailbox and spill-entry-eats-mailbox, and SLP_SPILL=16384, it prints [None].
"""

import weakref

import stackless


def deep(n):
    return list(map(deep, [n - 1])) if n else 0


def start():
    sender = stackless.tasklet(lambda: chunks.send("chunk"))
    gone.append(weakref.ref(sender, lambda ref: deep(60)))
    sender()


chunks, gone, got = stackless.channel(), [], []
chunks.preference = 1
stackless.tasklet(lambda: got.extend(map(lambda _: chunks.receive(), [0])))()
stackless.run()
start()
stackless.run()
print(got)
