# SPDX-License-Identifier: MIT
"""The C half of CCP's `scheduler`: slplib.carbon, and what only their tests ask.

The Python half (QueueChannel, block_trap) is theirs, and is imported from the checkout.  Here are the
questions about the scheduler that each tearDown asks in order to see whether all is gone, and which
are answered from what can be seen from Python.

Two of their questions cannot be asked here.  A "schedule manager" is a thread's ring, which is no
object of its own: the references that they count are those of a stand-in.  A flat queue is theirs
alone, and switching to it is refused.
"""

import gc

import stackless
from slplib.carbon import *  # noqa: F403
from slplib.carbon import _C_API as _C_API
from stackless import getcurrent, run

# In a list, since their package copies each name of this module, and they count references.
_managers = [object()]


def _channels():
    return [one for one in gc.get_objects() if isinstance(one, stackless.channel)]


def get_number_of_active_channels():
    """Every channel that exists is active."""
    return len(_channels())


def unblock_all_channels():
    """Kills whoever waits; returns on how many channels."""
    waited_for = [one for one in _channels() if one.balance]
    for one in waited_for:
        while one.balance:
            one.queue.kill()
    return len(waited_for)


def get_schedule_manager():
    return _managers[0]


def get_number_of_active_schedule_managers():
    return len(stackless.threads)


def calculateruncount():
    """How many are in the ring: counted, where getruncount() only looks it up."""
    start = one = getcurrent()
    count = 0
    while True:
        count += 1
        one = one.next
        if one is start:
            return count


def get_use_nested_tasklets():
    return True


def set_use_nested_tasklets(wanted):
    if not wanted:
        raise NotImplementedError("a flat queue is theirs alone")


def run_n_tasklets(count):
    """Runs until `count` tasklets have had their turn: the first one to switch ends it."""
    for _ in range(count):
        run(1, soft=True, ignore_nesting=True)
