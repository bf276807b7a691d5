# SPDX-License-Identifier: MIT
"""Numbers in prose, each with the command that prints it."""

import re

FIGURE = re.compile(r"([\d,.]*\d)<!-- figure: (.*?) -->")


def check(page, scratch, tap):
    for number, text in page.prose:
        line = text
        for found in FIGURE.finditer(text):
            shown, command = found.groups()
            printed = _spelt(" ".join(scratch.run([command], errors=False)[0]).strip(), shown)
            tap.result(printed == shown, f"{page.name}:{number + 1} {shown} is of: {command}",
                       f"shown {shown}, printed {printed}")
            line = line.replace(found[0], found[0].replace(shown, printed, 1), 1)
        if line != text:
            page.edits.append((number, number + 1, [line]))


def _spelt(printed, like):
    """With commas between thousands, if the page writes numbers so."""
    if printed.isdigit() and int(printed) >= 1000 and ("," in like or len(like) < 4):
        return f"{int(printed):,}"
    return printed
