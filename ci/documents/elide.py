# SPDX-License-Identifier: MIT
"""What a page shows against what was printed, where "..." leaves something out."""

import difflib
import re

DOTS = "..."
WIDTH = 96  # of a line of output: with the block's own four blanks a page has 100 columns


def fits(shown, printed):
    """One line.  "..." in it stands for any text."""
    pattern = ".*".join(re.escape(part) for part in shown.rstrip().split(DOTS))
    return re.fullmatch(pattern, printed.rstrip()) is not None


def _aligned(shown, printed):
    """The longest common subsequence of the two, as pairs of indexes; "..." lines are in none."""
    best = [[0] * (len(printed) + 1) for _ in range(len(shown) + 1)]
    equal = {(i, j) for i, line in enumerate(shown) if line.strip() != DOTS
             for j, other in enumerate(printed) if fits(line, other)}
    for i in reversed(range(len(shown))):
        for j in reversed(range(len(printed))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if (i, j) in equal:
                best[i][j] = max(best[i][j], 1 + best[i + 1][j + 1])
    i = j = 0
    pairs = []
    while i < len(shown) and j < len(printed):
        if (i, j) in equal and best[i][j] == 1 + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _shortened(line, like):
    """As the page showed the line that stood here: without its numbers of lines, and cut off where
    that was, or else at the width."""
    line, like = line.rstrip(), like.rstrip()
    if f":{DOTS}" in like:
        line = re.sub(r":\d+", f":{DOTS}", line)
    if like.endswith(f" {DOTS}") and len(line) > len(like):
        return line[:len(like) - len(DOTS)] + DOTS
    return line if len(line) <= WIDTH else line[:WIDTH - 4].rstrip() + " " + DOTS


def _gap(shown, printed):
    """What stands between two lines that fit: nothing of it does, but "..." stays where it was."""
    if DOTS not in (line.strip() for line in shown):
        likes = shown + [""] * len(printed)
        return [_shortened(line, like) for line, like in zip(printed, likes)]
    dots = [line.strip() for line in shown].index(DOTS)
    if not printed:
        return []
    before = min(dots, len(printed))
    after = min(len(shown) - dots - 1, len(printed) - before)
    result = _gap(shown[:dots], printed[:before])
    if len(printed) > before + after:
        result.append(shown[dots])
    return result + _gap([""] * after, printed[len(printed) - after:] if after else [])


def redrawn(shown, printed):
    """What the page should show: as much of `shown` as still fits, the rest as printed.

    Equal to `shown` exactly if all of it fits.
    """
    result, i, j = [], 0, 0
    for next_i, next_j in _aligned(shown, printed) + [(len(shown), len(printed))]:
        result += _between(shown[i:next_i], printed[j:next_j])
        result += shown[next_i:next_i + 1]
        i, j = next_i + 1, next_j + 1
    return result


def _between(shown, printed):
    if [line.strip() for line in shown] == [DOTS]:
        return shown  # also where it has nothing to stand for in this run
    return _gap(shown, printed)


def difference(shown, printed):
    return "\n".join(difflib.unified_diff(shown, printed, "shown", "printed", lineterm="", n=2))
