# SPDX-License-Identifier: MIT
"""The lines that action.yml and gitlab.yml have for a shell, run on a project with a race."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BIN = os.path.abspath(os.path.join(ROOT, os.environ.get("BIN", "build/bin")))
OPTIONS = "--schedules 20 --jobs 1"


def line_of(name, pattern):
    with open(os.path.join(ROOT, "ci", "action", name), encoding="utf-8") as text:
        return re.search(pattern, text.read(), re.M).group(1)


class Action(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="action-")
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(os.path.join(ROOT, "harness/pytest/tests/project"),
                        os.path.join(self.folder, "project"))

    def run_line(self, line, **variables):
        environment = dict(os.environ, SPILLWAY=os.path.join(BIN, "spillway"), **variables)
        environment.pop("GITHUB_ACTIONS", None)
        environment.update(variables)
        return subprocess.run(["bash", "-ec", line], cwd=os.path.join(self.folder, "project"),
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              universal_newlines=True, check=False)

    def files(self):
        return set(os.listdir(os.path.join(self.folder, "project", "found")))

    def test_github(self):
        line = line_of("action.yml", r"^      run: (set -f.*)$")
        summary = os.path.join(self.folder, "summary")
        ended = self.run_line(line, GITHUB_ACTION_PATH=os.path.join(ROOT, "ci", "action"),
                              FOLDER="found", OPTIONS=OPTIONS, UNSURE="fail",
                              TARGETS="tests/test_stock.py::test_oversold tests/test_stock.py::TestShelf",
                              GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=summary)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("\n::error file=tests/test_stock.py,title=tests/test_stock.py%3A%3Atest_oversold"
                      "::check then act, of Stock.count: ", ended.stdout)
        self.assertEqual(self.files(), {"junit.xml", "report.json", "test_stock-test_oversold.sched",
                                        "test_stock-test_oversold.html"})
        with open(os.path.join(self.folder, "project/found/report.json"), encoding="utf-8") as text:
            self.assertEqual([test["end"] for test in json.load(text)["tests"]],
                             ["found", "nothing found"])
        with open(summary, encoding="utf-8") as text:
            self.assertIn("| `tests/test_stock.py::TestShelf::test_name` | nothing found | ", text.read())

    def test_gitlab(self):
        line = line_of("gitlab.yml", r"^    - (set -f.*)$").replace("/opt/spillway", ROOT)
        ended = self.run_line(line, SPILLWAY_FOLDER="found", SPILLWAY_OPTIONS=OPTIONS,
                              SPILLWAY_TARGETS="tests/test_stock.py::test_only_one_thread")
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(self.files(), {"junit.xml", "report.json"})

    def test_what_is_undecided(self):
        with open(os.path.join(self.folder, "project/tests/test_x.py"), "w", encoding="utf-8") as out:
            out.write("import subprocess\n\ndef test_x():\n    subprocess.check_call(['/bin/true'])\n")
        line = "'%s/ci/action/explore' found --schedules 3 tests/test_x.py::test_x" % ROOT
        ended = self.run_line(line)
        self.assertEqual(ended.returncode, 3)
        self.assertIn("\nwarning: tests/test_x.py::test_x: not controlled: ", ended.stdout)
        self.assertEqual(self.run_line(line, UNSURE="pass").returncode, 0)

    def test_wrong_use(self):
        self.assertEqual(self.run_line("'%s/ci/action/explore'" % ROOT).returncode, 2)
        self.assertEqual(self.run_line("'%s/ci/action/explore' found nowhere/" % ROOT).returncode, 2)


if __name__ == "__main__":
    unittest.main()
