# SPDX-License-Identifier: MIT
"""Runs a test again and again in one process, and says whether something grows from run to run.

Measured after each run, with all garbage collected:

    objects      that the collector knows, and by type
    blocks       of memory that Python has given out (CPython)
    bytes        that malloc() has given out (mallinfo2), and that tracemalloc knows of, by line
    descriptors  that are open
    frames       bytes that slpython keeps in their place (stackless.memory())

The first quarter of the runs fills caches, and does not count.  Of the rest each pair of runs says
whether the later one has more: if nothing grows, as many say so as say the opposite.  Growth is
shown if chance alone would do as much in 1 of 500 measures, and if it is at least one object, block or
descriptor a run, 16 traced bytes or 64 of malloc()'s, in the last half alone, too: so a cache that is
filled once is steady, and a leak in one run of three is not seen.  What cannot be measured here is named; without objects or
descriptors there is no answer.

For Python 2.7 and 3.
"""
from __future__ import print_function

import array
import gc
import math
import os
import sys

TRAILS = 3  # types, or lines, that are named
Z = 2.88  # one-sided, 1 in 500
MALLOC_UNIT = 64.0  # what tracemalloc notes is malloc()'s, too, and moves by some tens of bytes
OURS = ("spillway_starter", "tracemalloc.py", "linecache.py")


def malloc_bytes():
    """A function, or the reason why there is none."""
    if "__pypy__" in sys.builtin_module_names:
        return "PyPy's objects are elsewhere"
    try:
        import ctypes

        class Info(ctypes.Structure):
            _fields_ = [(name, ctypes.c_size_t) for name in (
                "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
                "fordblks", "keepcost")]
        mallinfo = ctypes.CDLL(None).mallinfo2
        mallinfo.restype = Info
    except ImportError:
        return "no ctypes"
    except AttributeError:
        return "no mallinfo2 in the C library"

    def read():
        info = mallinfo()
        return info.uordblks + info.hblkhd
    return read


def tracemalloc_module():
    try:
        import tracemalloc
    except ImportError:
        return None
    return tracemalloc


def kept_frames():
    stackless = sys.modules.get("stackless")
    return stackless.memory if hasattr(stackless, "memory") else None


def by_type():
    counts = {}
    for one in gc.get_objects():
        name = "%s.%s" % (type(one).__module__, type(one).__name__)
        counts[name] = counts.get(name, 0) + 1
    return counts


def trend(values):
    """How many standard deviations more pairs rise than fall (Mann and Kendall's)."""
    count, rises = len(values), 0
    for at, value in enumerate(values):
        for before in values[:at]:
            rises += (value > before) - (value < before)
    return (rises - (rises > 0)) / math.sqrt(count * (count - 1) * (2 * count + 5) / 18.0)


def slope(values):
    """A run's growth: the median of what each pair of runs says."""
    pairs = sorted((values[b] - values[a]) / float(b - a)
                   for b in range(len(values)) for a in range(b))
    return pairs[len(pairs) // 2]


class Measure(object):
    """What is kept of it is there before the first run: it must not grow itself."""

    def __init__(self, name, read, unit, runs):
        self.name, self.read, self.unit = name, read, unit
        self.values = array.array("d", [0.0]) * runs

    def grows(self, warm):
        """malloc() itself wanders for some runs where many objects take each other's places: a chunk
        may have some bytes more than were asked for, or wait in a cache.  That comes to an end, and a
        leak does not."""
        values = self.values[warm:]
        return (trend(values) >= Z and slope(values) >= self.unit and
                slope(values[len(values) // 2:]) >= self.unit)

    def line(self, warm):
        values = self.values[warm:]
        return "%-12s %.0f to %.0f, %+.1f a run%s" % (
            self.name, values[0], values[-1], slope(values),
            ": it grows" if self.grows(warm) else "")


class Steady(object):
    def __init__(self, starter, runs):
        self.starter, self.runs, self.warm = starter, runs, max(3, runs // 4)
        self.trails_at = self.warm - 1  # taking them leaves objects that the collector lets go later
        self.unseen = []
        self.tracemalloc = tracemalloc_module()
        self.measures = self.what_can_be_measured()
        self.types, self.lines = {}, {}

    def what_can_be_measured(self):
        found = [Measure("objects", lambda: len(gc.get_objects()), 1.0, self.runs)]
        if not os.path.isdir("/proc/self/fd"):
            self.starter.refuse("--steady: no /proc/self/fd: descriptors cannot be counted")
        found.append(Measure("descriptors", lambda: len(os.listdir("/proc/self/fd")), 1.0,
                             self.runs))
        if hasattr(sys, "getallocatedblocks"):
            found.append(Measure("blocks", sys.getallocatedblocks, 1.0, self.runs))
        else:
            self.unseen.append("blocks (no sys.getallocatedblocks)")
        read = malloc_bytes()
        if callable(read):
            found.append(Measure("bytes", read, MALLOC_UNIT, self.runs))
        else:
            self.unseen.append("bytes by malloc (%s)" % read)
        if self.tracemalloc is not None:
            self.tracemalloc.start()
            found.append(Measure("traced bytes",
                                 lambda: self.tracemalloc.get_traced_memory()[0], 16.0,
                                 self.runs))
        else:
            self.unseen.append("bytes by line (no tracemalloc)")
        kept = kept_frames()
        if kept is not None:
            found.append(Measure("frames", lambda: kept()["bytes"], 16.0, self.runs))
        return found

    def look(self, number):
        # Names that were looked up once stand in the interpreter's cache until others come.
        getattr(sys, "_clear_type_cache", int)()
        gc.collect()
        gc.collect()
        for measure in self.measures:
            measure.values[number] = measure.read()

    def take_trails(self):
        self.types = by_type()
        self.lines = self.by_line()

    def by_line(self):
        """Not by statistics(), nor by iterating: what is raised in there would be the last thing
        that was raised."""
        sizes = {}
        traces = self.tracemalloc.take_snapshot().traces if self.tracemalloc else ()
        for number in range(len(traces)):
            trace = traces[number]
            place = trace.traceback[0].filename, trace.traceback[0].lineno
            sizes[place] = sizes.get(place, 0) + trace.size
        return sizes

    def growing_types(self):
        now, counted = by_type(), self.runs - 1 - self.trails_at
        grown = [(now[name] - self.types.get(name, 0), name) for name in now]
        return ["%s %+.1f" % (name, more / float(counted))
                for more, name in sorted(grown, key=lambda one: (-one[0], one[1]))[:TRAILS]
                if more >= counted]

    def growing_lines(self):
        now, counted = self.by_line(), self.runs - 1 - self.trails_at
        grown = [(size - self.lines.get(place, 0), place) for place, size in now.items()
                 if not any(ours in place[0] for ours in OURS)]
        return ["%s:%d %+.0f bytes" % (os.path.basename(place[0]), place[1], more / float(counted))
                for more, place in sorted(grown, key=lambda one: (-one[0], one[1]))[:TRAILS]
                if more >= 16 * counted]

    def growing_code(self):
        kept = kept_frames()
        if kept is None or not any(one.name == "frames" and one.grows(self.warm)
                                   for one in self.measures):
            return []
        return ["%s %d bytes" % (code.co_name, size) for code, size in kept(most=TRAILS)["most"]]

    def report(self):
        grow = [measure.name for measure in self.measures if measure.grows(self.warm)]
        say = self.starter.say
        say("steady: %d runs, of which the first %d do not count" % (self.runs, self.warm))
        for measure in self.measures:
            say("  " + measure.line(self.warm))
        trails = [("types", self.growing_types), ("lines", self.growing_lines),
                  ("code objects", self.growing_code)]
        for name, find in trails if grow else []:
            found = find()
            if found:
                say("  %s, a run: %s" % (name, ", ".join(found)))
        if self.unseen:
            say("  not seen: %s" % "; ".join(self.unseen))
        say("steady: %s" % ("%s grow" % " and ".join(grow) if grow else "nothing grows"))
        return grow

    def run(self, run):
        for number in range(self.runs):
            outcome = self.starter.run_once(run)
            if outcome != self.starter.PASSED:
                self.starter.say("steady: run %d of %d did not pass" % (number + 1, self.runs))
                return outcome
            self.look(number)
            if number == self.trails_at:
                self.take_trails()
        grow = self.report()
        if self.tracemalloc is not None:
            self.tracemalloc.stop()
        if not grow:
            return self.starter.PASSED
        self.starter.tell_failure("grows: " + " ".join(grow))
        return self.starter.FAILED


def run(starter, runs, test):
    return Steady(starter, runs).run(test)
