# SPDX-License-Identifier: MIT
"""ci/rooms names the file, and the line, that breaks the order of the rooms."""
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOMS = Path(__file__).resolve().parents[1] / "rooms"


class Rooms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        subprocess.run(["git", "init", "-q", self.tree], check=True)

    def look(self, **files):
        """What it says of a tree of these files: path, its dots for slashes, and text."""
        for name, text in files.items():
            path = self.tree / name.replace("__", "/").replace("_h", ".h").replace("_c", ".c")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        subprocess.run(["git", "-C", self.tree, "add", "-A"], check=True)
        ran = subprocess.run([ROOMS, self.tree], capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout.splitlines()

    def test_what_includes_downwards_is_in_order(self):
        self.assertEqual(self.look(contract__low_h="", harness__report__high_c=(
            '#include "contract/low.h"\nint sw_high_add(int a)\n{\n    return a;\n}\n')),
            (0, ["rooms: 2 files, 0 out of order"]))

    def test_an_include_that_runs_up(self):
        status, lines = self.look(harness__cli__top_h="",
                                  harness__report__low_c='\n#include "harness/cli/top.h"\n')
        self.assertEqual((status, lines[0]), (1, (
            "harness/report/low.c:2: harness/report includes harness/cli/top.h, which is not "
            "below it")))

    def test_rooms_side_by_side(self):
        status, lines = self.look(harness__control__engine__in_h="",
                                  harness__runner__of_c='#include "harness/control/engine/in.h"\n')
        self.assertEqual(status, 1)
        self.assertIn("harness/runner/of.c:1: ", lines[0])

    def test_the_interpreter_looks_at_points_only(self):
        status, lines = self.look(contract__points_h="", contract__event_h="", interp__one_c=(
            '#include "contract/points.h"\n#include "contract/event.h"\n'))
        self.assertEqual((status, len(lines)), (1, 2))
        self.assertIn("interp/one.c:2: ", lines[0])

    def test_tests_may_include_anything(self):
        self.assertEqual(self.look(harness__cli__top_h="", contract__tests__one_c=(
            '#include "harness/cli/top.h"\n'))[0], 0)

    def test_a_header_that_is_not_there(self):
        self.assertEqual(self.look(contract__one_c='#include "gone.h"\n')[1][0],
                         "contract/one.c:1: there is no contract/gone.h")

    def test_a_name_that_stands_twice(self):
        self.assertEqual(self.look(contract__one_h="", fuzz__explore__one_h="")[1][0],
                         "fuzz/explore/one.h: the name one.h stands at contract/one.h, too")

    def test_a_function_of_another_name(self):
        _, lines = self.look(contract__one_c="int sw_two_add(int a)\n{\n    return a;\n}\n")
        self.assertEqual(lines[0], "contract/one.c:1: sw_two_add is not named after one.c")

    def test_a_circle_of_five(self):
        ring = {f"harness__control__engine__{a}_h": f'#include "{b}.h"\n'
                for a, b in zip("vwxyz", "wxyzv")}
        self.assertIn("a circle of 5 files, more than 4: v, w, x, y, z", self.look(**ring)[1][0])

    def test_what_a_command_has_left_at_the_top(self):
        (self.tree / ".gitignore").write_text("/build/\n")
        (self.tree / "build").mkdir()
        (self.tree / "build" / "it").touch()
        self.assertEqual(self.look(), (0, ["rooms: 0 files, 0 out of order"]))
        wrong = "kept: does not belong at the top, or TOP of ci/rooms lacks it"
        (self.tree / "kept").touch()
        for committed in False, True:
            with self.subTest(committed=committed):
                ran = subprocess.run([ROOMS, self.tree], capture_output=True, text=True, check=False)
                self.assertEqual((ran.returncode, ran.stdout.splitlines()[0]), (1, wrong))
            subprocess.run(["git", "-C", self.tree, "add", "-A"], check=True)

    def test_a_folder_that_is_no_checkout(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(subprocess.run([ROOMS, folder], capture_output=True,
                                            check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
