# SPDX-License-Identifier: MIT
"""What CCP's scheduler has and Stackless has not."""

import subprocess
import sys
import threading

import stackless
from slplib import carbon
from slplib.carbon import channel, tasklet
from support import Test


class KeptInTest(Test):
    """dont_raise, and what is around a tasklet's function."""

    def start(self, function, **attributes):
        one = tasklet()
        one.dont_raise = True
        for name, value in attributes.items():
            setattr(one, name, value)
        return one.bind(function)()

    def test_what_it_raises_stays_with_it(self):
        seen = []

        def handler(text):
            seen.append((text.startswith("Unhandled exception in <Tasklet"), sys.exc_info()[0]))

        one = self.start(lambda: 1 / 0, exception_handler=handler)
        stackless.run()
        self.assertEqual(seen, [(True, ZeroDivisionError)])
        self.assertFalse(one.alive)
        tasklet(lambda: 1 / 0)()
        self.assertRaises(ZeroDivisionError, stackless.run)

    def test_a_kill_is_not_kept_in(self):
        one = self.start(stackless.schedule_remove, exception_handler=self.fail)
        stackless.run()
        one.kill()
        self.assertFalse(one.alive)

    def test_a_context_manager_is_around_it(self):
        seen = []

        class Manager:
            def __init__(self, of):
                self.of = of

            def __enter__(self):
                seen.append((self.of.method_name, "begins"))

            def __exit__(self, *what):
                seen.append((self.of.method_name, what))
                raise OSError

        def fails():
            raise ValueError

        self.start(fails, context_manager_getter=Manager)
        self.assertRaises(OSError, stackless.run)  # its own are not kept in
        self.assertEqual(seen, [("fails", "begins"), ("fails", (None, None, None))])


class AttributesTest(Test):
    def test_whose_function_and_when(self):
        def work():
            pass

        one = tasklet(work)()
        code = work.__code__
        self.assertEqual(
            (one.method_name, one.module_name, one.file_name, one.line_number),
            ("work", __name__, code.co_filename, code.co_firstlineno),
        )
        self.assertIn("test_carbon.py(", one.parent_callsite)
        self.assertEqual((one.startTime, one.endTime, one.times_switched_to), (0, 0, 0))
        stackless.run()
        self.assertGreater(one.startTime, 0)
        self.assertEqual(one.runTime, one.endTime - one.startTime)

    def test_switches_are_counted_beside_a_callback(self):
        told = []
        self.addCleanup(carbon.set_schedule_callback, None)
        self.assertIsNone(carbon.set_schedule_callback(lambda *pair: told.append(pair)))
        one, _ = tasklet(stackless.schedule)(), tasklet(stackless.schedule)()
        stackless.run()
        self.assertEqual(one.times_switched_to, 2)
        self.assertEqual(len([after for _, after in told if after is one]), 2)

    def test_nothing_keeps_it(self):
        one = tasklet(lambda: None)()
        before = sys.getrefcount(one)
        one.remove()
        self.assertEqual(sys.getrefcount(one), before - 1)
        self.assertEqual(before, 3)  # the ring, the name, the argument

    def test_only_its_own_thread_sets_it_up_and_kills_it(self):
        one, refused = tasklet(stackless.schedule_remove), []

        def try_it():
            for operation in one.setup, one.kill:
                try:
                    operation()
                except RuntimeError as error:
                    refused.append(str(error))

        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        self.assertEqual(refused, ["the tasklet belongs to another thread"] * 2)
        one()
        one.kill()


class ChannelTest(Test):
    def test_clear_ends_whoever_waits(self):
        for preference, operation in (1, "send"), (-1, "receive"):
            meeting, waiting = channel(), []
            for _ in range(3):
                arguments = (1,) if operation == "send" else ()
                waiting.append(tasklet(getattr(meeting, operation))(*arguments))
            stackless.run()
            self.assertEqual(meeting.balance, 3 * preference)
            self.assertTrue(all(one.blocked and one.next is None for one in waiting))
            meeting.clear()
            self.assertEqual(meeting.balance, 0)
            self.assertFalse(any(one.alive for one in waiting))


class ModuleTest(Test):
    def test_there_is_no_c_api(self):
        self.assertIsNone(carbon._C_API)

    def test_it_is_stackless_for_the_rest(self):
        for name in stackless.__all__ if hasattr(stackless, "__all__") else ("run", "schedule"):
            self.assertTrue(hasattr(carbon, name), name)

    def test_who_does_not_import_it_has_no_callback(self):
        code = "import slplib, stackless; print(stackless.get_schedule_callback())"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual(done.stdout, "None\n", done.stderr)
