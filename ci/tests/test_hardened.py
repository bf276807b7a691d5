# SPDX-License-Identifier: MIT
"""How the programs are built: what the kernel and the linker can do against a stranger's bytes."""

import os
import re
import subprocess
import unittest
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", "build")).absolute()
READS_STRANGERS = ["bin/spillway"]
INTERPRETERS = ["bin/slpython", "bin/slpython-lab"]
LIBRARIES = sorted(str(path.relative_to(BUILD)) for pattern in (
    "lib/libspillway.so", "lib/spillway_tracer.*.so", "lib/python/stackless.*.so")
    for path in BUILD.glob(pattern))


def readelf(name, *options):
    return subprocess.run(["readelf", "-W", *options, BUILD / name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


class Hardened(unittest.TestCase):
    def check(self, names, holds):
        for name in names:
            with self.subTest(name):
                holds(name)

    def test_no_stack_is_executable(self):
        def holds(name):
            self.assertRegex(readelf(name, "-l"), r"(?m)^ *GNU_STACK .* RW +0x")
        self.check(READS_STRANGERS + INTERPRETERS + LIBRARIES, holds)

    def test_no_segment_is_writable_and_executable(self):
        def holds(name):
            self.assertIsNone(re.search(r"(?m)^ *LOAD .* RWE +0x", readelf(name, "-l")))
        self.check(READS_STRANGERS + INTERPRETERS + LIBRARIES, holds)

    def test_relocations_are_read_only(self):
        def holds(name):
            self.assertRegex(readelf(name, "-l"), r"(?m)^ *GNU_RELRO ")
            self.assertRegex(readelf(name, "-d"), r"BIND_NOW|FLAGS.* NOW")
        self.check(READS_STRANGERS + INTERPRETERS + LIBRARIES, holds)

    def test_who_reads_files_of_strangers_is_position_independent(self):
        self.check(READS_STRANGERS, lambda name: self.assertRegex(
            readelf(name, "-h", "-d"), r"(?s)Type: +DYN .*FLAGS_1.* PIE"))

    @unittest.skipIf("san-" in str(BUILD), "sanitizers have their own")
    def test_and_has_checked_calls_and_stacks(self):
        def holds(name):
            symbols = readelf(name, "--dyn-syms")
            self.assertIn("__stack_chk_fail", symbols)
            self.assertGreater(len(set(re.findall(r"__(\w+)_chk\b", symbols))), 10)
        self.check(READS_STRANGERS, holds)

    def test_nobody_looks_for_libraries_in_a_folder_of_the_build(self):
        def holds(name):
            for path in re.findall(r"R(?:UN)?PATH.*\[(.*)\]", readelf(name, "-d")):
                self.assertTrue(all(part.startswith("$ORIGIN/") for part in path.split(":")), path)
        self.check(READS_STRANGERS + INTERPRETERS + LIBRARIES, holds)


if __name__ == "__main__":
    unittest.main()
