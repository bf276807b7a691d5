# SPDX-License-Identifier: MIT
"""What ci/docs must see: each test plants one thing that is no longer so.

    python3.11 -m unittest discover -s ci/documents/tests
"""

import io
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "ci"))

# pylint: disable=wrong-import-position
from documents import figures, names, outputs, rows  # noqa: E402
from documents.elide import fits, redrawn  # noqa: E402
from documents.marks import Page  # noqa: E402
from documents.scratch import Scratch  # noqa: E402
from documents.tap import Tap  # noqa: E402


def page_of(text):
    return Page(ROOT, "README.md", text)


class Elision(unittest.TestCase):
    def test_dots_stand_for_any_text_of_a_line(self):
        self.assertTrue(fits("seed ...; 3 of ... runs", "seed 14; 3 of 9 runs"))
        self.assertFalse(fits("seed ...; 3 of ... runs", "seed 14; 4 of 9 runs"))

    def test_what_is_no_dots_is_taken_literally(self):
        self.assertFalse(fits("a.c:1", "abc:1"))

    def test_dots_alone_stand_for_any_number_of_lines(self):
        shown = ["first", "...", "last"]
        for printed in (["first", "last"], ["first", "x", "y", "last"]):
            self.assertEqual(redrawn(shown, printed), shown)

    def test_a_line_too_much_is_seen(self):
        self.assertEqual(redrawn(["first"], ["first", "second"]), ["first", "second"])

    def test_a_line_that_is_gone_is_seen(self):
        self.assertEqual(redrawn(["first", "second"], ["second"]), ["second"])

    def test_nothing_is_not_something(self):
        self.assertEqual(redrawn(["first"], []), [])

    def test_a_changed_line_is_cut_off_where_it_was(self):
        self.assertEqual(redrawn(["seed 14; 151 ..."], ["seed 15; 152 decisions"]),
                         ["seed 15; 152 ..."])

    def test_what_still_fits_keeps_its_dots(self):
        self.assertEqual(redrawn(["...", "b ...", "c"], ["a", "b 1", "d"]), ["...", "b ...", "d"])


class Pages(unittest.TestCase):
    def test_a_block_of_commands_is_indented_or_fenced(self):
        page = page_of("text\n\n    $ one\n    1\n\nand\n\n```console\n$ two\n2\n```\n")
        self.assertEqual([block.commands() for block in page.blocks],
                         [[(["$ one"], ["1"])], [(["$ two"], ["2"])]])

    def test_a_block_may_stand_in_a_list(self):
        page = page_of("- item\n  goes on\n\n        $ one\n        1\n\n- next\n")
        self.assertEqual(page.blocks[0].commands(), [(["$ one"], ["1"])])

    def test_a_command_goes_on_behind_a_backslash(self):
        page = page_of("    $ one \\\n          two\n    out\n")
        self.assertEqual(page.blocks[0].commands(), [(["$ one \\", "      two"], ["out"])])

    def test_a_command_goes_on_at_a_second_prompt(self):
        page = page_of("    $ for i in 1; do\n    > echo $i\n    > done\n    1\n")
        command, shown = page.blocks[0].commands()[0]
        self.assertEqual(outputs.as_typed(command), "for i in 1; do\necho $i\ndone")
        self.assertEqual(shown, ["1"])

    def test_a_mark_is_of_the_next_block_only(self):
        page = page_of("<!-- not run: hours -->\n\n    $ one\n\ntext\n\n    $ two\n")
        self.assertEqual([block.kind() for block in page.blocks], ["not run", ""])


class Checks(unittest.TestCase):
    """With the shell's own commands: no program of ours is needed."""

    @classmethod
    def setUpClass(cls):
        programs = tempfile.TemporaryDirectory()
        cls.addClassCleanup(programs.cleanup)
        cls.scratch = cls.enterClassContext(Scratch(ROOT, Path(programs.name, "bin")))

    def checked(self, part, text):
        """(how many have failed, what was told, the page)"""
        page, out = page_of(text), io.StringIO()
        tap = Tap(out)
        part.check(page, self.scratch, tap)
        self.assertGreater(tap.number, 0, "nothing was checked")
        return tap.failed, out.getvalue(), page

    def failures(self, part, text):
        return self.checked(part, text)[0]

    def test_an_output_is_compared(self):
        self.assertEqual(self.failures(outputs, "    $ echo a\n    a\n"), 0)
        failed, told, page = self.checked(outputs, "    $ echo a\n    b\n")
        self.assertEqual(failed, 1)
        self.assertIn("# -b\n# +a", told)
        self.assertEqual(page.edits, [(0, 2, ["    $ echo a", "    a"])])

    def test_a_block_that_is_not_run_is_skipped_with_its_reason(self):
        text = "text\n\n<!-- not run: it takes\nhours -->\n\n    $ false #\n    b\n"
        failed, told, _ = self.checked(outputs, text)
        self.assertEqual((failed, told), (0, "ok 1 - README.md:6 $ false  # SKIP it takes hours\n"))

    def test_a_block_is_run_where_there_is_what_it_needs(self):
        text = "<!-- needs: %s -->\n\n    $ echo a\n    b\n"
        self.assertEqual(self.failures(outputs, text % "test -e LICENSE"), 1)
        failed, told, _ = self.checked(outputs, text % "test -e GONE")
        self.assertEqual(failed, 0)
        self.assertIn("# SKIP it needs: test -e GONE\n", told)

    def test_errors_are_output(self):
        self.assertEqual(self.failures(outputs, "    $ echo a >&2\n    a\n"), 0)

    def test_a_block_is_one_shell(self):
        text = "    $ A=1; false\n    $ echo $? $A\n    1 1\n"
        self.assertEqual(self.failures(outputs, text), 0)

    def test_a_file_stays_for_the_next_block(self):
        text = "<!-- file: new.txt -->\n```\nhere\n```\n\n    $ cat new.txt\n    here\n"
        self.assertEqual(self.failures(outputs, text), 0)

    def test_the_tree_is_there_and_stays_as_it_is(self):
        before = Path(ROOT, "LICENSE").read_bytes()
        text = "    $ echo >LICENSE; wc -c <LICENSE\n    1\n"
        self.assertEqual(self.failures(outputs, text), 0)
        self.assertEqual(Path(ROOT, "LICENSE").read_bytes(), before)

    def test_an_excerpt_is_compared(self):
        text = "<!-- excerpt: ci/demo -->\n```\n#!/bin/bash\n...\nexit {}\n```\n"
        self.assertEqual(self.failures(outputs, text.format('"$wrong"')), 0)
        self.assertEqual(self.failures(outputs, text.format("0")), 1)

    def test_a_figure_is_compared(self):
        text = "It has {}<!-- figure: seq 1 3 | wc -l --> lines.\n"
        self.assertEqual(self.failures(figures, text.format(3)), 0)
        failed, _, page = self.checked(figures, text.format(4))
        self.assertEqual((failed, page.edits[0][2]), (1, [text.format(3).rstrip()]))

    def test_a_table_has_the_rows_that_are_printed(self):
        text = ("<!-- rows: printf '%s\\n' '| | ns |' '|---|---|' '| a | 7 |' '| b | 8 |' -->\n\n"
                "| | ns |\n|---|---:|\n| a | 1 |\n{}")
        self.assertEqual(self.failures(rows, text.format("| b | 2 |\n")), 0)
        self.assertEqual(self.failures(rows, text.format("")), 1)

    def test_a_path_is_there(self):
        self.assertEqual(self.failures(names, "See `harness/report/judge.h`.\n"), 0)
        self.assertEqual(self.failures(names, "See `harness/report/judges.h`.\n"), 1)
        self.assertEqual(self.failures(names, "See [this](harness/nowhere.md).\n"), 1)

    def test_a_map_has_all_of_a_folder(self):
        text = "<!-- lists: scenarios/programs/lost_update.* -->\n\n`lost_update.py`{}\n"
        self.assertEqual(self.failures(names, text.format(" `lost_update.sched`")), 0)
        self.assertEqual(self.failures(names, text.format("")), 1)

    def test_a_target_of_make_is_there(self):
        self.assertEqual(self.failures(names, "`make SAN=address check`\n"), 0)
        self.assertEqual(self.failures(names, "`make nothing-like-it`\n"), 1)


if __name__ == "__main__":
    unittest.main()
