# SPDX-License-Identifier: MIT
"""The cells of the table, and a process that plays some."""

import gc
import os
import sys

from cell import outcome, play_once
from operations import groups, operations
from places import places
from states import states


def tests():
    """STATE/OPERATION of each line, in order."""
    return [
        f"{name}/{operation}"
        for name, state in states.items()
        for group in state.groups
        for operation in groups[group]
    ]


def play_here(lines, once):
    """Each line is a cell, STATE/OPERATION PLACE; yields its outcome.  Once: what it takes of memory
    each time, which would have to be the same when it is replayed, is not asked."""
    gc.disable()
    gc.freeze()  # a cell's collection looks at what the cell made alone
    for line in lines:
        test, place = line.split()
        state, operation = test.split("/")
        cell = states[state], operations[operation], places[place]
        said = play_once(*cell)[0] if once else outcome(*cell)
        yield said.replace("\n", " ")


def play_lines():
    """The cells on stdin; each outcome is printed at once."""
    for said in play_here(sys.stdin.read().splitlines(), once=False):
        os.write(1, (said + "\n").encode())
    return 0
