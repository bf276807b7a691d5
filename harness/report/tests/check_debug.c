/* SPDX-License-Identifier: MIT
 *
 * check_debug.c - the command debug: real gdb, without a terminal.
 *
 * Steps are those of the schedules that are recorded here; the loss is that of May 2012, whose last
 * two writes to the receiver's mailbox are known (harness/docs/the-story.md).
 */
#include "harness/runner/watchpoints.h"
#include "harness/tests/control_fixture.h"

#define DEBUG(batch, rest) spillway("debug --batch '" batch "' " rest)

static char loss[PATH_MAX + 128];

static void setup_loss(void)
{
    char repository[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(repository, sizeof repository));
    snprintf(loss, sizeof loss, "%s/scenarios/story/may-2012-a-chunk-becomes-none.spec",
             repository);
    setup();
    spillway("record --fault release-eats-mailbox --fault spill-entry-eats-mailbox -o loss.sched "
             "%s",
             loss);
    ASSERT_SAYS("err", "value-lost chunks");
}

static void setup_program(void)
{
    setup();
    write_file("p.py", "import threading\n"
                       "def work():\n"
                       "    for _ in range(3):\n"
                       "        threading.Event().wait(0)\n"
                       "threads = [threading.Thread(target=work) for _ in range(3)]\n"
                       "for t in threads: t.start()\n"
                       "for t in threads: t.join()\n"
                       "print('ran')\n");
    ck_assert_int_eq(spillway("record --seed 3 -o p.sched -- p.py"), 0);
}

/* The same line of what was printed, from each of two patterns on, or "". */
static const char *line_with(const char *path, const char *what)
{
    static char line[4096];
    const char *at = strstr(content(path), what);

    line[0] = '\0';
    if (at != NULL)
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

/* ---- the loss ---- */

static const char *const engines[] = {"threads", "fibers", "pool"};

START_TEST(test_the_last_write_to_the_mailbox_is_the_spills)
{
    if (!sw_watchpoints_work())
        return;
    ck_assert_int_eq(spillway("debug --engine %s --batch 'sw-last-write mailbox:download; "
                              "sw-reverse-continue' loss.sched",
                              engines[_i]),
                     0);
    const char *spill = strstr(content("out"), "wrote mailbox:download, now None");
    ck_assert_msg(spill != NULL, "%s", content("out"));
    const char *set = strstr(spill, "slp_mailbox_set");
    const char *entry = strstr(spill, "slp_eval_frame_newstack");
    const char *hand_over = strstr(spill, "wrote mailbox:download, now <str");
    ck_assert_msg(set != NULL && entry > set && hand_over > entry, "%s", content("out"));
    ck_assert_msg(strstr(hand_over, "hand_over") != NULL, "%s", content("out"));
    ck_assert(strstr(content("out"), "another run") == NULL);
}
END_TEST

/* The decision that is in the schedule, as the last before the write. */
START_TEST(test_the_write_is_at_the_spills_decision)
{
    if (!sw_watchpoints_work())
        return;
    unsigned long long step;

    ck_assert_int_eq(shell("grep release.enter loss.sched >deviation"), 0);
    ck_assert_int_eq(sscanf(content("deviation"), "%llu", &step), 1);
    ck_assert_int_eq(spillway("debug --watch mailbox:download --batch sw-where loss.sched"), 0);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "after step %llu: T0 wrote", step);
    ASSERT_SAYS("out", wanted);
}
END_TEST

START_TEST(test_what_lies_aside_can_be_walked)
{
    if (!sw_watchpoints_work())
        return;
    ck_assert_int_eq(DEBUG("sw-last-write mailbox:download; sw-step 2; sw-bt spill 0; sw-tasklets; "
                           "sw-channels; sw-pybt",
                           "loss.sched"),
                     0);
    ASSERT_SAYS("out", "slp_spill_call");
    ASSERT_SAYS("out", "PyObject_ClearWeakRefs");
    ASSERT_SAYS("out", "slp_stack_start");
    ASSERT_SAYS("out", "tasklet download: is its thread's current one");
    ASSERT_SAYS("out", "chunks: ");
    ASSERT_SAYS("out", "py  ");
    ck_assert_int_eq(DEBUG("sw-last-write mailbox:download; sw-reverse-continue; "
                           "sw-bt tasklet download",
                           "loss.sched"),
                     0);
    ASSERT_SAYS("out", "wait_in_queue");
    ASSERT_SAYS("out", "may-2012-a-chunk-becomes-none.spec:");
}
END_TEST

/* Where they never stop a program, nobody may be told that nothing has written. */
START_TEST(test_watchpoints_that_never_stop_are_said)
{
    if (sw_watchpoints_work())
        return;
    ck_assert_int_eq(DEBUG("sw-last-write mailbox:download", "loss.sched"), 2);
    ASSERT_SAYS("err", "hardware watchpoints never stop a program on this machine");
}
END_TEST

START_TEST(test_what_nobody_wrote_is_said)
{
    ck_assert_int_eq(DEBUG("sw-last-write mailbox:nobody", "loss.sched"), 2);
    ASSERT_SAYS("err", "mailbox:nobody did not come into being before here");
    ck_assert_int_eq(DEBUG("sw-reverse-continue", "loss.sched"), 2);
    ASSERT_SAYS("err", "it does not stand behind a write");
    ck_assert_int_eq(DEBUG("sw-last-write 3 + 4", "loss.sched"), 2);
    ASSERT_SAYS("err", "3 + 4 is no memory");
    ck_assert_int_eq(
        DEBUG("set can-use-hw-watchpoints 0; sw-last-write mailbox:worker", "loss.sched"), 2);
    ASSERT_SAYS("err", "has no hardware watchpoint for it");
}
END_TEST

/* A channel has no waiter, and so is not known, before the write that is the first. */
START_TEST(test_what_begins_with_the_write_is_found)
{
    if (!sw_watchpoints_work())
        return;
    write_file("c.py", "import stackless, threading\n"
                       "thread = threading.Thread(target=print)\n"
                       "thread.start()\n"
                       "thread.join()\n"
                       "channel = stackless.channel()\n"
                       "stackless.tasklet(channel.receive)()\n"
                       "stackless.run()\n");
    ck_assert_int_eq(spillway("record -i %s/slpython-lab -o c.sched -- c.py", binaries), 0);
    ck_assert_int_eq(DEBUG("sw-last-write channel:1; sw-reverse-continue", "c.sched"), 0);
    ASSERT_SAYS("out", "wrote channel:1, now 0x0;");
    ASSERT_SAYS("out", "queue_append");
    ck_assert_int_eq(
        DEBUG("sw-last-write channel:1; sw-reverse-continue; sw-reverse-continue", "c.sched"), 2);
    ASSERT_SAYS("err", "that was the first write to channel:1");
}
END_TEST

/* ---- names of Python's ---- */

static void setup_objects(void)
{
    setup();
    write_file("o.py", "import threading\n"
                       "class Account:\n"
                       "    def __init__(self): self.balance = 10\n"
                       "class Slotted:\n"
                       "    __slots__ = 'x', 'y'\n"
                       "account, slotted, counter = Account(), Slotted(), 0\n"
                       "slotted.y = 1\n"
                       "kept = [Account()]\n"
                       "shared = kept[0]\n"
                       "def work(n):\n"
                       "    global counter\n"
                       "    mine = Account()\n"
                       "    account.balance += 1000 * n\n"
                       "    slotted.y = 2000 * n\n"
                       "    counter = -3000 * n\n"
                       "    mine.balance = 4000 * n\n"
                       "    gate.wait(n)\n"
                       "    mine.balance = -5\n"
                       "gate = threading.Event()\n"
                       "threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2)]\n"
                       "for t in threads: t.start(); gate.wait(0)\n"
                       "for t in threads: t.join()\n"
                       "kept.append(shared)\n"
                       "kept.clear()\n"
                       "del slotted.y\n"
                       "t = threading.Thread(target=int)\n"
                       "t.start()\n"
                       "t.join()\n");
    ck_assert_int_eq(spillway("record --strategy default -o o.sched -- o.py"), 0);
}

/* Two writes, the last one first; addresses are those that no run before has told. */
static const struct {
    const char *target, *last, *before;
} python_names[] = {
    {"attribute:account.balance", "wrote attribute:account.balance, now 3010;",
     "wrote attribute:account.balance, now 1010;"},
    {"attribute:__main__.slotted.y", "y, now NULL;", "y, now 4000;"},
    {"attribute:counter", "counter, now -6000;", "counter, now -3000;"},
    {"attribute:Account.__init__", "__init__, now <function at ", NULL},
    {"refcount:shared", "wrote refcount:shared, now ", "wrote refcount:shared, now "},
};

START_TEST(test_a_name_of_pythons_can_be_watched)
{
    if (!sw_watchpoints_work())
        return;
    const char *target = python_names[_i].target, *before = python_names[_i].before;

    ck_assert_int_eq(spillway("debug --batch 'sw-last-write %s%s' o.sched", target,
                              before != NULL ? "; sw-reverse-continue" : ""),
                     0);
    const char *last = strstr(content("out"), python_names[_i].last);
    ck_assert_msg(last != NULL, "%s", content("out"));
    ck_assert_msg(before == NULL || strstr(last + 1, before) != NULL, "%s", content("out"));
    ck_assert_msg(strstr(content("out"), "is nothing at the end: looked for from") != NULL, "%s",
                  content("out"));
    ck_assert(strstr(content("out"), "another run") == NULL);
}
END_TEST

/* The count goes up by one where it is kept once more, and down to one where that is put away. */
START_TEST(test_a_reference_that_is_kept_is_a_write)
{
    if (!sw_watchpoints_work())
        return;
    ck_assert_int_eq(DEBUG("sw-last-write refcount:shared; sw-reverse-continue; "
                           "sw-reverse-continue",
                           "o.sched"),
                     0);
    ASSERT_SAYS("out", "wrote refcount:shared, now 1;");
    ASSERT_SAYS("out", "wrote refcount:shared, now 2;");
    ASSERT_SAYS("out", "wrote refcount:shared, now 3;");
}
END_TEST

START_TEST(test_a_local_of_a_thread_can_be_watched)
{
    if (!sw_watchpoints_work())
        return;
    unsigned long long step = 0;

    /* Where thread 1 waits, it is T1's that is meant, and not what the others call so. */
    ck_assert_int_eq(DEBUG("sw-last-write attribute:counter", "o.sched"), 0);
    ck_assert_int_eq(sscanf(line_with("out", "after step "), "after step %llu", &step), 1);
    ck_assert_int_eq(spillway("debug --at %llu --batch 'sw-last-write attribute:T1:mine.balance; "
                              "sw-reverse-continue' o.sched",
                              step + 1),
                     0);
    ASSERT_SAYS("out", "wrote attribute:T1:mine.balance, now 4000;");
    ASSERT_SAYS("out", "wrote attribute:T1:mine.balance, now 10;");
}
END_TEST

START_TEST(test_a_name_that_means_nothing_is_said)
{
    ck_assert_int_eq(DEBUG("sw-last-write attribute:no.such", "o.sched"), 2);
    ASSERT_SAYS("err", "no.such is nothing here: sw-goto a step where it is");
    ck_assert_int_eq(DEBUG("sw-goto 3; sw-last-write refcount:T9:x", "o.sched"), 2);
    ASSERT_SAYS("err", "there is no thread T9");
    ck_assert_int_eq(spillway("record -i /usr/bin/pypy3 -o pypy.sched -- o.py"), 0);
    ck_assert_int_eq(DEBUG("sw-last-write attribute:counter", "pypy.sched"), 2);
    ASSERT_SAYS("err", "names of Python objects are found in CPython 3.11 only");
}
END_TEST

/* ---- steps ---- */

START_TEST(test_a_step_has_one_hash)
{
    char once[4096];

    ck_assert_int_eq(
        spillway("debug --at 20 --engine %s --batch 'sw-threads' p.sched", engines[_i]), 0);
    snprintf(once, sizeof once, "%s", line_with("out", "step 20: "));
    ck_assert_msg(once[0] != '\0', "%s", content("out"));
    ASSERT_SAYS("out", "* T");
    ck_assert_int_eq(
        DEBUG("sw-goto 30; sw-back 5; sw-step; sw-back 6; sw-end; sw-goto 20", "p.sched"), 0);
    ASSERT_SAYS("out", "step 25: ");
    ASSERT_SAYS("out", "step 26: ");
    ASSERT_SAYS("out", "exit 0; hash");
    const char *end = strstr(content("out"), "the end, after ");
    ck_assert_ptr_nonnull(end);
    ck_assert_msg(strstr(end, once) != NULL, "%s, not %s", content("out"), once);
    ck_assert(strstr(content("out"), "another run") == NULL);
}
END_TEST

/* Typed "run" and "continue" are gdb's own. */
START_TEST(test_each_run_is_controlled)
{
    ck_assert_int_eq(shell("printf 'run\\nrun\\ncontinue\\nkill\\nrun\\nsw-where\\n' | timeout 600 "
                           "%s/spillway debug p.sched >out 2>err",
                           binaries),
                     0);
    ASSERT_SAYS("out", "the end, after ");
    ASSERT_SAYS("out", "after 0 decisions, hash");
    ck_assert(strstr(content("out"), "another run") == NULL);
    ck_assert_str_eq(content("err"), "");
}
END_TEST

/* gdb, its shell and the wrapper add to the environment, and none of it moves anything. */
START_TEST(test_addresses_are_those_of_a_replay)
{
    /* In a folder of its own: what else there is in the program's is an input. */
    ck_assert_int_eq(shell("mkdir ids"), 0);
    write_file("ids/ids.py",
               "import threading\n"
               "class C: pass\n"
               "def show(): print(id(C()), id(threading.current_thread()))\n"
               "thread = threading.Thread(target=show)\n"
               "thread.start()\n"
               "thread.join()\n"
               "print(open('/proc/self/stat').read().rsplit(')')[1].split()[25])\n"
               "print([l.split()[0] for l in open('/proc/self/maps') if 'heap' in l])\n");
    ck_assert_int_eq(spillway("record -q -o ids.sched -- ids/ids.py"), 0);
    ck_assert_int_eq(shell("mv out recorded"), 0);
    ck_assert_int_eq(spillway("replay -q ids.sched"), 0);
    ck_assert_int_eq(shell("cmp out recorded"), 0);
    ck_assert_int_eq(DEBUG("sw-end", "ids.sched"), 0);
    ck_assert_int_eq(shell("grep -v '^the end' out | cmp - recorded"), 0);
}
END_TEST

START_TEST(test_what_follows_is_for_gdb)
{
    ck_assert_int_eq(spillway("debug --at 7 p.sched -- -ex 'cd /' -ex 'sw-back 3' -ex quit"), 0);
    ASSERT_SAYS("out", "step 4: ");
}
END_TEST

START_TEST(test_another_run_is_not_trusted)
{
    ck_assert_int_eq(shell("sed -e 's/^\\(decisions .*hash \\).*/\\10123456789abcdef/' "
                           "-e 's/^check.*/check none/' p.sched >q.sched"),
                     0);
    ck_assert_int_eq(DEBUG("sw-end", "q.sched"), 1);
    ASSERT_SAYS("out", "another run than before: the hash differs, and no address means the same; "
                       "recorded were ");
}
END_TEST

START_TEST(test_a_stop_is_a_line_of_json)
{
    ck_assert_int_eq(spillway("debug --json --batch 'sw-goto 4; sw-end' p.sched"), 0);
    ASSERT_SAYS("out", "{\"stop\": \"step\", \"step\": 4, \"thread\": \"T");
    ASSERT_SAYS("out", "\"end\": \"exit 0\"");
    ck_assert_int_eq(shell("grep '^{' out | while read -r l; do echo \"$l\" | "
                           "/usr/bin/python3.11 -m json.tool >/dev/null || exit 1; done"),
                     0);
}
END_TEST

/* ---- programs that end badly, and interpreters of others ---- */

START_TEST(test_a_crash_is_a_place_to_go_back_from)
{
    write_file("crash.py", "import ctypes, threading\n"
                           "t = threading.Thread(target=lambda: ctypes.string_at(8))\n"
                           "t.start()\n"
                           "t.join()\n");
    spillway("record -o crash.sched -- crash.py");
    ck_assert_int_eq(DEBUG("sw-end; sw-back; sw-end", "crash.sched"), 0);
    ASSERT_SAYS("out", "got SIGSEGV; hash");
    ASSERT_SAYS("out", "step ");
}
END_TEST

START_TEST(test_a_deadlock_stands_still_at_its_end)
{
    write_file("dead.py", "import threading\n"
                          "lock = threading.Lock()\n"
                          "lock.acquire()\n"
                          "t = threading.Thread(target=lock.acquire)\n"
                          "t.start()\n"
                          "t.join()\n");
    spillway("record -o dead.sched -- dead.py");
    ck_assert_int_eq(DEBUG("sw-end; sw-threads; sw-back 2", "dead.sched"), 0);
    ASSERT_SAYS("out", "the end, after ");
    ASSERT_SAYS("out", "T1  waits by ");
}
END_TEST

/* It forks, interrupts itself, and closes what it finds. */
START_TEST(test_a_hostile_program_leaves_gdb_usable)
{
    write_file("hostile.py", "import os, signal\n"
                             "if os.fork() == 0:\n"
                             "    os._exit(3)\n"
                             "os.wait()\n"
                             "try:\n"
                             "    os.kill(os.getpid(), signal.SIGINT)\n"
                             "    os.getpid()\n"
                             "except KeyboardInterrupt:\n"
                             "    os.write(1, b'interrupted\\n')\n"
                             "os.closerange(0, 1000)\n");
    ck_assert_int_eq(spillway("record -o hostile.sched -- hostile.py"), 0);
    ck_assert_int_eq(DEBUG("sw-end; sw-goto 0; sw-end", "hostile.sched"), 0);
    ASSERT_SAYS("out", "interrupted\n");
    ASSERT_SAYS("out", "exit 0; hash");
}
END_TEST

/* Each leaves a child in each run; one prints more than any pipe takes, one wants no signal. */
static const struct {
    const char *text, *says;
} hostile[] = {
    {"import os\n"
     "if os.fork() == 0:\n"
     "    os.setsid()\n"
     "    os.execv('/bin/sleep', ['sw-left-behind', '1000'])\n",
     "the end, after "},
    {"import os, signal\n"
     "for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGTSTP):\n"
     "    signal.signal(number, signal.SIG_IGN)\n"
     "os.setpgid(0, 0)\n"
     "os.closerange(0, 1000)\n"
     "if os.fork() == 0:\n"
     "    os.execv('/bin/sleep', ['sw-left-behind', '1000'])\n"
     "os.abort()\n",
     "got SIGABRT; hash"},
    {"import os\n"
     "line = b'x' * 65536\n"
     "for _ in range(300): os.write(2, line)\n"
     "if os.fork() == 0:\n"
     "    os.execv('/bin/sleep', ['sw-left-behind', '1000'])\n",
     "the end, after "},
    {"import ctypes, os, threading\n"
     "if os.fork() == 0:\n"
     "    os.execv('/bin/sleep', ['sw-left-behind', '1000'])\n"
     "lock = threading.Lock()\n"
     "lock.acquire()\n"
     "t = threading.Thread(target=lock.acquire)\n"
     "t.start()\n"
     "t.join()\n",
     "the end, after "},
};

/* session.py OUT SIGNAL COMMAND...: runs it with its input open, and ends it by that signal (0: not
 * at all) once it has told a hash; whoever loses his parent meanwhile becomes session.py's child.
 * Into OUT goes who is left.  After SIGKILL others have still to end what is left: it waits for them,
 * and would for ever. */
static const char session_py[] =
    "import ctypes, os, signal, subprocess, sys\n"
    "ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER\n"
    "out, number, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]\n"
    "run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
    "for line in run.stdout:\n"
    "    sys.stdout.buffer.write(line)\n"
    "    sys.stdout.flush()\n"
    "    if number and b'; hash' in line:\n"
    "        run.send_signal(number)\n"
    "        break\n"
    "status = run.wait()\n"
    "left = []\n"
    "while True:\n"
    "    try:\n"
    "        pid, _ = os.waitpid(-1, 0 if number == signal.SIGKILL else os.WNOHANG)\n"
    "    except ChildProcessError:\n"
    "        break\n"
    "    if pid == 0:\n"
    "        for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):\n"
    "            try:\n"
    "                stat = open('/proc/%d/stat' % pid).read().rsplit(')')[1].split()\n"
    "            except OSError:\n"
    "                continue\n"
    "            if int(stat[1]) == os.getpid():\n"
    "                left.append(open('/proc/%d/cmdline' % pid).read())\n"
    "                os.kill(pid, signal.SIGKILL)\n"
    "                os.waitpid(pid, 0)\n"
    "open(out, 'w').write('\\n'.join(left))\n"
    "sys.exit(status if status >= 0 else 128 - status)\n";

START_TEST(test_nothing_of_a_session_is_left)
{
    write_file("session.py", session_py);
    write_file("h.py", hostile[_i].text);
    spillway("record -q -o h.sched -- h.py");
    ck_assert_int_eq(shell("/usr/bin/python3.11 session.py left 0 %s/spillway debug --batch "
                           "'sw-end; sw-goto 0; sw-end' h.sched >out 2>err",
                           binaries),
                     0);
    ASSERT_SAYS("out", hostile[_i].says);
    ck_assert_str_eq(content("left"), "");
}
END_TEST

/* Whoever ends spillway ends gdb and the program. */
static const int endings[] = {SIGTERM, SIGHUP, SIGKILL};

START_TEST(test_a_session_that_is_ended_leaves_nothing)
{
    write_file("session.py", session_py);
    write_file("h.py", hostile[1].text);
    spillway("record -q -o h.sched -- h.py");
    shell("/usr/bin/python3.11 session.py left %d %s/spillway debug h.sched -- -ex sw-end "
          ">out 2>err",
          endings[_i], binaries);
    ASSERT_SAYS("out", "got SIGABRT; hash");
    ck_assert_str_eq(content("left"), "");
}
END_TEST

START_TEST(test_a_report_that_cannot_be_written_is_an_error)
{
    ck_assert_int_eq(shell("%s/spillway debug --batch sw-end p.sched >/dev/full 2>err", binaries),
                     2);
    ASSERT_SAYS("err", "spillway: cannot write the report: No space left on device\n");
    ck_assert_int_eq(shell("%s/spillway debug --batch sw-end p.sched >&- 2>err", binaries), 2);
    ck_assert_str_eq(content("err"), "spillway: cannot write the report: Bad file descriptor\n");
}
END_TEST

START_TEST(test_an_interpreter_without_tasklets_says_so)
{
    ck_assert_int_eq(DEBUG("sw-goto 3; sw-tasklets", "p.sched"), 2);
    ASSERT_SAYS("err", "no tasklets here");
    ck_assert_int_eq(spillway("record -i /usr/bin/pypy3 --seed 1 -o pypy.sched -- p.py"), 0);
    ck_assert_int_eq(DEBUG("sw-goto 9; sw-back; sw-end", "pypy.sched"), 0);
    ASSERT_SAYS("out", "step 8: ");
}
END_TEST

/* From the first instruction, and with what only looks. */
START_TEST(test_valgrind_can_be_looked_at)
{
    setenv("TMPDIR", folder, 1);
    ck_assert_int_eq(spillway("debug --valgrind --batch 'tbreak sw_engine_point; continue; "
                              "sw-where; sw-threads' p.sched"),
                     0);
    ASSERT_SAYS("out", "decisions, hash ");
    ASSERT_SAYS("out", "* T0  can run");
    ck_assert_int_ne(shell("ls -d spillway-vgdb* 2>/dev/null"), 0);
    ck_assert_int_eq(spillway("debug --valgrind --at 3 p.sched"), 2);
}
END_TEST

START_TEST(test_misuse_is_an_error)
{
    ck_assert_int_eq(spillway("debug nothing.sched"), 2);
    ck_assert_int_eq(shell("SPILLWAY_GDB=no-gdb %s/spillway debug p.sched 2>err", binaries), 2);
    ASSERT_SAYS("err",
                "cannot start no-gdb: No such file or directory\nspillway: (SPILLWAY_GDB names");
    for (int i = 0; i < 2; i++) {
        const char *gdb = i == 0 ? "/bin/false" : "/bin/true";
        ck_assert_int_eq(
            shell("SPILLWAY_GDB=%s %s/spillway debug p.sched >out 2>err", gdb, binaries), 2);
        ASSERT_SAYS("err",
                    ", and has not read our commands: it is no gdb with Python (SPILLWAY_GDB");
    }
    ck_assert_int_eq(spillway("debug p.sched -- --version"), 0);
    ASSERT_SAYS("out", "GNU gdb");
    ck_assert_int_eq(DEBUG("sw-goto nowhere; sw-where", "p.sched"), 2);
    ASSERT_SAYS("err", "'nowhere' is no number");
    ck_assert_int_eq(DEBUG("sw-where", "p.sched"), 2);
    ASSERT_SAYS("err", "sw-where: the program does not run: sw-goto STEP");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *the_loss = tcase_create("the loss"), *steps = tcase_create("steps");
    TCase *others = tcase_create("others"), *names = tcase_create("names");
    TCase *all[] = {the_loss, steps, others, names};

    tcase_add_checked_fixture(the_loss, setup_loss, teardown);
    tcase_add_loop_test(the_loss, test_the_last_write_to_the_mailbox_is_the_spills, 0, 3);
    tcase_add_test(the_loss, test_the_write_is_at_the_spills_decision);
    tcase_add_test(the_loss, test_what_lies_aside_can_be_walked);
    tcase_add_test(the_loss, test_watchpoints_that_never_stop_are_said);
    tcase_add_test(the_loss, test_what_nobody_wrote_is_said);
    tcase_add_test(steps, test_what_begins_with_the_write_is_found);
    tcase_add_checked_fixture(steps, setup_program, teardown);
    tcase_add_loop_test(steps, test_a_step_has_one_hash, 0, 3);
    tcase_add_test(steps, test_each_run_is_controlled);
    tcase_add_test(steps, test_addresses_are_those_of_a_replay);
    tcase_add_test(steps, test_what_follows_is_for_gdb);
    tcase_add_test(steps, test_another_run_is_not_trusted);
    tcase_add_test(steps, test_a_stop_is_a_line_of_json);
    tcase_add_checked_fixture(others, setup_program, teardown);
    tcase_add_test(others, test_a_crash_is_a_place_to_go_back_from);
    tcase_add_test(others, test_a_deadlock_stands_still_at_its_end);
    tcase_add_test(others, test_a_hostile_program_leaves_gdb_usable);
    tcase_add_loop_test(others, test_nothing_of_a_session_is_left, 0,
                        (int)(sizeof hostile / sizeof *hostile));
    tcase_add_loop_test(others, test_a_session_that_is_ended_leaves_nothing, 0,
                        (int)(sizeof endings / sizeof *endings));
    tcase_add_test(others, test_a_report_that_cannot_be_written_is_an_error);
    tcase_add_test(others, test_an_interpreter_without_tasklets_says_so);
    tcase_add_test(others, test_valgrind_can_be_looked_at);
    tcase_add_test(others, test_misuse_is_an_error);
    tcase_add_checked_fixture(names, setup_objects, teardown);
    tcase_add_loop_test(names, test_a_name_of_pythons_can_be_watched, 0,
                        (int)(sizeof python_names / sizeof *python_names));
    tcase_add_test(names, test_a_reference_that_is_kept_is_a_write);
    tcase_add_test(names, test_a_local_of_a_thread_can_be_watched);
    tcase_add_test(names, test_a_name_that_means_nothing_is_said);
    for (int i = 0; i < 4; i++) {
        tcase_set_timeout(all[i], 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it mostly starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}
