# SPDX-License-Identifier: MIT
"""page.py: what of Markdown becomes what of roff."""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "harness/man"))

import page  # noqa: E402  # pylint: disable=wrong-import-position


def body(text):
    """What follows the page's head."""
    whole = page.page("name", "5", "what it is", "# Title\n\n" + text)
    return whole.split(".SH DESCRIPTION\n", 1)[1].split("\n.SH SEE ALSO")[0]


class Page(unittest.TestCase):
    def test_head(self):
        text = page.page("spillway-x", "5", "what it is", "# X\n")
        self.assertIn("\n.TH SPILLWAY\\-X 5 ", text)
        self.assertIn("\n.SH NAME\nspillway\\-x \\-\nwhat it is\n", text)

    def test_sentences_begin_lines(self):
        self.assertEqual(body("One. Two\nthree.\n"), "One.\nTwo three.")

    def test_a_word_is_no_request(self):
        self.assertEqual(body(".sched and 'a'\n"), "\\&.sched and 'a'")
        self.assertEqual(body("    .sched\n"), ".in +4n\n.EX\n\\&.sched\n.EE\n.in")

    def test_marks_in_a_line(self):
        self.assertEqual(body("`a-b` **c** [text](x.md) <!-- gone -->\n"),
                         "\\fBa\\-b\\fR \\fBc\\fR text")

    def test_a_backslash_stays_one(self):
        self.assertEqual(body("`\\xHH`\n"), "\\fB\\exHH\\fR")

    def test_headings(self):
        self.assertEqual(body("## The `a`\n\ntext\n\n### More\n\ntext\n"),
                         ".SH THE A\ntext\n.SS More\ntext")

    def test_paragraphs_code_and_lists(self):
        self.assertEqual(body("a\n\nb:\n\n    code\n\n- one\n  more\n- two\n"),
                         "a\n.PP\nb:\n.PP\n.in +4n\n.EX\ncode\n.EE\n.in\n"
                         ".IP \\(bu 2\none more\n.IP \\(bu 2\ntwo")

    def test_table(self):
        self.assertEqual(body("| a | b |\n|---|---|\n| x | y |\n"), ".TP\nx\ny")
        self.assertEqual(body("| a | b | c |\n|---|---|---|\n| x | y | z |\n"),
                         ".TP\nx\nb: y; c: z")


if __name__ == "__main__":
    unittest.main()
