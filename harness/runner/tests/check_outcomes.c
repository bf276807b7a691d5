/* SPDX-License-Identifier: MIT
 *
 * check_outcomes.c - what a controlled run may claim, and what it shows when it goes wrong:
 * deadlocks, livelocks, the watchdog, crashes, the canary, and what was not controlled.
 *
 * SPILLWAY_INTERPS in the environment names more interpreters for the canary.
 */
#include "harness/tests/control_fixture.h"
#include "contract/repeat_detect.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#define SLPYTHON "--interp %s/slpython"

/* A sanitizer's library tolerates no other in front of it. */
static int has_slpython(void)
{
#ifdef __SANITIZE_ADDRESS__
    printf("skipped: slpython is built with a sanitizer\n");
    return 0;
#else
    return 1;
#endif
}

/* In a folder where nothing else is ever written: Python looks at its program's folder, and where
 * objects are in memory depends on what it sees there. */
static void write_program(const char *name, const char *text)
{
    char path[64];

    ck_assert_int_eq(shell("mkdir -p p"), 0);
    snprintf(path, sizeof path, "p/%s", name);
    write_file(path, text);
}

static int in_ci(void)
{
    const char *ci = getenv("CI");

    return ci != NULL && *ci != '\0';
}

/* ---- deadlocks ---- */

START_TEST(test_a_deadlock_names_holders_and_wants)
{
    write_program("dead.py",
                  "import ctypes, sys, threading\n"
                  "a, b = threading.Lock(), threading.Lock()\n"
                  "in_a, in_b = threading.Event(), threading.Event()\n"
                  "def f(one, other, mine, yours):\n"
                  "    with one:\n"
                  "        mine.set()\n"
                  "        yours.wait()\n"
                  "        with other:\n"
                  "            pass\n"
                  "threading.Thread(target=f, args=(a, b, in_a, in_b), name='forth').start()\n"
                  "threading.Thread(target=f, args=(b, a, in_b, in_a), name='back').start()\n"
                  "sys.stdout.write('no newline')\n"
                  "ctypes.CDLL(None).printf(b' in C')\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p/dead.py"), 1);
    ASSERT_SAYS("err", "deadlock: none of 3 threads can run\n");
    ASSERT_SAYS("err", "\n  T0 MainThread waits for lock#");
    ASSERT_SAYS("err", "\n  T1 forth waits for lock#");
    ASSERT_SAYS("err", ", held by T2; holds lock#");
    ASSERT_SAYS("err", "\ncycle: T1 waits for lock#");
    ASSERT_SAYS("err", "\nT1 forth (waits for lock#");
    ASSERT_SAYS("err", "dead.py\", line 8 in f\n");
    ASSERT_SAYS("err", "\nT2 back (waits for lock#");
    ASSERT_SAYS("a.sched", "outcome  deadlock T1 waits for lock#");
    ck_assert_str_eq(content("out"), "no newline in C");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_an_event_that_nobody_sets_is_no_cycle)
{
    write_program("event.py", "import threading\n"
                              "event = threading.Event()\n"
                              "threading.Thread(target=event.wait).start()\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p/event.py"), 1);
    ASSERT_SAYS("err", "no cycle of threads, but: T1 waits for lock#");
    ASSERT_SAYS("err", ", which it took itself (a condition or an event: nobody notifies it)");
}
END_TEST

START_TEST(test_a_lock_taken_twice_comes_before_who_waits_for_a_notify)
{
    write_program("twice.py", "import threading\n"
                              "cond, lock = threading.Condition(), threading.Lock()\n"
                              "def wait():\n"
                              "    with cond: cond.wait()\n"
                              "def twice():\n"
                              "    with lock, lock: pass\n"
                              "    with cond: cond.notify()\n"
                              "threading.Thread(target=wait).start()\n"
                              "threading.Thread(target=twice).start()\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- p/twice.py"), 1);
    ASSERT_SAYS("err", "no cycle of threads, but: T2 waits for lock#");
    ASSERT_SAYS("err", "a lock taken twice");
    ASSERT_SAYS("a.sched", "outcome  deadlock T2 waits for lock#");
}
END_TEST

/* Its lock is taken twice in C, with the GIL in hand: nobody can be asked for names. */
START_TEST(test_who_holds_the_gil_is_part_of_the_cycle)
{
    write_program("gil.py", "import ctypes, threading\n"
                            "mutex = ctypes.create_string_buffer(40)\n"
                            "lock = ctypes.PyDLL(None).pthread_mutex_lock\n"
                            "lock(mutex)\n"
                            "threading.Thread(target=lock, args=(mutex,)).start()\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- p/gil.py"), 1);
    ASSERT_SAYS("err", "waits for the GIL, held by T1");
    ASSERT_SAYS("err", "\n  T1 waits for mutex#");
    ASSERT_SAYS("err", "\ncycle: T0 waits for the GIL, held by T1; T1 waits for mutex#");
    ASSERT_SAYS("err", "\nT1 (waits for mutex#");
    ASSERT_SAYS("err", "gil.py\", line 5 in <module>\n");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_blocked_tasklets_are_shown)
{
    if (!has_slpython())
        return;
    write_program("tasklets.py", "import stackless, threading\n"
                                 "channel = stackless.channel()\n"
                                 "def receive():\n"
                                 "    channel.receive()\n"
                                 "def deep(n):\n"
                                 "    return list(map(deep, [n - 1])) if n else receive()\n"
                                 "stackless.tasklet(deep)(5)\n"
                                 "stackless.schedule()\n"
                                 "lock = threading.Lock()\n"
                                 "lock.acquire()\n"
                                 "def worker():\n"
                                 "    stackless.tasklet(receive)()\n"
                                 "    stackless.schedule()\n"
                                 "    lock.acquire()\n"
                                 "threading.Thread(target=worker, name='worker').start()\n");
    ck_assert_int_eq(spillway("record " SLPYTHON "%s -o a.sched -- p/tasklets.py", binaries,
                              _i == 0 ? "" : "-lab"),
                     1);
    ASSERT_SAYS("err", "\nTasklet 1 of T0, receives from channel 0x");
    ASSERT_SAYS("err", "  File \"");
    ASSERT_SAYS("err", "tasklets.py\", line 4 in receive\n");
    ASSERT_SAYS("err", "tasklets.py\", line 6 in deep\n  the same 5 more times\n");
    ASSERT_SAYS("err", "\nTasklet 1 of T1, receives from channel 0x");
    ASSERT_SAYS("err", "\nT1 worker (waits for lock#");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_pypy_tells_its_stacks_too)
{
    if (access("/usr/bin/pypy3", X_OK) != 0) {
        printf("skipped: no /usr/bin/pypy3\n");
        return;
    }
    write_program("event.py", "import threading\n"
                              "event = threading.Event()\n"
                              "def f():\n"
                              "    event.wait()\n"
                              "threading.Thread(target=f, name='worker').start()\n");
    ck_assert_int_eq(spillway("record --interp /usr/bin/pypy3 -o a.sched -- p/event.py"), 1);
    ASSERT_SAYS("err", "\nT1 worker (waits for lock#");
    ASSERT_SAYS("err", "event.py\", line 4 in f\n");
}
END_TEST

START_TEST(test_daemons_that_wait_for_ever_are_no_deadlock)
{
    write_program("daemons.py", "import threading\n"
                                "event = threading.Event()\n"
                                "for n in range(3):\n"
                                "    threading.Thread(target=event.wait, daemon=True).start()\n"
                                "print('main has ended')\n");
    for (int seed = 0; seed < seeds; seed++)
        ck_assert_int_eq(spillway("record --seed %d -o a.sched -- p/daemons.py", seed), 0);
    ck_assert_str_eq(content("out"), "main has ended\n");
}
END_TEST

START_TEST(test_a_hundred_threads_are_all_shown)
{
    write_program("many.py", "import threading\n"
                             "event = threading.Event()\n"
                             "for n in range(110):\n"
                             "    threading.Thread(target=event.wait, name='w%d' % n).start()\n");
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- p/many.py"), 1);
    ASSERT_SAYS("err", "deadlock: none of 111 threads can run\n");
    ck_assert_int_eq(shell("test $(grep -c ' in wait$' err) -ge 220"), 0);
    ck_assert_int_eq(shell("grep -q 'no Python stack' err"), 1);
}
END_TEST

/* ---- livelocks ---- */

static uint32_t find_period(const char *letters, int loosely, uint32_t *span)
{
    static struct sw_recent recent[SW_RECENT_MAX];
    uint32_t count = 0;

    for (; letters[count] != '\0'; count++)
        recent[count] = (struct sw_recent){.choice = (uint32_t)letters[count] | 32u,
                                           .object = (uint32_t)letters[count]};
    return sw_repeat_detect_find(recent, count, loosely, span);
}

START_TEST(test_a_period_is_the_longest_repetition_with_the_shortest_step)
{
    static const struct {
        const char *letters;
        int loosely;
        uint32_t period, span;
    } cases[] = {
        {"a", 0, 0, 0},
        {"aa", 0, 0, 0},
        {"aaa", 0, 1, 3},
        {"xyaaaa", 0, 1, 4},
        {"abcabcabc", 0, 3, 9},
        {"zabcabcabcab", 0, 3, 11},
        {"abab", 0, 0, 0},
        {"ababab", 0, 2, 6},
        {"abcabc", 0, 0, 0},
        {"aabaabaab", 0, 3, 9},
        {"bbbbbabcabcabc", 0, 3, 9},
        {"ababababaaa", 0, 1, 3},
        {"aAaA", 0, 0, 0},
        {"aAaA", 1, 1, 4},
        {"xabcABCabC", 1, 3, 9},
        {"abcdefgh", 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t span, period = find_period(cases[i].letters, cases[i].loosely, &span);
        ck_assert_msg(period == cases[i].period && span == cases[i].span, "%s: %u, %u",
                      cases[i].letters, period, span);
    }
}
END_TEST

static void write_livelock(void)
{
    write_program("live.py", "import threading, time\n"
                             "def f():\n"
                             "    while True:\n"
                             "        time.sleep(0)\n"
                             "for n in range(3):\n"
                             "    threading.Thread(target=f, name='spinner-%d' % n).start()\n");
}

START_TEST(test_a_livelock_shows_what_repeats)
{
    write_livelock();
    ck_assert_int_eq(spillway("record --strategy default --decisions 6000 -o a.sched -- p/live.py"),
                     1);
    ASSERT_SAYS("err", "livelock: 6000 decisions and no end (--decisions allows more)\n");
    ASSERT_SAYS("err", "the last 4096 decisions repeat these ");
    ASSERT_SAYS("err", "\n  T1 at sleep -> run T2\n");
    ASSERT_SAYS("err", "\nT1 spinner-0 (");
    ASSERT_SAYS("err", "live.py\", line 4 in f\n");
    ASSERT_SAYS("a.sched", "outcome  livelock 6000 decisions and no end\n");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_a_livelock_of_a_random_schedule_shows_who_was_asked)
{
    write_livelock();
    ck_assert_int_eq(spillway("record --decisions 6000 -o a.sched -- p/live.py"), 1);
    ASSERT_SAYS("err", "the last 4096 decisions do not repeat exactly; who was asked where:\n");
    ASSERT_SAYS("err", "  T1 at sleep, ");
    ASSERT_SAYS("err", "\nthe last 20:\n");
    ck_assert_msg(spillway("replay a.sched") == 0, "%s", content("err"));
}
END_TEST

/* ---- the watchdog ---- */

START_TEST(test_the_watchdog_says_who_computes_where)
{
    write_program("compute.py", "import threading\n"
                                "def f():\n"
                                "    sum(range(10 ** 12))\n"
                                "threading.Thread(target=f).start()\n");
    ck_assert_int_eq(spillway("record --watchdog 1 -o a.sched -- p/compute.py"), 2);
    ASSERT_SAYS("err", "spillway: watchdog: 1 s, and no decision since number ");
    ASSERT_SAYS("err", "\nwatchdog: T1 runs since decision ");
    ASSERT_SAYS("err", "\nT1 (can run; ");
    ASSERT_SAYS("err", "compute.py\", line 3 in f\n");
    ASSERT_SAYS("err", "spillway: harness error: the watchdog ended it\n");
}
END_TEST

/* It has a quarter of a processor at most, and so takes two seconds or more for half a second's
 * work. */
START_TEST(test_the_watchdog_gives_back_what_others_took)
{
    write_program("half.py", "import threading\n"
                             "t = threading.Thread(target=int)\n"
                             "t.start()\n"
                             "t.join()\n"
                             "for i in range(4000):\n"
                             "    sum(range(10 ** 4))\n");
    ck_assert_int_eq(shell("taskset -c $(taskset -pc $$ | sed 's/.* //; s/[-,].*//') sh -c '"
                           "for i in 1 2 3; do while :; do :; done & busy=\"$busy $!\"; done; "
                           "%s/spillway record --watchdog 1 -o a.sched -- p/half.py 2>err; "
                           "status=$?; kill $busy; exit $status'",
                           binaries),
                     0);
}
END_TEST

/* ---- crashes: the same every time ---- */

static const struct {
    const char *name, *outcome, *text;
} crashes[] = {
    {"segmentation fault", "crashed SIGSEGV",
     "import ctypes, threading\n"
     "for n in range(3):\n"
     "    threading.Thread(target=print, args=('worker', n)).start()\n"
     "print('before')\n"
     "ctypes.string_at(0)\n"},
    {"abort in a thread", "crashed SIGABRT",
     "import os, threading\n"
     "def f(n):\n"
     "    print('worker', n)\n"
     "    if n == 1:\n"
     "        os.abort()\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,)).start()\n"
     "print('main')\n"},
    {"exit from a thread", "exit 7",
     "import os, threading\n"
     "def f(n):\n"
     "    for i in range(5):\n"
     "        print('worker', n, i)\n"
     "        if (n, i) == (1, 2):\n"
     "            os._exit(7)\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,)).start()\n"
     "for i in range(10):\n"
     "    print('main', i)\n"},
    {"exit while others run", "exit 9",
     "import sys, threading\n"
     "def f(n):\n"
     "    i = 0\n"
     "    while n > 0 or i < 9:\n"
     "        i += 1\n"
     "        print('worker', n, i)\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,), daemon=n > 0).start()\n"
     "for i in range(10):\n"
     "    print('main', i)\n"
     "sys.exit(9)\n"},
    {"exception in a thread", "exit 0",
     "import threading\n"
     "def f(n):\n"
     "    print('worker', n)\n"
     "    if n == 1:\n"
     "        raise ValueError(n)\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,)).start()\n"
     "print('main')\n"},
    {"kill of itself", "crashed SIGKILL",
     "import os, signal, threading\n"
     "def f(n):\n"
     "    print('worker', n)\n"
     "    if n == 1:\n"
     "        os.kill(os.getpid(), signal.SIGKILL)\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,)).start()\n"
     "for i in range(10):\n"
     "    print('main', i)\n"},
    /* In C, so that slpython cannot spill it: a tuple's hash is its items'. */
    {"stack overflow in a thread", "crashed SIGSEGV",
     "import threading\n"
     "threading.stack_size(1 << 18)\n"
     "def f(n):\n"
     "    print('worker', n)\n"
     "    nested = ()\n"
     "    for i in range(20000 if n == 1 else 5):\n"
     "        nested = (nested,)\n"
     "    hash(nested)\n"
     "for n in range(3):\n"
     "    threading.Thread(target=f, args=(n,)).start()\n"
     "print('main')\n"},
};
enum { CRASHES = sizeof crashes / sizeof *crashes };

START_TEST(test_a_crash_is_the_same_every_time)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};
    int repeats = in_ci() ? 20 : 3;
    int status = strcmp(crashes[_i].outcome, "exit 0") == 0 ? 0 : 1;

    write_program("crash.py", crashes[_i].text);
    for (int ours = 0; ours <= has_slpython(); ours++) {
        if (ours)
            ck_assert_int_eq(
                spillway("record --seed 5 " SLPYTHON " -o a.sched -- p/crash.py", binaries),
                status);
        else
            ck_assert_int_eq(spillway("record --seed 5 -o a.sched -- p/crash.py"), status);
        ck_assert_int_eq(
            shell("grep -q '^outcome  %s$' a.sched && mv out recorded", crashes[_i].outcome), 0);
        for (int i = 0; i < repeats; i++) {
            ck_assert_msg(spillway("replay --engine %s a.sched", engines[i % 3]) == 0, "%s: %s",
                          crashes[_i].name, content("err"));
            ck_assert_msg(shell("cmp out recorded") == 0, "%s: %s", crashes[_i].name,
                          content("out"));
        }
    }
}
END_TEST

START_TEST(test_the_file_of_the_schedule_is_there_when_it_runs)
{
    write_file("list.py", "import os\nprint(sorted(os.listdir('.')))\n");
    ck_assert_int_eq(spillway("record -- list.py"), 0);
    ASSERT_SAYS("out", "['err', 'list.py', 'out']");
    write_file("wait.py", "import threading\nthreading.Event().wait()\n");
    ck_assert_int_eq(spillway("record --interp ./nowhere -- wait.py"), 2);
    ck_assert_int_eq(access("wait.py.sched", F_OK), -1);
    ck_assert_int_eq(spillway("record -- wait.py"), 1);
    ck_assert_int_eq(spillway("replay wait.py.sched"), 0);
}
END_TEST

/* ---- the canary ---- */

START_TEST(test_interpreters_are_under_control)
{
    const char *more = getenv("SPILLWAY_INTERPS");
    int pypy = access("/usr/bin/pypy3", X_OK) == 0;

    if (!pypy)
        printf("skipped: no /usr/bin/pypy3\n");
    if (more == NULL)
        printf("skipped: SPILLWAY_INTERPS names no more interpreters\n");
    ck_assert_msg(spillway("canary --interp /usr/bin/python3.11 %s $(printf -- '--interp %%s ' "
                           "$(echo '%s' | tr : ' '))",
                           pypy ? "--interp /usr/bin/pypy3" : "",
                           more != NULL ? more : "/usr/bin/python3.11") == 0,
                  "%s", content("out"));
    ASSERT_SAYS("out", "/usr/bin/python3.11: controlled, at every check of the eval breaker");
    ASSERT_SAYS("out", "; the race at try ");
    if (pypy)
        ASSERT_SAYS("out", "/usr/bin/pypy3: controlled, between two bytecodes");
}
END_TEST

START_TEST(test_our_own_interpreters_are_under_control)
{
    if (!has_slpython())
        return;
    ck_assert_msg(spillway("canary " SLPYTHON " " SLPYTHON "-lab", binaries, binaries) == 0, "%s",
                  content("out"));
    ASSERT_SAYS("out", "slpython: controlled, at every check of the eval breaker");
    ASSERT_SAYS("out", "slpython-lab: controlled, at every check of the eval breaker");
}
END_TEST

/* A copy of a program with some of its bytes replaced. */
static void copy_with(const char *from, const char *to, size_t offset, const void *bytes,
                      size_t size)
{
    ck_assert_int_eq(shell("cp %s %s", from, to), 0);
    int fd = open(to, O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, bytes, size, (off_t)offset), (ssize_t)size);
    close(fd);
}

static void make_musl(void)
{
    static const char loader[] = "/lib64/ld-linux-x86-64.so.2",
                      musl[sizeof loader] = "/lib/ld-musl-x86_64.so.1";
    char bytes[65536];
    FILE *in = fopen("/bin/true", "r");

    ck_assert_ptr_nonnull(in);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    const char *at = memmem(bytes, size, loader, sizeof loader);
    ck_assert_ptr_nonnull(at);
    copy_with("/bin/true", "musl", (size_t)(at - bytes), musl, sizeof musl);
}

#define ASSERT_REFUSES(file, text) \
    do { \
        ck_assert_int_eq(spillway("canary --interp " file), 3); \
        ASSERT_SAYS("out", file ": not controlled: " text); \
    } while (0)

START_TEST(test_what_cannot_be_controlled_says_why)
{
    const unsigned short arm = EM_AARCH64;

    write_file("p.py", "print('ran')\n");
    write_file("script", "#! /bin/sh\necho done\n");
    write_file("text", "just text\n");
    ck_assert_int_eq(shell("chmod +x script text; mkdir folder"), 0);
    write_file("c.c", "int main(void) { return 0; }\n");
    ck_assert_int_eq(shell("gcc -static -o static c.c && gcc -c -o object c.c && chmod +x object"),
                     0);
    copy_with("/bin/true", "arm", offsetof(Elf64_Ehdr, e_machine), &arm, sizeof arm);
    make_musl();
    ASSERT_REFUSES("./script", "it is a script, of /bin/sh: name the interpreter itself");
    ASSERT_REFUSES("./static", "it is a static binary: nothing can be put in front of");
    ASSERT_REFUSES("./nowhere", "no interpreter: No such file or directory");
    ASSERT_REFUSES("./folder", "it is no program but a directory");
    ASSERT_REFUSES("./p.py", "it may not be executed: Permission denied");
    ASSERT_REFUSES("./text", "it is no program: neither an ELF file nor a script");
    ASSERT_REFUSES("./object", "it is no program but an object file or a core dump");
    ASSERT_REFUSES("./arm", "it is a program of another kind of machine (ELF machine 183, 64");
    ASSERT_REFUSES("./musl", "its C library is musl (its loader is /lib/ld-musl-x86_64.so.1)");
    ASSERT_REFUSES("/dev/null", "it is no program but a special file");
    ASSERT_REFUSES("/bin/ls", "it is no Python, and starts no threads");
    ck_assert_int_eq(spillway("record --interp ./static -o a.sched -- p.py"), 2);
    ASSERT_SAYS("err", "./static: it is a static binary");
}
END_TEST

START_TEST(test_a_program_that_is_no_python_is_not_believed)
{
    write_file("c.c",
               "extern int execv(const char *, char *const *);\n"
               "int main(int argc, char **argv) { return argc < 0 ? execv(\"\", argv) : 0; }\n");
    write_file("exec.c", "#include <unistd.h>\n"
                         "int main(int argc, char **argv) {\n"
                         "    return argc > 0 ? execv(\"/usr/bin/python3.11\", argv) : 1;\n"
                         "}\n");
    ck_assert_int_eq(shell("gcc -o does-nothing c.c && gcc -o launcher exec.c"), 0);
    ASSERT_REFUSES("./does-nothing", "its threads made no decision (1 runs");
    ASSERT_REFUSES("./launcher", "its threads made no decision: there was an exec of python3.11");
}
END_TEST

START_TEST(test_a_privileged_interpreter_says_so)
{
    if (getuid() != 0) {
        printf("skipped: only root can make a file of another user's\n");
        return;
    }
    ck_assert_int_eq(shell("cp /usr/bin/python3.11 privileged && chown nobody privileged && "
                           "chmod u+s privileged && chmod 755 ."),
                     0);
    ASSERT_REFUSES("./privileged", "it is set-user-id, so that the dynamic loader ignores");
}
END_TEST

/* A copy of raw_version says that it is the version that its file's name is. */
static void make_version(const char *version)
{
    ck_assert_int_eq(shell("cp %s/harness/control/tests/raw_version '%s'", binaries, version), 0);
}

START_TEST(test_a_python_that_is_not_controlled_yet_is_refused)
{
    static const char *const refused[][2] = {
        {"3.13.0 experimental free-threading build (main)",
         "a free-threaded build of CPython 3.13.0: it has no GIL, and is not controlled yet"},
        {"3.14.1 free-threading build (main)",
         "a free-threaded build of CPython 3.14.1: it has no"},
        {"2.6.9 (unknown)", "CPython 2.6.9 is too old: 2.7 is controlled, and 3.6 and later"},
        {"3.5.10 (default)", "CPython 3.5.10 is too old"},
    };

    write_file("p.py", "");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        make_version(refused[i][0]);
        ck_assert_int_eq(spillway("record --interp './%s' -o a.sched -- p.py", refused[i][0]), 2);
        ASSERT_SAYS("err", refused[i][1]);
        ck_assert_str_eq(content("out"), "");
        ck_assert_int_eq(spillway("explore --interp './%s' p.py", refused[i][0]), 2);
        ASSERT_SAYS("out", refused[i][1]);
    }
    ck_assert_int_eq(access("a.sched", F_OK), -1);
    make_version("3.13.0 (main)");
    ck_assert_int_eq(spillway("record --interp './3.13.0 (main)' -o a.sched -- p.py"), 0);
    ck_assert_str_eq(content("out"), "it runs\n");
}
END_TEST

/* ---- what was not controlled ---- */

START_TEST(test_ways_around_control_are_noted)
{
    static const char *const engines[] = {"threads", "fibers", "pool"};

    write_file("nothing", "");
    for (int seed = 0; seed < seeds; seed++) {
        ck_assert_msg(spillway("record --seed %d --engine %s --interp "
                               "%s/harness/control/tests/raw_outside -o a.sched -- "
                               "nothing",
                               seed, engines[seed % 3], binaries) == 0,
                      "seed %d: %s", seed, content("out"));
        ASSERT_SAYS("err", "spillway: not controlled: a raw futex by raw_outside (");
        ASSERT_SAYS("err", "spillway: not controlled: a named semaphore by raw_outside (1 ");
        ASSERT_SAYS("err", "spillway: not controlled: clone() by raw_outside (1 ");
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *deadlocks = tcase_create("deadlocks"), *livelocks = tcase_create("livelocks"),
          *crash_case = tcase_create("crashes"), *canary = tcase_create("canary"),
          *outside = tcase_create("outside");
    TCase *all[] = {deadlocks, livelocks, crash_case, canary, outside};

    tcase_add_test(deadlocks, test_a_deadlock_names_holders_and_wants);
    tcase_add_test(deadlocks, test_an_event_that_nobody_sets_is_no_cycle);
    tcase_add_test(deadlocks, test_a_lock_taken_twice_comes_before_who_waits_for_a_notify);
    tcase_add_test(deadlocks, test_who_holds_the_gil_is_part_of_the_cycle);
    tcase_add_loop_test(deadlocks, test_blocked_tasklets_are_shown, 0, 2);
    tcase_add_test(deadlocks, test_pypy_tells_its_stacks_too);
    tcase_add_test(deadlocks, test_daemons_that_wait_for_ever_are_no_deadlock);
    tcase_add_test(deadlocks, test_a_hundred_threads_are_all_shown);
    tcase_add_test(livelocks, test_a_period_is_the_longest_repetition_with_the_shortest_step);
    tcase_add_test(livelocks, test_a_livelock_shows_what_repeats);
    tcase_add_test(livelocks, test_a_livelock_of_a_random_schedule_shows_who_was_asked);
    tcase_add_test(livelocks, test_the_watchdog_says_who_computes_where);
    tcase_add_test(livelocks, test_the_watchdog_gives_back_what_others_took);
    tcase_add_loop_test(crash_case, test_a_crash_is_the_same_every_time, 0, CRASHES);
    tcase_add_test(crash_case, test_the_file_of_the_schedule_is_there_when_it_runs);
    tcase_add_test(canary, test_interpreters_are_under_control);
    tcase_add_test(canary, test_our_own_interpreters_are_under_control);
    tcase_add_test(canary, test_what_cannot_be_controlled_says_why);
    tcase_add_test(canary, test_a_program_that_is_no_python_is_not_believed);
    tcase_add_test(canary, test_a_privileged_interpreter_says_so);
    tcase_add_test(canary, test_a_python_that_is_not_controlled_yet_is_refused);
    tcase_add_test(outside, test_ways_around_control_are_noted);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        tcase_add_checked_fixture(all[i], setup, teardown);
        tcase_set_timeout(all[i], 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it only starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}
