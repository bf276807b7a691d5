# SPDX-License-Identifier: MIT
"""Makes a program smaller as long as it fails in the same way."""


def smaller(plan):
    """Each with a tasklet less, a step less, or on one thread less."""
    for i in range(len(plan)):
        if len(plan) > 1:
            yield plan[:i] + plan[i + 1 :]
    for i, (home, steps) in enumerate(plan):
        for k in range(len(steps)):
            yield plan[:i] + [[home, steps[:k] + steps[k + 1 :]]] + plan[i + 1 :]
        if home > 0:
            yield plan[:i] + [[home - 1, steps]] + plan[i + 1 :]


def shrink(plan, fails):
    """The smallest that fails of those that are met by always taking the first smaller one."""
    while True:
        other = next(filter(fails, smaller(plan)), None)
        if other is None:
            return plan
        plan = other
