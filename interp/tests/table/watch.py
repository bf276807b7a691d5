# SPDX-License-Identifier: MIT
"""A process that plays cells, and whether it will ever go on.

It has stuck if all of its threads sleep, and none has run between two looks; how long that took
plays no part.  One that spins is ended by a bound on its CPU time.
"""

import os
import resource
import signal
import subprocess
import tempfile

CPU_S = 600  # of one process: hundreds of times what its cells take
LOOK_MS = 500  # between two looks
LOOKS = 4  # without anything having run


def bound_the_cpu():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


def what_ran(pid):
    """A number for each thread that is another one when it has run; None while one is running."""
    ran = []
    try:
        for task in sorted(os.listdir(f"/proc/{pid}/task")):
            with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as file:
                status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
            if status["State"][0] not in "SZ":
                return None
            ran.append((task, status["voluntary_ctxt_switches"]))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return ran


def end_of(process):
    """Waits for its end: None if it ended well, or why not."""
    looks, before = 0, None
    while True:
        try:
            status = process.wait(timeout=LOOK_MS / 1000)
        except subprocess.TimeoutExpired:
            now = what_ran(process.pid)
            looks = looks + 1 if now is not None and now == before else 0
            before = now
            if looks == LOOKS:
                process.kill()
                process.wait()
                return "HANGS: every thread waits"
            continue
        if status == -signal.SIGXCPU:
            return f"HANGS: more than {CPU_S} s of CPU time"
        if status < 0:
            return f"DIES of {signal.Signals(-status).name}"
        return f"EXITS with {status}" if status else None


def play(command, cells):
    """Plays cells in a process: the outcomes that it has printed, and how it ended."""
    with tempfile.TemporaryFile() as orders, tempfile.TemporaryFile() as outcomes:
        orders.write("".join(cell + "\n" for cell in cells).encode())
        orders.seek(0)
        end = end_of(
            subprocess.Popen(command, stdin=orders, stdout=outcomes, preexec_fn=bound_the_cpu)
        )
        outcomes.seek(0)
        return outcomes.read().decode().splitlines(), end


def play_all(command, cells):
    """Yields (cell, outcome), in order.  A cell in which its process ends has that as its outcome,
    and a new process goes on behind it."""
    cells = list(cells)
    while cells:
        outcomes, end = play(command, cells)
        yield from zip(cells, outcomes)
        cells = cells[len(outcomes) :]
        if cells:
            yield cells.pop(0), end or "EXITS without a word"
        elif end is not None:
            yield None, end
