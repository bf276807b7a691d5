# SPDX-License-Identifier: MIT
"""The file `expected`: reads and writes it.  Its first lines say how it is read."""

import os

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")

# What is said most often, and how it is written here.
SHORT = {
    "RuntimeError: cannot switch inside a channel or schedule callback": "<no switch in a callback>",
    "RuntimeError: a channel cannot be used inside a channel or schedule callback": (
        "<no channel in a callback>"
    ),
    "RuntimeError: cannot switch during a garbage collection": "<no switch in a collection>",
    "RuntimeError: cannot switch: switch_trap is set": "<no switch in a trap>",
    "RuntimeError: Deadlock: the last runnable tasklet cannot be blocked or removed, "
    "no other thread could make one runnable": "<deadlock>",
}

HEAD = """\
# What each operation does in each state of a tasklet, at each place; written by --update.
#
# [STATE]
# OPERATION: its result; how t is then; what t and the others see until all have gone on to the end
#     PLACE...: the same, at places where it differs
#
# States, operations and places are the functions of these names in states.py, operations.py and
# places.py.  In capitals stands what must not be: a value that is LOST, what LEAKS, what is LEFT.
#
"""


def head():
    return HEAD + "".join(f"# {short} = {long}\n" for long, short in SHORT.items())


def shortened(outcome):
    for long, short in SHORT.items():
        outcome = outcome.replace(long, short)
    return outcome


def in_full(outcome):
    for long, short in SHORT.items():
        outcome = outcome.replace(short, long)
    return outcome


def by_outcome(outcomes):
    """{outcome: [place]}; that of the first place, which is the plain one, comes first."""
    groups = {}
    for place, outcome in outcomes.items():
        groups.setdefault(outcome, []).append(place)
    return groups


def write(table, order):
    state, lines = None, []
    for test in order:
        if test not in table:
            continue
        if test.partition("/")[0] != state:
            state = test.partition("/")[0]
            lines.append(f"\n[{state}]")
        first, *others = by_outcome(table[test]).items()
        lines.append(f"{test.partition('/')[2]}: {shortened(first[0])}")
        lines += [f"    {' '.join(places)}: {shortened(outcome)}" for outcome, places in others]
    with open(FILE, "w", encoding="utf-8") as file:
        file.write(head() + "\n".join(lines) + "\n")


def read(every_place):
    """{test: {place: outcome}}."""
    table, state, outcomes = {}, None, {}
    if not os.path.exists(FILE):
        return table
    with open(FILE, encoding="utf-8") as file:
        for line in file.read().splitlines():
            what, _, outcome = line.strip().partition(": ")
            if line.startswith("["):
                state = line.strip("[]")
            elif line.startswith("    "):
                outcomes.update(dict.fromkeys(what.split(), in_full(outcome)))
            elif line and not line.startswith("#"):
                outcomes = table[f"{state}/{what}"] = dict.fromkeys(every_place, in_full(outcome))
    return table
