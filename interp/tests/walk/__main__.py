# SPDX-License-Identifier: MIT
"""slpython interp/tests/walk [--threads N] [--seeds A-B | --plan PLAN] [--here]: random walks.

Each seed is a program, which program.py makes and says what must hold of.  It prints TAP, a test a
seed.  The programs run one after the other in one process; one that dies or will never go on fails
the seed in which it did.  A program that fails is made smaller as long as it fails in the same way:
what is left stands below its line, as what --plan takes.
"""

import argparse
import ast
import os
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, "table")]

import program  # noqa: E402
import shrink  # noqa: E402
import watch  # noqa: E402


def play_lines():
    """Each line of stdin is a plan; what is wrong with it is printed at once.  slpython-lab tells on
    the standard error what is wrong with a value."""
    lines = sys.stdin.read().splitlines()
    alarms = tempfile.TemporaryFile()
    os.dup2(alarms.fileno(), 2)
    for line in lines:
        wrong = program.play(ast.literal_eval(line))
        wrong += [said.split(" ", 2)[1] for said in what_was_told(alarms)]
        os.write(1, ("; ".join(wrong) + "\n").encode())


def what_was_told(alarms):
    alarms.seek(0)
    lines = alarms.read().decode().splitlines()
    alarms.seek(0)
    alarms.truncate()
    return [line for line in lines if line.startswith("stackless: ")]


def play(plans):
    """Yields what is wrong with each; an empty text if nothing is."""
    command = [sys.executable, HERE, "--play"]
    for _, wrong in watch.play_all(command, [repr(plan) for plan in plans]):
        yield wrong


def kind(wrong):
    """So that a smaller program fails for the same reason: the words, without what they are of."""
    return " ".join(word for word in wrong.split() if not word.strip(";")[-1:].isdigit())


def fails_so(wrong):
    """A predicate of plans."""

    def is_like_it(plan):
        now = next(play([plan]))
        return now is not None and kind(now) == kind(wrong)

    return is_like_it


def play_here(plans):
    """In this process, which can be recorded so."""
    return ("; ".join(program.play(plan)) for plan in plans)


def report(plans, names, is_here):
    failures = count = 0
    played = (play_here if is_here else play)(plans)
    for count, (plan, name, wrong) in enumerate(zip(plans, names, played), 1):
        print(f"{'not ok' if wrong else 'ok'} {count} - {name}", flush=True)
        failures += bool(wrong)
        if is_here and wrong:
            print(f"# {wrong}", flush=True)
        elif wrong:
            print(f"# {wrong}\n# --plan '{shrink.shrink(plan, fails_so(wrong))}'", flush=True)
    print(f"1..{count}")
    return failures > 0


def main():
    parser = argparse.ArgumentParser(prog="walk", description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=0, help="others than the main one; 0 to 4")
    parser.add_argument("--seeds", default="1-100", metavar="A-B")
    parser.add_argument("--plan", help="one program, instead of seeds")
    parser.add_argument("--here", action="store_true", help="in this process, to be recorded")
    parser.add_argument("--play", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.play:
        return play_lines()
    if arguments.plan:
        return report([ast.literal_eval(arguments.plan)], ["plan"], arguments.here)
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    plans = [program.make(seed, arguments.threads) for seed in seeds]
    names = [f"seed {seed}, {arguments.threads} threads" for seed in seeds]
    return report(plans, names, arguments.here)


if __name__ == "__main__":
    sys.exit(main())
