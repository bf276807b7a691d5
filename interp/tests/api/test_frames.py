# SPDX-License-Identifier: MIT
"""What is kept in place of frames: stackless.frames(), stackless.memory(), SLP_FRAMES."""

import gc
import threading
import unittest

import stackless
from support import IS_TRACED, Test, run_program, through_c

POLICIES = ("none", "freelist", "zombie", "arena")


def functions(count):
    """As many functions, each with a code object of its own."""

    def work():
        return 1

    code, kind = work.__code__, type(work)
    return [kind(code.replace(co_firstlineno=n + 1), {}) for n in range(count)]


def run_each(made):
    """Each once, as a tasklet."""
    for function in made:
        stackless.tasklet(function)()
        stackless.schedule()


def deep(depth):
    return 0 if depth == 0 else 1 + deep(depth - 1)


class FramesTest(Test):
    def setUp(self):
        super().setUp()
        self.addCleanup(stackless.frames, stackless.frames())

    def test_the_policy_is_set_and_told(self):
        before = stackless.frames()
        for policy in POLICIES:
            self.assertEqual(stackless.frames(policy), before)
            self.assertEqual(stackless.frames(), policy)
            self.assertEqual(stackless.frames(None), policy)
            self.assertEqual(stackless.memory()["policy"], policy)
            before = policy

    def test_another_policy_is_refused(self):
        before = stackless.frames()
        for wrong in ("", "Zombie", "free list", "zombie,"):
            with self.assertRaisesRegex(ValueError, "none, freelist, zombie or arena"):
                stackless.frames(wrong)
        with self.assertRaises(TypeError):
            stackless.frames(1)
        with self.assertRaises(ValueError):
            stackless.memory(-1)
        self.assertEqual(stackless.frames(), before)

    def test_another_policy_frees_what_is_kept(self):
        made = functions(10)
        for policy in POLICIES:
            with self.subTest(policy=policy):
                stackless.frames(policy)
                run_each(made)
                kept = stackless.memory()["bytes"]
                self.assertEqual(kept > 0, policy != "none")
                stackless.frames("none")
                self.assertEqual(stackless.memory()["bytes"], 0)

    def test_only_zombies_grow_with_the_number_of_functions(self):
        made = functions(3000)
        for policy in POLICIES:
            with self.subTest(policy=policy):
                stackless.frames("none")
                stackless.frames(policy)
                run_each(made[:1500])
                first = stackless.memory()
                run_each(made[1500:])
                second = stackless.memory()
                if policy == "zombie":
                    self.assertGreaterEqual(second["code_objects"]["count"], 3000)
                    self.assertGreater(second["bytes"], 1.9 * first["bytes"])
                    self.assertIsNone(second["bytes_bound"])
                else:
                    self.assertEqual(second["code_objects"]["count"], 0)
                    self.assertEqual(second["bytes"], first["bytes"])
                    self.assertLessEqual(second["bytes"], second["bytes_bound"])

    def test_what_a_code_object_keeps_goes_with_it(self):
        stackless.frames("none")
        stackless.frames("zombie")
        made = functions(100)
        run_each(made)
        self.assertGreaterEqual(stackless.memory()["code_objects"]["count"], 100)
        made.clear()
        gc.collect()
        after = stackless.memory()["code_objects"]
        self.assertLess(after["count"], 10)
        self.assertGreaterEqual(after["count_max"], 100)

    def test_a_tasklet_may_outlive_its_function(self):
        stackless.frames("zombie")
        channel = stackless.channel()
        (function,) = functions(1)
        made = [type(function)(self.wait_code().replace(co_firstlineno=n + 1), {}) for n in range(3)]
        tasklets = [stackless.tasklet(one)(channel) for one in made]
        stackless.run()
        self.assertGreaterEqual(stackless.memory()["lent"], 3)
        made.clear()
        for tasklet in tasklets:
            channel.send(1)
        stackless.run()
        self.assertFalse(any(tasklet.alive for tasklet in tasklets))

    @staticmethod
    def wait_code():
        def wait(channel):
            return channel.receive()

        return wait.__code__

    def test_the_code_objects_that_keep_most_come_first(self):
        stackless.frames("none")
        stackless.frames("zombie")
        stackless.spill("always", "copy")
        made = functions(5)
        run_each(made)
        through_c(made[0])
        most = stackless.memory(most=3)["most"]
        self.assertEqual(len(most), 3)
        sizes = [size for code, size in most]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertTrue(all(isinstance(code, type(made[0].__code__)) for code, size in most))
        self.assertEqual(stackless.memory()["most"], [])

    def test_a_policy_may_change_under_tasklets_that_run(self):
        channel, got = stackless.channel(), []

        def wait():
            got.append(channel.receive())

        for policy in POLICIES:
            stackless.frames(policy)
            stackless.tasklet(wait)()
            stackless.run()
        for policy in POLICIES:
            stackless.frames(policy)
            channel.send(policy)
            stackless.run()
        self.assertEqual(got, list(POLICIES))

    def test_a_deep_call_in_a_tasklet(self):
        got = []
        for policy in POLICIES:
            stackless.frames(policy)
            stackless.tasklet(lambda: got.append(deep(300)))()
            stackless.run()
        self.assertEqual(got, [300] * 4)
        stackless.frames("freelist")

    @unittest.skipIf(IS_TRACED, "what waits for the thread is traced, and keeps frames of its own")
    def test_a_thread_takes_what_it_has_kept_with_it(self):
        stackless.frames("none")
        stackless.frames("freelist")
        seen = []

        def body():
            begin = stackless.memory()["bytes"]
            run_each(functions(10))
            seen.append(stackless.memory()["bytes"] - begin)

        def run():
            thread = threading.Thread(target=body)
            thread.start()
            thread.join()
            return stackless.memory()["bytes"]

        # Who waits for it is spilled, too, in some of the runs, and keeps what that took.
        before = run()
        self.assertEqual(run(), before)
        self.assertGreater(seen[1], 0)

    def test_spills_where_there_are_no_tasklets(self):
        """Else a deep recursion pays for an allocation at each of them."""
        status, out, err = run_program(
            "import stackless\n"
            "def nested(level):\n"
            "    return next(map(nested, (level - 1,))) if level else 0\n"
            "stackless.spill('always', 'segment')\n"
            "nested(200)\n"
            "memory = stackless.memory()\n"
            "print(memory['records']['count'] >= 200, memory['bytes'] <= memory['bytes_bound'])\n",
            SLP_FRAMES="freelist",
        )
        self.assertEqual((status, out, err), (0, "True True\n", ""))

    def test_the_environment_sets_it(self):
        text = "import stackless; print(stackless.frames())"
        for policy in POLICIES:
            self.assertEqual(run_program(text, SLP_FRAMES=policy)[:2], (0, policy + "\n"))
        status, out, err = run_program(text, SLP_FRAMES="")
        self.assertEqual((status, out), (0, "freelist\n"))
        status, out, err = run_program(text, SLP_FRAMES="zombies")
        self.assertNotEqual(status, 0)
        self.assertIn("SLP_FRAMES: 'zombies' is not none, freelist, zombie or arena", err)


if __name__ == "__main__":
    unittest.main()
