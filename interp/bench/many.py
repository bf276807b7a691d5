# SPDX-License-Identifier: MIT
"""many.py [COUNT]: so many tasklets that wait at once (default 1,000,000), as one JSON object: seconds
of CPU time to make them and let them wait, to serve each, to make them anew, and to kill each; and
bytes of resident memory, its share of each."""

import json
import sys
import time

import stackless


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def wait(channel):
    channel.receive()


def make(channel, count):
    made = [stackless.tasklet(wait)(channel) for _ in range(count)]
    stackless.run()
    return made


def serve(channel, count):
    for _ in range(count):
        channel.send(None)
    stackless.run()


def kill(made):
    for one in made:
        one.kill()


def timed(results, name, function, *args):
    begin = time.process_time()
    value = function(*args)
    results[name] = time.process_time() - begin
    return value


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    channel, results = stackless.channel(), {}
    before = resident()
    made = timed(results, "make", make, channel, count)
    results["bytes"] = (resident() - before) / count
    assert channel.balance == -count
    timed(results, "serve", serve, channel, count)
    assert channel.balance == 0 and not any(one.alive for one in made[:: count // 100 or 1])
    made = None
    made = timed(results, "make again", make, channel, count)
    timed(results, "kill", kill, made)
    assert channel.balance == 0
    print(json.dumps(results))


main()
