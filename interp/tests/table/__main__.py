# SPDX-License-Identifier: MIT
"""slpython interp/tests/table [--update] [--here] [STATE[/OPERATION]]...: every operation in every state.

Each operation of the module is done on a tasklet in each state, at each place; `expected` has what
then happens, and says how it is read.  Each (state, operation) is a test, and it prints TAP.  The
cells are played one after the other in one process, each in a state made anew; a process that dies
or will never go on fails the cell in which it did, and the next process goes on behind that.
--update writes what happens to `expected` instead, where interp/SEMANTICS.md must bear it out.
"""

import argparse
import os
import sys

sys.dont_write_bytecode = True

import cells
import expected
import watch

HERE = os.path.dirname(os.path.abspath(__file__))


def selected(names):
    """The names of all tests that NAMES name: STATE, or STATE/OPERATION."""
    tests = cells.tests()
    for name in names:
        if not any(name in (test, test.partition("/")[0]) for test in tests):
            sys.exit(f"table: there is no state or test called {name}")
    return [t for t in tests if not names or t in names or t.partition("/")[0] in names]


def play(tests, is_here):
    """{test: {place: outcome}}, and what is wrong with no cell in particular."""
    got, wrong = {test: {} for test in tests}, []
    wanted = [f"{test} {place}" for test in tests for place in cells.places]
    if is_here:
        played = zip(wanted, cells.play_here(wanted, once=True))
    else:
        played = watch.play_all([sys.executable, HERE, "--play"], wanted)
    for cell, outcome in played:
        if cell is None:
            wrong.append(outcome)
        else:
            test, place = cell.split()
            got[test][place] = outcome
    return got, wrong


def main():
    parser = argparse.ArgumentParser(prog="table", description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--here", action="store_true", help="in this process, and each cell once: to be recorded")
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="STATE[/OPERATION]")
    arguments = parser.parse_args()
    if arguments.play:
        return cells.play_lines()
    tests = selected(arguments.names)
    got, wrong = play(tests, arguments.here)
    if arguments.update:
        expected.write({**expected.read(cells.places), **got}, cells.tests())
        return bool(wrong)
    return report(got, expected.read(cells.places), wrong)


def report(got, wanted, wrong):
    """As TAP."""
    failures = 0
    for count, (test, outcomes) in enumerate(got.items(), 1):
        differ = {p: o for p, o in outcomes.items() if wanted.get(test, {}).get(p) != o}
        failures += bool(differ)
        print(f"{'not ok' if differ else 'ok'} {count} - {test}")
        for outcome, places in expected.by_outcome(differ).items():
            print(f"# at {' '.join(places)}: {outcome}")
            print(f"#   expected: {wanted.get(test, {}).get(places[0])}")
    for count, why in enumerate(wrong, len(got) + 1):
        print(f"not ok {count} - the process ends\n# {why}")
    print(f"1..{len(got) + len(wrong)}")
    return bool(failures or wrong)


if __name__ == "__main__":
    sys.exit(main())
