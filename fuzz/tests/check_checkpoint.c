/* SPDX-License-Identifier: MIT
 *
 * check_checkpoint.c - no schedule of a process sees what another one has left in it.
 *
 * The tests of left_behind.py each leave something, and fail where they find it.
 */
#include "harness/tests/control_fixture.h"

static const char *const left[] = {
    "a_variable",
    "a_position_in_a_file",
    "a_closed_file",
    "another_file_in_its_place",
    "open_files",
    "a_pipe",
    "a_folder_and_a_mask",
    "a_limit",
    "a_handler",
    "a_blocked_signal",
    "a_timer",
    "an_environment",
    "chance",
    "the_time",
    "a_module",
    "memory",
    "pages_that_change_in_each_way",
    "a_map_that_is_another_one",
    "a_deep_stack",
    "a_held_lock",
    "a_thread_that_waits_for_ever",
    "many_threads",
    "a_temporary_file",
    "a_file_of_a_name_of_its_own",
    "a_tree_of_temporary_folders",
};

static void setup_files(void)
{
    setup();
    shell("cp %s/../../harness/control/tests/left_behind.py .", programs);
}

/* In one process, and so from its checkpoint. */
START_TEST(test_nothing_is_left)
{
    int status = spillway("explore --grain call -j 1 --chance 1 --strategy random --schedules 6 "
                          "left_behind.py::test_%s",
                          left[_i]);

    ck_assert_msg(status == 0, "%d %s%s", status, content("out"), content("err"));
    ASSERT_SAYS("out", " 6 distinct, ");
}
END_TEST

/* A subprocess is not controlled, and is ended with its schedule. */
/* Where it cannot be raised again, the process ends. */
START_TEST(test_no_lower_priority_is_left)
{
    ck_assert_int_eq(
        spillway("explore --grain call -j 1 --chance 1 --strategy random --schedules 3 "
                 "left_behind.py::test_a_priority"),
        0);
}
END_TEST

START_TEST(test_no_child_is_left)
{
    ck_assert_int_eq(spillway("explore --grain call -j 1 --chance 1 --strategy random --schedules "
                              "6 left_behind.py::test_a_child"),
                     3);
    ASSERT_SAYS("out", "not controlled: a subprocess");
    ASSERT_SAYS("out", " 6 distinct, ");
    ck_assert_int_ne(shell("pgrep -f '^sleep 1000$' -P 1"), 0);
}
END_TEST

/* Each job's processes have a folder for temporary files of their own. */
START_TEST(test_jobs_have_their_own_temporary_files)
{
    ck_assert_msg(spillway("explore --grain call --jobs 4 --schedules 300 "
                           "left_behind.py::test_what_others_have_at_the_same_time") == 0,
                  "%s", content("out"));
}
END_TEST

/* Of other files there is one for all: two schedules at a time would find each other's. */
START_TEST(test_jobs_take_turns_at_the_files_that_they_share)
{
    write_file("sharing.py", "import os, threading\n"
                             "def add():\n"
                             "    with open('out.txt', 'a') as file:\n"
                             "        file.write('x')\n"
                             "def test_it():\n"
                             "    threads = [threading.Thread(target=add) for _ in range(2)]\n"
                             "    for t in threads: t.start()\n"
                             "    for t in threads: t.join()\n"
                             "    size = os.path.getsize('out.txt')\n"
                             "    os.remove('out.txt')\n"
                             "    assert size == 2\n");
    for (const char *const *how = (const char *const[]){"random", "portfolio", NULL}; *how != NULL;
         how++) {
        ck_assert_msg(spillway("explore --grain call --strategy %s --jobs 4 --schedules 200 "
                               "sharing.py::test_it",
                               *how) == 0,
                      "%s", content("out"));
        ASSERT_SAYS("out", "the 4 jobs took turns: it changes out.txt, which is no temporary file");
    }
    ck_assert_int_eq(spillway("explore --grain call --jobs 1 --schedules 20 sharing.py::test_it"),
                     0);
    ck_assert_ptr_null(strstr(content("out"), "took turns"));
}
END_TEST

/* Its semaphores have names for as long as it takes to remove them; its threads are never joined.
 * The second test keeps its semaphore's name. */
START_TEST(test_semaphores_with_a_name_are_under_control)
{
    write_file("pool.py", "import multiprocessing, threading\n"
                          "from multiprocessing.pool import ThreadPool\n"
                          "from _multiprocessing import SemLock\n"
                          "def test_pool():\n"
                          "    assert ThreadPool(2).map(abs, [1, -2]) == [1, 2]\n"
                          "def test_name():\n"
                          "    lock = SemLock(1, 1, 1, '/left', False)\n"
                          "    def body():\n"
                          "        for _ in range(3):\n"
                          "            with lock: pass\n"
                          "    threads = [threading.Thread(target=body) for _ in range(2)]\n"
                          "    for t in threads: t.start()\n"
                          "    for t in threads: t.join()\n");
    for (const char *const *test = (const char *const[]){"pool", "name", NULL}; *test != NULL;
         test++)
        ck_assert_msg(
            spillway("explore --grain call --jobs 2 --schedules 20 pool.py::test_%s", *test) == 0,
            "%s", content("out"));
    shell("rm -f /dev/shm/sem.left.spillway-*");
}
END_TEST

/* A child of a fork may post it. */
START_TEST(test_a_semaphore_that_a_child_has_is_reported)
{
    write_file("child.py", "import multiprocessing\n"
                           "context = multiprocessing.get_context('fork')\n"
                           "lock = context.Semaphore(0)\n"
                           "child = context.Process(target=lock.release)\n"
                           "child.start()\n"
                           "lock.acquire()\n"
                           "child.join()\n");
    ck_assert_int_eq(spillway("record child.py"), 0);
    ASSERT_SAYS("err", "not controlled: a named semaphore");
}
END_TEST

/* What a test finds after its first schedule is what it finds in a process of its own. */
START_TEST(test_a_cache_is_empty_each_time)
{
    write_file("cache.py", "import threading\n"
                           "values, made = {}, []\n"
                           "def get():\n"
                           "    if 'a' not in values:\n"
                           "        made.append(1)\n"
                           "        values['a'] = 1\n"
                           "def test_once():\n"
                           "    threads = [threading.Thread(target=get) for _ in range(2)]\n"
                           "    for t in threads: t.start()\n"
                           "    for t in threads: t.join()\n"
                           "    assert len(made) == 1\n"
                           "if __name__ == '__main__':\n"
                           "    test_once()\n");
    for (const char *const *how = (const char *const[]){"random", "portfolio", "preemptions:1",
                                                        "delays:2", "dpor", "coverage", NULL};
         *how != NULL; how++) {
        ck_assert_msg(spillway("explore --strategy %s cache.py::test_once", *how) == 1, "%s: %s",
                      *how, content("out"));
        ck_assert_int_eq(spillway("replay cache-test_once.sched"), 0);
    }
    ck_assert_int_eq(spillway("explore cache.py"), 1);
}
END_TEST

/* Its threads end as the C library ends them: those of the checkpoint are not among them. */
START_TEST(test_a_library_with_thread_local_storage)
{
    write_file("name.py", "import threading\n"
                          "def test_it():\n"
                          "    import _uuid\n"
                          "    threads = [threading.Thread(target=int) for _ in range(2)]\n"
                          "    for t in threads: t.start()\n"
                          "    for t in threads: t.join()\n");
    ck_assert_int_eq(
        spillway("explore --grain call -j 1 --strategy random --schedules 12 name.py::test_it"), 0);
    ASSERT_SAYS("out", " distinct in 2 processes");
}
END_TEST

START_TEST(test_random_bytes_go_on_behind_the_imports)
{
    write_file("name.py", "import uuid\n"
                          "first = uuid.uuid4()\n"
                          "def test_it(): assert uuid.uuid4() != first\n");
    ck_assert_int_eq(spillway("explore -j 1 --schedules 3 name.py::test_it"), 0);
    ck_assert_int_eq(spillway("run name.py::test_it"), 0);
}
END_TEST

/* Where there is something in the kernel that cannot be put back, the checkpoint is before it. */
static const struct {
    const char *what, *note;
} earlier[] = {
    {"import os\nfds = os.pipe()", "from a checkpoint before its first pipe"},
    {"import _socket\na = _socket.socket()", "from a checkpoint before its first socket"},
    {"import mmap\nshared = mmap.mmap(-1, 4096)",
     "from a checkpoint before its first shared memory"},
};

START_TEST(test_the_checkpoint_is_earlier_and_that_is_said)
{
    char text[1024];

    snprintf(text, sizeof text,
             "%s\nimport threading\ncount = 0\n"
             "def test_it():\n"
             "    global count\n"
             "    thread = threading.Thread(target=int)\n"
             "    thread.start()\n"
             "    thread.join()\n"
             "    count += 1\n"
             "    assert count == 1\n",
             earlier[_i].what);
    write_file("early.py", text);
    ck_assert_msg(
        spillway("explore --grain call -j 1 --strategy random --schedules 6 early.py::test_it") ==
            0,
        "%s", content("out"));
    ASSERT_SAYS("out", earlier[_i].note);
}
END_TEST

/* As the one that `import selectors` makes, to see whether there are any. */
START_TEST(test_an_empty_epoll_set_is_put_back)
{
    write_file("sets.py", "import os, select, threading\n"
                          "sets = select.epoll()\n"
                          "def test_it():\n"
                          "    thread = threading.Thread(target=int)\n"
                          "    thread.start()\n"
                          "    thread.join()\n"
                          "    out, into = os.pipe()\n"
                          "    os.write(into, b'1')\n"
                          "    assert sets.poll(0) == []\n"
                          "    sets.register(out, select.EPOLLIN)\n"
                          "    assert sets.poll(0) == [(out, select.EPOLLIN)]\n");
    ck_assert_msg(
        spillway("explore --grain call -j 1 --strategy random --schedules 6 sets.py::test_it") == 0,
        "%s", content("out"));
    ck_assert_int_eq(shell("! grep -E 'from a checkpoint|processes' out"), 0);
}
END_TEST

/* ---- threads that imports have left ---- */

/* Each is used by the test that follows, or waits beside it. */
static const char *const beside[] = {
    "pool = concurrent.futures.ThreadPoolExecutor(1)\n"
    "pool.submit(int).result()\n"
    "def run(one): return [pool.submit(one), start(one)]\n"
    "def wait(a, b): a.result(), b.join()\n",
    "jobs = queue.Queue()\n"
    "def serve():\n"
    "    while 1: jobs.get()(), jobs.task_done()\n"
    "threading.Thread(target=serve, daemon=True).start()\n"
    "def run(one): return [jobs.put(one), start(one)]\n"
    "def wait(a, b): jobs.join(), b.join()\n",
    "def beat():\n"
    "    while 1: time.sleep(5)\n"
    "threading.Thread(target=beat).start()\n"
    "def run(one): return [start(one), start(one)]\n"
    "def wait(a, b): a.join(), b.join()\n",
    "later = threading.Timer(3600, int)\n"
    "later.daemon = True\n"
    "later.start()\n"
    "def run(one): return [start(one), start(one)]\n"
    "def wait(a, b): a.join(), b.join()\n",
};

static void write_beside(const char *what)
{
    char text[2048];

    snprintf(text, sizeof text,
             "import concurrent.futures, queue, threading, time\n"
             "count = 0\n"
             "def start(one):\n"
             "    thread = threading.Thread(target=one)\n"
             "    thread.start()\n"
             "    return thread\n"
             "%s"
             "def add():\n"
             "    global count\n"
             "    seen = count\n"
             "    str(seen)\n"
             "    count = seen + 1\n"
             "def test_it():\n"
             "    wait(*run(add))\n"
             "    assert count == 2\n",
             what);
    write_file("beside.py", text);
}

/* What a checkpoint finds fails so in a process of its own, on each carrier. */
START_TEST(test_threads_of_imports_are_part_of_each)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    write_beside(beside[_i]);
    ck_assert_int_eq(spillway("explore --strategy preemptions:1 --watchdog 30 -o a.sched "
                              "beside.py::test_it"),
                     1);
    ASSERT_SAYS("out", "kind: lost update, of count\n");
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("out", "1 preemption, proven least");
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        ck_assert_int_eq(spillway("replay --engine %s a.min.sched", engines[i]), 0);
        ck_assert_int_eq(spillway("record --seed 3 --engine %s -o %s.sched beside.py::test_it",
                                  engines[i], engines[i]),
                         0);
        ck_assert_int_eq(shell("grep '^decisions' %s.sched >%zu", engines[i], i), 0);
        ck_assert_int_eq(shell("cmp 0 %zu", i), 0);
    }
    ck_assert_int_eq(spillway("explore --strategy dpor beside.py::test_it"), 2);
    ASSERT_SAYS("out", "beside.py: importing it leaves ");
    ASSERT_SAYS("out", " running, whose accesses are not seen: that takes grain call");
}
END_TEST

/* What a pool's threads do when a process ends is in no schedule, and in no count. */
START_TEST(test_behind_its_end_nothing_is_counted)
{
    static const char *const ways[] = {"", "--cold"};

    write_file("pool.py", "import concurrent.futures\n"
                          "def test_it():\n"
                          "    concurrent.futures.ThreadPoolExecutor(1).submit(int)\n");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        ck_assert_int_eq(spillway("explore --strategy preemptions:1 %s pool.py::test_it", ways[i]),
                         0);
        ck_assert_int_eq(shell("grep -o 'all [0-9]* schedules' out >%zu", i), 0);
    }
    ck_assert_int_eq(shell("cmp 0 1"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *state = tcase_create("state");

    tcase_add_checked_fixture(state, setup_files, teardown);
    tcase_set_timeout(state, 120);
    tcase_set_tags(state, "no-memcheck");
    tcase_add_loop_test(state, test_nothing_is_left, 0, sizeof left / sizeof *left);
    tcase_add_test(state, test_no_child_is_left);
    tcase_add_test(state, test_no_lower_priority_is_left);
    tcase_add_test(state, test_jobs_have_their_own_temporary_files);
    tcase_add_test(state, test_jobs_take_turns_at_the_files_that_they_share);
    tcase_add_test(state, test_semaphores_with_a_name_are_under_control);
    tcase_add_test(state, test_a_semaphore_that_a_child_has_is_reported);
    tcase_add_test(state, test_a_cache_is_empty_each_time);
    tcase_add_test(state, test_a_library_with_thread_local_storage);
    tcase_add_test(state, test_random_bytes_go_on_behind_the_imports);
    tcase_add_loop_test(state, test_the_checkpoint_is_earlier_and_that_is_said, 0,
                        sizeof earlier / sizeof *earlier);
    tcase_add_test(state, test_an_empty_epoll_set_is_put_back);
    suite_add_tcase(suite, state);

    TCase *threads = tcase_create("threads");

    tcase_add_checked_fixture(threads, setup, teardown);
    tcase_set_timeout(threads, 120);
    tcase_set_tags(threads, "no-memcheck");
    tcase_add_loop_test(threads, test_threads_of_imports_are_part_of_each, 0,
                        sizeof beside / sizeof *beside);
    tcase_add_test(threads, test_behind_its_end_nothing_is_counted);
    suite_add_tcase(suite, threads);
}
