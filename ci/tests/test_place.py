# SPDX-License-Identifier: MIT
"""ci/place: all works from where it was installed, for another user; and is gone again."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("BUILD", "build")).absolute()


def place(word, top):
    env = dict(os.environ, BUILD=str(BUILD), PREFIX="/opt/some where", DESTDIR=str(top),
               PYTHONDIR="/opt/some where/lib/python3.11/dist-packages", ZSHDIR="site-functions")
    subprocess.run([ROOT / "ci/place", word], env=env, check=True)


class Place(unittest.TestCase):
    """What is installed stands in a folder of its own, which was moved since: no path is built in."""

    @classmethod
    def setUpClass(cls):
        # Not in TMPDIR, which may be closed to other users.
        cls.top = Path(tempfile.mkdtemp(prefix="spillway-place.", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.top)
        place("install", cls.top / "staged")
        os.rename(cls.top / "staged/opt/some where", cls.top / "there")
        cls.there = cls.top / "there"
        cls.work = cls.top / "work"
        cls.work.mkdir()
        cls.top.chmod(0o755)
        cls.work.chmod(0o777)
        shutil.copy(ROOT / "harness/docs/test_bank.py", cls.work)

    def run_there(self, *command, **more):
        """As an ordinary user, with nothing of this one's environment."""
        user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        env = {"PATH": f"{self.there}/bin:/usr/bin:/bin", "HOME": str(self.work), "LANG": "C.UTF-8"}
        env.update(more)
        return subprocess.run(command, cwd=self.work, env=env, **user, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def check(self, wanted, status, *command, **more):
        run = self.run_there(*command, **more)
        self.assertIn(wanted, run.stdout)
        self.assertEqual(run.returncode, status, run.stdout)

    def test_explore_and_replay(self):
        self.check("again: spillway replay test_bank-test_withdraw.sched", 1,
                   "spillway", "explore", "test_bank.py::test_withdraw")
        self.check("as recorded: exit 1", 0, "spillway", "replay", "test_bank-test_withdraw.sched")
        self.check("critical pair", 0, "spillway", "minimise", "test_bank-test_withdraw.sched")

    def test_schedules_of_before(self):
        """Those that stand in the repository, beside the programs that they are of."""
        for folder in ("harness/tests/kept", "harness/docs", "scenarios/programs",
                       "fuzz/bench/programs"):
            shutil.copytree(ROOT / folder, self.top / "elsewhere" / folder)
        self.check("\n1..101\n", 0, self.top / "elsewhere/harness/tests/kept/check",
                   SPILLWAY=str(self.there / "bin/spillway"))

    def test_a_scenario(self):
        story = ROOT / "scenarios/story/may-2012-a-chunk-becomes-none.spec"
        shutil.copy(story, self.work)
        shutil.copy(story.with_suffix(".out"), self.work)
        self.check("passed", 0, "spillway", "run", story.name)

    def test_slpython(self):
        for program in ("slpython", "slpython-lab"):
            self.check(f"{self.there}/lib", 0, program, "-c",
                       "import stackless, slplib; print(slplib.__file__)")

    def test_modules(self):
        modules = self.there / "lib/python3.11/dist-packages"
        self.check("False 0", 0, "/usr/bin/python3.11", "-c",
                   "import stackless, spillway, slplib; "
                   "print(stackless.getcurrent().blocked, spillway.choose('a', 2))",
                   PYTHONPATH=str(modules))

    def test_gdb_finds_its_commands(self):
        self.check("spillway", 0, "spillway", "help", "debug")
        self.assertTrue((self.there / "lib/spillway/lib/gdb/spillway_gdb.py").exists())

    def test_headers(self):
        flags = f"-I{self.there}/include"
        pc = (self.there / "share/pkgconfig/spillway.pc").read_text(encoding="utf-8")
        self.assertIn("includedir=${prefix}/include\n", pc)
        self.assertIn("Cflags: -I${includedir}\n", pc)
        (self.work / "it.c").write_text(
            "#include <stdio.h>\n#include <spillway.h>\n#include <spillway/points.h>\n"
            "#define NAME(id, name, flags, text) puts(name);\n"
            "int main(void) { SLP_POINTS(NAME) return 0; }\n", encoding="utf-8")
        self.check("", 0, "gcc", flags, "-Wall", "-Werror", "-Wno-unused", "-o", "it", "it.c")
        self.check("switch.leave", 0, "./it")

    def test_manual_pages(self):
        pages = {path.name for path in (self.there / "share/man").rglob("*.*")}
        commands = self.run_there("sh", "-c", "spillway help --as bash | "
                                  "sed -n \"s/.*local commands='\\(.*\\)'/\\1/p\"").stdout.split()
        self.assertIn("explore", commands)
        self.assertEqual(pages, {f"spillway-{name}.1" for name in commands} |
                         {"spillway.1", "slpython.1", "slpython-lab.1", "spillway-spec.5",
                          "spillway-sched.5", "spillway.7"})

    def test_each_page_is_its_own(self):
        for path in (self.there / "share/man").rglob("*.*"):
            name, section = path.name.rsplit(".", 1)
            text = path.read_text(encoding="utf-8")
            roff = name.replace("-", "\\-")
            self.assertIn(f"\n.TH {roff.upper()} {section} ", text)
            self.assertIn(f"\n.SH NAME\n{roff} \\-\n", text)

    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_no_page_draws_a_complaint(self):
        pages = sorted((self.there / "share/man").rglob("*.*"))
        self.check("", 0, "mandoc", "-Tlint", "-Wstyle", *pages)

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_reads_its_completion(self):
        self.check("", 0, "zsh", "-n", self.there / "share/zsh/site-functions/_spillway")

    def test_it_says_the_same_as_the_build(self):
        out = subprocess.run([BUILD / "bin/spillway", "help"], check=True, capture_output=True)
        self.assertEqual(self.run_there("spillway", "help").stdout, out.stdout.decode())


class Uninstall(unittest.TestCase):
    def test_nothing_is_left_and_no_file_of_others_is_gone(self):
        top = Path(tempfile.mkdtemp(prefix="spillway-place."))
        self.addCleanup(shutil.rmtree, top)
        other = top / "opt/some where/lib/python3.11/dist-packages/other.py"
        other.parent.mkdir(parents=True)
        other.touch()
        place("install", top)
        place("uninstall", top)
        self.assertEqual([path for path in top.rglob("*") if not path.is_dir()], [other])


class Hardened(unittest.TestCase):
    """harness/docs/security.md says so."""

    def read(self, option, name):
        return subprocess.run(["readelf", "-W", option, BUILD / name], check=True,
                              capture_output=True, text=True).stdout

    def test_relocations_are_read_only(self):
        for name in ("bin/spillway", "bin/slpython", "bin/slpython-lab", "lib/libspillway.so"):
            self.assertIn("BIND_NOW", self.read("-d", name), name)
            self.assertIn("GNU_RELRO", self.read("-l", name), name)

    def test_the_runner_is_independent_of_its_place_and_checks_itself(self):
        self.assertIn("Flags: PIE", self.read("-d", "bin/spillway").replace("NOW ", ""))
        symbols = self.read("--dyn-syms", "bin/spillway")
        for symbol in ("__stack_chk_fail", "__snprintf_chk", "__memcpy_chk"):
            self.assertIn(symbol, symbols)


class Package(unittest.TestCase):
    """`make deb` takes minutes and is not of CI: what goes stale is."""

    def test_it_has_the_version_of_the_program(self):
        changes = (ROOT / "debian/changelog").read_text(encoding="utf-8")
        header = (ROOT / "contract/version.h").read_text(encoding="utf-8")
        self.assertEqual(re.match(r"spillway \((.*?)\)", changes)[1],
                         re.search(r'SW_VERSION "(.*?)"', header)[1])

    def test_it_is_built_with_what_ci_installs(self):
        control = (ROOT / "debian/control").read_text(encoding="utf-8")
        packages = (ROOT / "ci/packages").read_text(encoding="utf-8")
        wanted = re.findall(r"\b(lib\w+-dev|zlib1g-dev)", control.split("\nPackage:")[0])
        self.assertGreater(len(wanted), 4)
        for package in wanted:
            self.assertRegex(packages, rf"(?m)^{package}$")


if __name__ == "__main__":
    unittest.main()
