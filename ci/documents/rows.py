# SPDX-License-Identifier: MIT
"""Tables of figures that a bench measured: has the bench, run quickly, the same heads and rows?

The figures themselves are those of a long run: `ci/docs --measure PAGE` makes them, and writes down
in the page's line "Measured on ..." when that was, and of which commit.
"""

import datetime
import functools
import re
import subprocess

from documents.elide import difference

MEASURED = re.compile(r"Measured on [^.]*\.")


def check(page, scratch, tap):
    printed_by = functools.cache(lambda command: scratch.run([command])[0])
    for table in page.tables:
        if table.kind() == "rows":
            lines = printed_by(table.mark[1])
            shown = outline(table.lines)
            printed = [outline(found) for found in tables(lines)]
            nearest = max(printed or [lines], key=lambda rows: len(set(rows) & set(shown)))
            tap.result(shown in printed, f"{table.where()} has the rows of: {table.mark[1]}",
                       difference(shown, nearest))


def measure(page, scratch, tap):
    """A table that nothing like it is printed for stays as it is, and check() has said so."""
    printed_by = functools.cache(lambda command: scratch.run([command])[0])
    for table in page.tables:
        if table.kind() == "rows" and " --quick" in table.mark[1]:
            command = table.mark[1].replace(" --quick", "")
            tap.note(f"measuring: {command}")
            for found in tables(printed_by(command)):
                if outline(found)[0] == outline(table.lines)[0]:
                    table.replace(found)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=scratch.root, check=True,
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    today = datetime.date.today().isoformat()
    for number, line in page.prose:
        if MEASURED.search(line):
            page.edits.append((number, number + 1, [
                MEASURED.sub(f"Measured on {today}, at commit {commit}.", line)]))


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def outline(lines):
    """The heads, and the first cell of each row."""
    return [" | ".join(cells(lines[0]))] + [cells(line)[0] for line in lines[2:]]


def tables(lines):
    found, inside = [], False
    for line in lines:
        if line.startswith("|"):
            if not inside:
                found.append([])
            found[-1].append(line)
        inside = line.startswith("|")
    return found
