# SPDX-License-Identifier: MIT
# The tests of "spillway bench"; see bench.h.  Of Python 2.7 and 3, and of PyPy.
# Arguments: warp, "cpu" or "wall", the tests separated by commas or "all", and
# "TEST=PERCENT" or "": so much more work in that one.
# Prints lines of words that tabs separate: "python" with its version and the timer, and "tests" with
# their names.  Then each line of the input is the number of a test, and its answer the nanoseconds
# that it took.
import gc
import os
import sys
import threading
import time

try:
    import stackless
except ImportError:
    stackless = None


def nothing():
    pass


def three(a, b, c=3):
    return a


def many(*args, **kwargs):
    return args


def calls(loops):
    for _ in range(loops):
        nothing()
        three(1, 2)
        three(1, b=2, c=4)
        many(1, 2, 3, four=4)
        len("abc")
        max(1, 2)
        nothing()
        three(1, 2, 3)


class Point(object):
    shared = 1

    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y

    def move(self, by):
        self.x += by
        return self

    @property
    def double(self):
        return self.x * 2

    @classmethod
    def origin(cls):
        return cls

    @staticmethod
    def free(x):
        return x


class Deep(Point):
    def move(self, by):
        return super(Deep, self).move(by)


def lookups(loops):
    point, deep = Point(), Deep()
    for _ in range(loops):
        point.x
        point.y
        point.shared
        point.double
        deep.shared
        Point.shared
        point.x = point.y
        deep.y = 2
        getattr(point, "x")
        hasattr(point, "none")


def comparisons(loops):
    one, two, small, large, words = 1, 2, 1.5, 2.5, ("abc", "abd")
    for _ in range(loops):
        one < two
        one == two
        small >= large
        one != small
        words[0] < words[1]
        words[0] == "abc"
        words is None
        "abc" in words
        one <= two <= 3
        (1, 2) < (1, 3)
        not one


def dictionaries(loops):
    numbers = dict((n, n) for n in range(50))
    for i in range(loops):
        words = {"a": 1, "b": 2, "c": 3}
        words["d"] = i
        words["a"]
        words.get("none")
        "b" in words
        numbers[i % 50] = i
        numbers[7]
        del words["c"]
        words.update(numbers)
        for _ in words.items():
            pass


def raises():
    raise ValueError("a value")


def exceptions(loops):
    for _ in range(loops):
        try:
            pass
        except ValueError:
            pass
        try:
            raise KeyError(1)
        except KeyError:
            pass
        try:
            raises()
        except (KeyError, ValueError) as error:
            error.args
        try:
            {}["none"]
        except KeyError:
            pass
        finally:
            nothing()


def instances(loops):
    for i in range(loops):
        point = Point(i, 1)
        point.move(1).move(2)
        Deep(1, 2).move(3)
        Point.origin()
        point.free(1)
        isinstance(point, Deep)
        Point()


def lists(loops):
    numbers = list(range(60, 0, -1))
    for i in range(loops):
        made = [1, 2, 3, i]
        made.append(5)
        made.extend(numbers)
        made[3:9]
        made[0] = made[-1]
        made.pop()
        made.insert(2, 7)
        made.reverse()
        sorted(numbers)
        for _ in made:
            pass


def numbers(loops):
    big = 1 << 90
    for i in range(loops):
        a, b, x = i, 7, 1.5
        a + b
        a * b - 3
        a // b
        a % b
        x * 2.5 + a
        x / 3.0
        (a << 3) ^ b & 255
        -a
        abs(x)
        big * big + a
        int(x)
        float(a)
        complex(x, 1) * 2j


def strings(loops):
    text = "The quick brown fox, and what it jumps over"
    for i in range(loops):
        text + " more"
        text[4:9]
        text.split(" ")
        ",".join(("a", "b", "c"))
        text.replace("fox", "cat")
        text.find("jumps")
        text.upper()
        "%s of %d" % (text, i)
        "{0}: {1}".format(i, "x")
        text.startswith("The")
        text.encode("ascii")
        str(i)


def tuples(loops):
    pair = (1, 2)
    for i in range(loops):
        made = (i, 2, 3)
        a, b, c = made
        made[1]
        made[1:]
        made + pair
        a, b = b, a
        (c,) = (a,)
        hash(made)
        len(pair)
        for _ in made:
            pass


def imports(loops):
    for _ in range(loops):
        for _ in range(8):
            import string
            import os.path
            from os import path, sep
            from time import sleep
        sys.modules.pop("keyword", None)
        import keyword
    return string, os, path, sep, sleep, keyword


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def descend(n):
    return descend(n - 1) + 1 if n else 0


def recursion(loops):
    for _ in range(loops):
        fibonacci(7)
        descend(50)


class Manager(object):
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is ValueError


def withs(loops):
    manager, lock = Manager(), threading.Lock()
    for _ in range(loops):
        with manager:
            pass
        with manager as one, lock:
            one
        with manager:
            raise ValueError
        with lock:
            pass


def comprehensions(loops):
    numbers = range(20)
    for _ in range(loops):
        [n * 2 for n in numbers]
        [n for n in numbers if n & 1]
        {n: 1 for n in numbers}
        {n & 3 for n in numbers}
        sum(n for n in numbers)
        list(map(abs, numbers))


def create(loops):
    for _ in range(loops):
        for _ in range(10):
            stackless.tasklet(nothing)()
        stackless.run()


def take_turns(loops):
    for _ in range(loops):
        stackless.schedule()


def switch(loops):
    for _ in range(4):
        stackless.tasklet(take_turns)(loops)
    stackless.run()


def receive(channel, loops):
    for _ in range(loops):
        channel.receive()


def channel(loops):
    one = stackless.channel()
    stackless.tasklet(receive)(one, loops)
    stackless.schedule()
    for i in range(loops):
        one.send(i)
    stackless.run()


def through_c(levels):
    if not levels:
        return stackless.schedule()
    return list(map(through_c, (levels - 1,)))


def spill(loops):
    for _ in range(loops):
        stackless.tasklet(through_c)(40)
        stackless.tasklet(through_c)(20)
        stackless.run()


def in_a_thread():
    for _ in range(10):
        stackless.tasklet(nothing)()
    stackless.run()


def thread(loops):
    for _ in range(loops):
        one = threading.Thread(target=in_a_thread)
        one.start()
        one.join()


# How many loops at warp 1: some 1.2 milliseconds each.  Longer, and what else the machine does is not
# the same any more for both sides of a round; shorter, and a switch of the processes is seen.
TESTS = [
    (calls, 2750), (lookups, 5000), (comparisons, 5000), (dictionaries, 500), (exceptions, 750),
    (instances, 1000), (lists, 750), (numbers, 1750), (strings, 1250), (tuples, 4500),
    (imports, 25), (recursion, 250), (withs, 750), (comprehensions, 250),
]
TASKLETS = [(create, 375), (switch, 3000), (channel, 4500), (spill, 60), (thread, 25)]
# Rounds of each that do not count: caches fill, and code is specialised.
WARM_UP = 2
# PyPy has a module of that name, whose tasklets wait for ever in a second thread.
if hasattr(sys, "pypy_version_info"):
    TASKLETS.pop()


def timers():
    """What runs while nobody waits, and what the clock on the wall says: (name, function)."""
    if sys.version_info >= (3, 7):
        return {"cpu": ("process_time", time.process_time_ns),
                "wall": ("perf_counter", time.perf_counter_ns)}
    if sys.version_info >= (3, 3):
        return {"cpu": ("process_time", lambda: int(time.process_time() * 1e9)),
                "wall": ("perf_counter", lambda: int(time.perf_counter() * 1e9))}
    return {"cpu": ("clock", lambda: int(time.clock() * 1e9)),
            "wall": ("time", lambda: int(time.time() * 1e9))}


def resolution(timer):
    """The smallest step of it that was seen, in nanoseconds."""
    least = None
    for _ in range(200):
        start = end = timer()
        while end == start:
            end = timer()
        least = end - start if least is None else min(least, end - start)
    return least


def say(*words):
    sys.stdout.write("\t".join(map(str, words)) + "\n")
    sys.stdout.flush()


def scatter():
    """Objects of some sizes, so that the memory of the tests begins elsewhere in each pair."""
    drawn = len(os.environ.get("SPILLWAY_BENCH_PADDING", ""))
    return [bytearray(16 * (i * drawn % 31 + 1)) for i in range(drawn % 251)]


def choose_work(warp, wanted, plant):
    """[test, loops, rounds before the first that counts] of each, or exits."""
    planted, _, percent = plant.partition("=")
    work = []
    for test, loops in TESTS + (TASKLETS if stackless else []):
        if wanted != "all" and test.__name__ not in wanted.split(","):
            continue
        loops = max(1, loops // int(warp))
        more = 0
        if test.__name__ == planted and float(percent):
            more = int(loops * float(percent) / 100 + 1e-9)
            if not more:
                say("refused", "--plant: %s percent of %s are less than one of its %d loops"
                    % (percent, planted, loops))
                sys.exit()
        work.append([test, loops + more, WARM_UP])
    return work


def main(warp, clock, wanted, plant):
    name, timer = timers()[clock]
    work = choose_work(warp, wanted, plant)
    kept = scatter()
    kind = getattr(sys, "implementation", None)
    say("python", "%s %s" % (kind.name if kind else "python", sys.version.split()[0]), name,
        resolution(timer))
    say("tests", *[test.__name__ for test, _, _ in work])
    gc.collect()
    gc.disable()
    while True:
        number = os.read(0, 16)
        if not number:
            return kept
        one = work[int(number)]
        test, loops, before = one
        while before:
            test(loops)
            before = one[2] = before - 1
        start = timer()
        test(loops)
        say(timer() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
