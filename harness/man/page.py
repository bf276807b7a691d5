#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Writes a manual page from a document in Markdown: page.py NAME SECTION SUMMARY FILE.md

One text is read in a browser and in man, and what CI compares with the programs' output is both.
The title becomes the line NAME; headings become sections.  Understood is what the documents use:
headings, paragraphs, lists, tables of two or more columns, blocks of code, `code`, **strong** and
links, of which the text stays.  Comments are left out.  Version and date: contract/version.h.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 76  # of a line of the page's source: a longer one draws a complaint of mandoc
SEE = "\n.SH SEE ALSO\n.BR spillway (1),\n.BR spillway (7)\n"


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def inline(text):
    """Marks within a line: `code` and **strong** are bold, *emphasis* is italic."""
    text = re.sub(r"<!--.*?-->|<!--.*$", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*|\*[^* ][^*]*\*)", text)
    for i, part in enumerate(parts):
        if i % 2 == 0:
            parts[i] = part.replace("\\", "\\e").replace("-", "\\-")
        else:
            font = "I" if part[0] == "*" and part[1] != "*" else "B"
            parts[i] = f"\\f{font}{escaped(part.strip('*`'))}\\fR"
    return "".join(parts)


def filled(text):
    """Lines of words; a sentence begins a line, and none begins like a request."""
    lines = [""]
    for word in text.split():
        if lines[-1] and (len(lines[-1]) + len(word) >= WIDTH
                          or re.search(r"(?<!e\.g)[.!?]\)?$", lines[-1])):
            lines.append("")
        if not lines[-1] and word[0] in ".'":
            word = "\\&" + word
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


def code(lines):
    text = "\n".join(escaped(line) for line in lines)
    return f".in +4n\n.EX\n{text}\n.EE\n.in"


def table(rows):
    """Its first column as tags; the others behind it."""
    cells = [[cell.strip().replace("\0", "|")
              for cell in row.strip().strip("|").replace("\\|", "\0").split("|")] for row in rows]
    heads = cells[0]
    out = []
    for row in cells[2:]:
        text = ";  ".join(cell if len(row) == 2 or not head else f"{head}: {cell}"
                          for head, cell in zip(heads[1:], row[1:]) if cell)
        out.append(f".TP\n{inline(row[0]) or '-'}\n{filled(inline(text)) or '-'}")
    return "\n".join(out)


def items(lines):
    out = []
    for line in lines:
        if re.match(r"\s*(-|\d+\.) ", line):
            out.append(re.sub(r"^\s*(-|\d+\.) ", "", line))
        else:
            out[-1] += " " + line.strip()
    return "\n".join(f".IP \\(bu 2\n{filled(inline(item))}" for item in out)


def blocks(lines):
    """(kind, lines) of each part of a page."""
    at = 0
    while at < len(lines):
        line = lines[at]
        first = at
        if line.lstrip().startswith("<!--"):
            while "-->" not in lines[at]:
                at += 1
            at += 1
        elif line.startswith("```"):
            at += 1
            while not lines[at].startswith("```"):
                at += 1
            yield "code", lines[first + 1:at]
            at += 1
        elif line.startswith("    "):
            while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
                at += 1
            while not lines[at - 1].strip():
                at -= 1
            yield "code", [text[4:] for text in lines[first:at]]
        elif line.startswith("#"):
            yield "heading", [line]
            at += 1
        elif not line.strip():
            at += 1
        else:
            kind = "table" if line.startswith("|") else \
                "items" if re.match(r"(-|\d+\.) ", line) else "text"
            while at < len(lines) and lines[at].strip() and not lines[at].startswith(("```", "#")) \
                    and (kind != "text" or not re.match(r"- |\|", lines[at]) or at == first):
                at += 1
            yield kind, lines[first:at]


def heading(line):
    marks, text = line.split(" ", 1)
    text = escaped(re.sub("[`*]", "", text))
    return f".SH {text.upper()}" if len(marks) == 2 else f".SS {text}"


def body(lines):
    """What stands before the first heading is the description."""
    yield ".SH DESCRIPTION"
    apart = False  # a paragraph behind a heading needs no .PP
    for kind, part in blocks(lines):
        if kind == "heading":
            yield heading(part[0])
        elif kind == "text":
            text = filled(inline(" ".join(part)))
            yield (".PP\n" if apart else "") + text if text.strip() else ".\\\""
        else:
            yield (".PP\n" if apart and kind == "code" else "") + \
                {"code": code, "table": table, "items": items}[kind](part)
        apart = kind != "heading"


def version():
    text = (ROOT / "contract/version.h").read_text(encoding="utf-8")
    return [re.search(rf'{name} "(.*?)"', text)[1] for name in ("SW_VERSION", "SW_VERSION_DATE")]


def page(name, section, summary, text):
    number, date = version()
    lines = text.splitlines()
    title = next(i for i, line in enumerate(lines) if line.startswith("# "))
    head = (f'.\\" SPDX-License-Identifier: MIT\n.\\" Written by harness/man/page.py\n'
            f'.TH {escaped(name.upper())} {section} "{date}" "Spillway {number}" "Spillway"\n'
            f".SH NAME\n{escaped(name)} \\-\n{filled(inline(summary))}")
    return head + "\n" + "\n".join(body(lines[title + 1:])) + SEE


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__.splitlines()[0])
    name, section, summary, path = sys.argv[1:]
    sys.stdout.write(page(name, section, summary, Path(path).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
