# SPDX-License-Identifier: MIT
"""Ten thousand functions, each run once as a tasklet; none of them ever runs again.

What the interpreter keeps in place of their frames must not depend on how many there were.  Prints
how much that is after each thousand, and ends with 1 if it grows to the end: with
SLP_FRAMES=zombie each code object keeps its own.  Ends with 77 where there is no such interpreter.
"""
import sys

try:
    import stackless
except ImportError:
    print("there is no module stackless")
    sys.exit(77)
if not hasattr(stackless, "memory"):
    print("this stackless does not say what it keeps")
    sys.exit(77)

ROUNDS, EACH = 10, 1000


def work():
    return 1


def make(number):
    """A function with a code object of its own."""
    name = "work_%d" % number
    code = work.__code__.replace(co_name=name, co_qualname=name, co_firstlineno=number + 1)
    return type(work)(code, {}, name)


def main():
    functions, kept = [], []
    for start in range(0, ROUNDS * EACH, EACH):
        functions += [make(start + number) for number in range(EACH)]
        for function in functions[start:]:
            stackless.tasklet(function)()
            stackless.schedule()
        kept.append(stackless.memory()["bytes"])
    print("bytes kept after each thousand: %s" % ", ".join(map(str, kept)))
    if all(before < after for before, after in zip(kept, kept[1:])):
        most = stackless.memory(most=3)["most"]
        print("most of it by: %s" % ", ".join("%s %d" % (code.co_name, size) for code, size in most))


main()
