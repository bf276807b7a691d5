# SPDX-License-Identifier: MIT
"""What is true of the extension module only."""

import importlib.machinery
import importlib.util
import os
import shutil
import sys
import tempfile
import unittest

import stackless
from support import IS_EXTENSION, Test, run_program


@unittest.skipUnless(IS_EXTENSION, "this is slpython")
class ExtensionTest(Test):
    def test_imported_again_it_is_the_same(self):
        del sys.modules["stackless"]
        import stackless as again

        sys.modules["stackless"] = stackless
        self.assertIs(again, stackless)

    def test_a_second_copy_is_refused(self):
        with tempfile.TemporaryDirectory() as directory:
            copy = shutil.copy(stackless.__file__, directory)
            loader = importlib.machinery.ExtensionFileLoader("stackless", copy)
            spec = importlib.util.spec_from_loader("stackless", loader)
            with self.assertRaisesRegex(ImportError, "another copy"):
                importlib.util.module_from_spec(spec)

    def test_a_subinterpreter_is_refused(self):
        for first in ("", "import stackless\n"):
            with self.subTest(first=first):
                status, out, err = run_program(
                    first + "import _xxsubinterpreters as sub\n"
                    "try: sub.run_string(sub.create(), 'import stackless')\n"
                    "except sub.RunFailedError as error: print(error)\n"
                )
                self.assertEqual((status, err), (0, ""))
                self.assertIn("ImportError", out)
                self.assertIn("main interpreter only", out)

    def test_a_subinterpreter_runs_while_stacks_are_spilled(self):
        status, out, err = run_program(
            "import stackless, _xxsubinterpreters as sub\n"
            "t = stackless.tasklet(stackless.schedule_remove)()\n"
            "stackless.run()\n"
            "other = sub.create()\n"
            "program = 'print(list(map(str, range(3))))'\n"
            "next(map(lambda _: sub.run_string(other, program), (0,)))\n",
            SLP_SPILL="always",
        )
        self.assertEqual((status, out, err), (0, "['0', '1', '2']\n", ""))

    def test_a_setting_in_the_environment_that_means_nothing(self):
        status, out, err = run_program("import stackless", SLP_SPILL="sometimes")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("ImportError: stackless: SLP_SPILL", err)

    def test_nothing_is_spilled_unless_it_is_switched_on(self):
        environment = {k: v for k, v in os.environ.items() if k != "SLP_SPILL"}
        status, out, err = run_program(
            "import os, sys\n"
            "if 'SLP_SPILL' in os.environ:\n"
            "    del os.environ['SLP_SPILL']\n"
            "    os.execv(sys.executable, sys.orig_argv)\n"
            "import stackless\n"
            "print(*stackless.spill())\n",
            **environment,
        )
        self.assertEqual((status, out, err), (0, "never copy\n", ""))

    def test_a_thread_follows_the_setting_at_its_next_call(self):
        status, out, err = run_program(
            "import stackless, threading\n"
            "go, done = threading.Semaphore(0), threading.Semaphore(0)\n"
            "def spills():\n"
            "    before = stackless.spill_count()\n"
            "    list(map(lambda _: None, range(3)))\n"
            "    return stackless.spill_count() > before\n"
            "def body():\n"
            "    for _ in range(4):\n"
            "        go.acquire()\n"
            "        print(spills())\n"
            "        done.release()\n"
            "threading.Thread(target=body).start()\n"
            "for setting in ('never', 'always', 'never', 'always'):\n"
            "    stackless.spill(setting)\n"
            "    go.release()\n"
            "    done.acquire()\n",
        )
        self.assertEqual((status, out, err), (0, "False\nTrue\nFalse\nTrue\n", ""))


if __name__ == "__main__":
    unittest.main()
