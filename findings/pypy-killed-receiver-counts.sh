#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A channel of PyPy's module stackless goes on counting a receiver that was killed.
#
# PyPy 7.3.11 (Debian 12) has a module `stackless` of its own, written in Python over continulets.
# There channel.balance of a channel in which one tasklet waits is -1, as in Stackless; but when that
# tasklet is killed, balance stays at -1, and the dead tasklet's `blocked` does, too.  The next send
# finds out, blocks, and makes it 1.  So the common "send only if somebody waits" (if channel.balance
# < 0: channel.send(...)) stops its sender, where Stackless, in which the dead one leaves the queue at
# once, goes on.  Also, a channel is not iterated there: `for value in channel` raises TypeError.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

version=7.3.11+dfsg-2+deb12u3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "pypy3=$version" "pypy3-lib=$version" >download.log 2>&1 ||
    { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done

cat >killed.py <<'EOF'
import stackless

channel, sent = stackless.channel(), []


def receiver():
    channel.receive()


def sender():
    if channel.balance < 0:
        sent.append("begins")
        channel.send("value")
        sent.append("done")
    else:
        sent.append("nobody waits")


waits = stackless.tasklet(receiver)()
stackless.schedule()
print("one waits:", channel.balance)
waits.kill()
print("it is dead:", channel.balance, "alive", waits.alive, "blocked", waits.blocked)
sends = stackless.tasklet(sender)()
stackless.schedule()
print("a sender that asks first:", sent, channel.balance, "alive", sends.alive)
try:
    iter(channel)
except TypeError as error:
    print("iter:", error)
EOF
echo "PyPy:"
root/usr/bin/pypy3 -c 'import sys; print("    %d.%d.%d" % sys.pypy_version_info[:3])'
root/usr/bin/pypy3 killed.py | tee seen.txt | sed 's/^/    /'

expect() { # WHAT LINE
    if grep -qxF "$2" seen.txt; then echo "as said: $1"; else echo "no longer so: $1"; exit 1; fi
}
expect "one that waits is counted" "one waits: -1"
expect "one that was killed is, too" "it is dead: -1 alive False blocked -1"
expect "whoever asks first blocks" "a sender that asks first: ['begins'] 1 alive True"
expect "a channel is not iterated" "iter: 'channel' object is not iterable"
