# SPDX-License-Identifier: MIT
"""Blocks: commands with what they print, files for them, and excerpts of files of the tree."""

from pathlib import Path

from documents.elide import DOTS, difference, redrawn


def check(page, scratch, tap):
    for block in page.blocks:
        if block.kind() == "file":
            scratch.write(block.mark[1], block.lines)
        elif block.kind() == "excerpt":
            _check_excerpt(block, scratch, tap)
        elif block.kind() == "not run":
            tap.skip(f"{block.where()} {block.lines[0]}", block.mark[1])
        elif block.kind() == "needs" and not _succeeds(block.mark[1], scratch):
            tap.skip(f"{block.where()} {block.lines[0]}", f"it needs: {block.mark[1]}")
        elif block.shows_commands():
            _check_commands(block, scratch, tap)


def _check_commands(block, scratch, tap):
    commands = block.commands()
    printed = scratch.run([as_typed(command) for command, _ in commands])
    page = []
    for (command, shown), lines in zip(commands, printed):
        # A block ends with its last output: blank lines behind it are not printed by anybody.
        should = redrawn(shown, lines)
        page += command + should
        tap.result(should == shown, f"{block.where()} {command[0]}", difference(shown, should))
    if page != block.lines:
        block.replace(page)


def _succeeds(command, scratch):
    return scratch.run([f"{command} >/dev/null 2>&1 && echo it-does"]) == [["it-does"]]


def as_typed(command):
    """Without the prompts."""
    return "\n".join(line[2:] if line.startswith(("$ ", "> ")) else line for line in command)


def _check_excerpt(block, scratch, tap):
    """From where its first line stands in the file, and not further than its last one."""
    text = Path(scratch.folder, block.mark[1]).read_text(encoding="utf-8").splitlines()
    begin = text.index(block.lines[0]) if block.lines[0] in text else 0
    if DOTS in (line.strip() for line in block.lines):
        should = redrawn(block.lines + [DOTS], text[begin:])[:-1]
    else:
        should = redrawn(block.lines, text[begin:begin + len(block.lines)])
    tap.result(should == block.lines, f"{block.where()} is from {block.mark[1]}",
               difference(block.lines, should))
    if should != block.lines:
        block.replace(should)
