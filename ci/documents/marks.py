# SPDX-License-Identifier: MIT
"""A page in Markdown, and what in it can be checked.

A block is fenced, or indented by four blanks or more.  One whose first line begins with "$ " shows
commands and what they print; "..." in a line, or alone on a line, leaves something out.  Marks are
comments of HTML, which nobody who reads the page sees.  Before a block:

    <!-- not run: REASON -->     it cannot run here: hours, another machine, a network
    <!-- needs: COMMAND -->      it runs where COMMAND succeeds, and is skipped elsewhere
    <!-- file: NAME -->          it is a file, which the commands below it find under NAME
    <!-- excerpt: FILE -->       each of its lines stands in FILE, in this order; "..." as above

Before a table:

    <!-- rows: COMMAND -->       COMMAND prints a table with the same heads and first cells; without
                                 its --quick it measures, and prints the figures that count

Behind a number:

    <!-- figure: COMMAND -->     COMMAND prints that number

Anywhere:

    <!-- lists: PATTERN -->      the page names each file of the tree whose path fits
"""

import re
from pathlib import Path

MARK = re.compile(r"\s*<!-- (not run|needs|file|excerpt|rows): (.*?) -->\s*")
OPEN_MARK = re.compile(r"\s*<!-- (not run|needs|file|excerpt|rows): (?!.*-->)")
FENCE = re.compile(r"( *)```(\w*)")
INDENTED = re.compile(r"( {4,})\S")


class Block:
    """Lines first to last (exclusive) of a page, with their indentation taken off."""

    def __init__(self, page, first, last, indent, mark):
        self.page, self.first, self.last, self.indent, self.mark = page, first, last, indent, mark
        self.lines = [line[len(indent):].rstrip() for line in page.lines[first:last]]

    def where(self):
        return f"{self.page.name}:{self.first + 1}"

    def kind(self):
        return self.mark[0] if self.mark else ""

    def shows_commands(self):
        return bool(self.lines) and self.lines[0].startswith("$ ")

    def commands(self):
        """[(lines of a command as they stand, lines of output)].

        A backslash at the end continues a command, and so does "> " at the beginning of the next.
        """
        found, going_on = [], False
        for line in self.lines:
            if going_on or (line.startswith("> ") and found and not found[-1][1]):
                found[-1][0].append(line)
            elif line.startswith("$ "):
                found.append(([line], []))
            else:
                found[-1][1].append(line)
            going_on = not found[-1][1] and line.endswith("\\")
        return found

    def replace(self, lines):
        self.page.edits.append((self.first, self.last,
                                [(self.indent + line).rstrip() for line in lines]))


class Page:
    """`blocks` and `tables` in the order of the page; `edits` are what write() will change."""

    def __init__(self, root, name, text):
        self.root, self.name = root, name
        self.lines = text.splitlines()
        self.blocks, self.tables, self.edits = [], [], []
        self.prose = []  # (number of the line, from 0, text) of all that is not in a block
        self._parse()

    @classmethod
    def read(cls, root, name):
        return cls(root, name, Path(root, name).read_text(encoding="utf-8"))

    def write(self):
        for first, last, lines in sorted(self.edits, reverse=True):
            self.lines[first:last] = lines
        Path(self.root, self.name).write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def _parse(self):
        at, mark = 0, None
        while at < len(self.lines):
            at, text = self._whole_mark(at)
            found = MARK.fullmatch(text)
            if found:
                mark = found.groups()
                at += 1
                continue
            end = self._block(at, mark) or self._table(at, mark)
            if end:
                mark = None
            elif text.strip():
                self.prose.append((at, text))
                mark = None
            at = end or at + 1

    def _whole_mark(self, at):
        """A mark may go over several lines: the last one's number, and all of it as one line."""
        text = self.lines[at]
        while OPEN_MARK.match(text) and at + 1 < len(self.lines):
            at += 1
            text += " " + self.lines[at].strip()
        return at, text

    def _block(self, at, mark):
        """The line behind the block that begins here, or None."""
        fence = FENCE.match(self.lines[at])
        if fence:
            end = at + 1
            while not self.lines[end].strip().startswith("```"):
                end += 1
            self.blocks.append(Block(self, at + 1, end, fence[1], mark))
            return end + 1
        indent = INDENTED.match(self.lines[at])
        if not indent or (at and self.lines[at - 1].strip() and not mark):
            return None
        # In a list, the text of an item is indented, too; a block there shows commands.
        if len(indent[1]) > 4 and not self.lines[at].startswith(indent[1] + "$ "):
            return None
        end = at
        for i in range(at, len(self.lines)):
            if self.lines[i].startswith(indent[1]):
                end = i + 1
            elif self.lines[i].strip():
                break
        self.blocks.append(Block(self, at, end, indent[1], mark))
        return end

    def _table(self, at, mark):
        end = at
        while end < len(self.lines) and self.lines[end].startswith("|"):
            self.prose.append((end, self.lines[end]))
            end += 1
        if end == at:
            return None
        self.tables.append(Block(self, at, end, "", mark))
        return end
