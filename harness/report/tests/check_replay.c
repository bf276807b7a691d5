/* SPDX-License-Identifier: MIT
 *
 * check_replay.c - what replay refuses, and what it says when the run is another.
 */
#include <fcntl.h>
#include <stddef.h>

#include "contract/control_shm.h"
#include "harness/formats/sched/sched.h"
#include "replay_fixture.h"

static char *slurp(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY);

    ck_assert_int_ge(fd, 0);
    *size = size_of(path);
    char *bytes = malloc(*size + 1);
    ck_assert_int_eq(read(fd, bytes, *size), (ssize_t)*size);
    close(fd);
    return bytes;
}

/* ---- what is not replayed ---- */

/* Edits of a schedule of python3.11, which has no faults, no points and no spilling. */
static const struct {
    const char *script, *says;
} misfits[] = {
    {"s/^spillway schedule 5/spillway schedule 1/", "a.sched:1:20: version 1; this spillway reads"},
    {"s/^spillway schedule 5/spillway schedule 6/", "a.sched:1:20: version 6; this spillway reads"},
    {"/^program/s/p.py/q.py/", "a.sched: there is no 'q.py', neither here nor beside it"},
    {"/^program/s/p.py/./", ".: not a file"},
    {"/^interp/s/python3.11/python0.1/",
     "a.sched: there is no /usr/bin/python0.1, and no python0.1 in PATH: --interp names another"},
    {"/^interp/s|.*|interp   nopython  spillway 0|",
     "/nopython, and no nopython in PATH: --interp names another"},
    {"/^interp/afaults   release-eats-mailbox", "it is no slpython-lab: it has no faults"},
    {"/^interp/afaults   release-eats-malibox",
     "a.sched:5:30: unknown fault 'release-eats-malibox'; did you mean"},
    {"/^interp/aspill    always", "it is no slpython: it does not spill"},
    {"/^interp/apoints   decide", "it is no slpython-lab: it has no points"},
    {"/^interp/aenv      LD_PRELOAD=evil.so", "LD_PRELOAD is set by spillway itself"},
};

START_TEST(test_a_schedule_of_something_else_runs_nothing)
{
    write_program();
    RECORD(1, "good.sched", "p.py");
    edit("good.sched", misfits[_i].script, "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 2);
    ASSERT_SAYS("err", misfits[_i].says);
    ck_assert_int_eq(shell("test $(wc -l <err) = 1"), 0);
    ck_assert_str_eq(content("out"), "");
}
END_TEST

/* Edits that name another file than there is: the decisions tell whether that matters. */
static const struct {
    const char *script, *says;
} changes[] = {
    {"/^program/s/xxh128 .*/xxh128 0123456789abcdef0123456789abcdef/",
     "spillway: it is of another program: p.py is xxh128 "},
    {"/^interp/s/cpython .*/xxh128 0123456789abcdef0123456789abcdef/",
     "spillway: it is of another interpreter: /usr/bin/python3.11 is xxh128 "},
    {"/^interp/iinput    p.py  xxh128 0123456789abcdef0123456789abcdef",
     "spillway: it is of another input: p.py is xxh128 "},
    {"/^interp/s|/usr/bin|/nowhere/bin|", "spillway: /nowhere/bin/python3.11 is not there: /"},
};

START_TEST(test_what_is_another_file_is_a_warning)
{
    write_program();
    RECORD(1, "good.sched", "p.py");
    edit("good.sched", changes[_i].script, "a.sched");
    ck_assert_int_eq(shell("PATH=/usr/bin:$PATH %s/spillway replay a.sched >out 2>err", binaries),
                     0);
    ASSERT_SAYS("err", changes[_i].says);
    ASSERT_SAYS("err", "as recorded");
    ck_assert_int_eq(
        shell("PATH=/usr/bin:$PATH %s/spillway replay -q a.sched >out 2>err", binaries), 0);
    ck_assert_str_eq(content("err"), "");
}
END_TEST

/* What it was recorded with is said where the run is another. */
START_TEST(test_another_version_is_said_with_the_divergence)
{
    write_program();
    RECORD(1, "good.sched", "p.py");
    edit("good.sched",
         "/^interp/s/cpython .*/cpython 3.11.999/; s/ hash .*/ hash 0123456789abcdef/", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "it was recorded with cpython 3.11.999; /usr/bin/python3.11 is cpython 3.");
}
END_TEST

/* What the run has read is noted, but for what it has written itself. */
START_TEST(test_a_divergence_names_what_was_read_and_is_another)
{
    write_file("helper.py", "count = 4\ndef point(): pass\n");
    write_file("data.txt", "here\n");
    write_file("p.py", "import threading, helper\n"
                       "open('own.txt', 'w').write(open('data.txt').read())\n"
                       "open('own.txt').read()\n"
                       "def work():\n"
                       "    for i in range(helper.count): helper.point()\n"
                       "threads = [threading.Thread(target=work) for _ in 'abc']\n"
                       "for t in threads: t.start()\n"
                       "for t in threads: t.join()\n");
    ck_assert_int_eq(spillway("record --strategy random --seed 3 -o a.sched -- p.py"), 0);
    ck_assert_int_eq(shell("grep -q '^reads    data.txt  xxh128' a.sched && "
                           "grep -q '^reads    helper.py  xxh128' a.sched"),
                     0);
    ck_assert_int_eq(
        shell("grep -q '^reads    /.*/lib/python3.11  [0-9]* files  xxh128' a.sched && "
              "! grep -q '^reads.*own.txt\\|^reads.*p.py ' a.sched"),
        0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ck_assert_int_eq(shell("! grep -q 'no longer' err"), 0);
    write_file("helper.py", "count = 9\ndef point(): pass\n");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "spillway: helper.py is no longer what it was\n");
    ck_assert_int_eq(shell("! grep -q 'data.txt\\|lib/python' err"), 0);
}
END_TEST

/* What Python lists and what it finds compiled moves its objects about.  Here the schedule is made
 * another run's by hand, so that there is a divergence to tell the reason of. */
#define LIBRARY "env/lib/python3/dist-packages"
static const struct {
    const char *change, *said;
} outside[] = {
    {"touch " LIBRARY "/more.py", LIBRARY "/. has 1 more name than when it was recorded: more.py"},
    {"touch " LIBRARY "/more.py " LIBRARY "/another.py",
     "more.py and another.py|another.py and more.py"},
    {"cd " LIBRARY " && touch 1 2 3", LIBRARY "/. has 3 more names than when it was recorded"},
    {"rm data.txt", "^spillway: \\. has 1 name less than when it was recorded"},
    {"mv " LIBRARY "/helper2.py " LIBRARY "/other.py", "has other names than when it was recorded"},
    {"mkdir " LIBRARY "/package; touch " LIBRARY "/package/__init__.py",
     LIBRARY "/. has 1 more name than when it was recorded: package"},
    {"echo >site/old.pth", "site/old.pth is no longer what it was"},
};
/* What has come to the program's own folders is hidden from it. */
static const char *const hidden[] = {
    "touch more.py",
    "touch 1 2 3 a_file_with_a_long_name.of_no_use",
    "mkdir site/package; touch site/package/__init__.py",
    "echo import package_of_pth >site/new.pth; touch site/package_of_pth.py",
    "/usr/bin/python3.11 -m compileall -q site",
};

static void record_what_is_listed(void)
{
    ck_assert_int_eq(shell("mkdir -p " LIBRARY " site && echo '# nothing' >site/old.pth && "
                           "touch data.txt " LIBRARY "/helper2.py"),
                     0);
    write_file("site/helper.py", "class C: pass\n");
    write_file("p.py", "import site, sys, threading\n"
                       "site.addsitedir('site')\n"
                       "sys.path.append('" LIBRARY "')\n"
                       "import helper, helper2\n"
                       "thread = threading.Thread(target=int)\n"
                       "thread.start()\n"
                       "thread.join()\n"
                       "all = [helper.C() for _ in range(9)]\n"
                       "print([all.index(one) for one in set(all)], all[0])\n");
    ck_assert_int_eq(spillway("record -o good.sched -- p.py"), 0);
    ck_assert_int_eq(shell("mv out recorded && grep -q '^reads    \\.  [0-9]* names  fnv64 ' "
                           "good.sched"),
                     0);
}

START_TEST(test_a_divergence_names_what_is_listed)
{
    record_what_is_listed();
    edit("good.sched", "s/^\\(decisions .*hash \\).*/\\10123456789abcdef/", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ck_assert_int_eq(shell("grep 'name\\|is read' err"), 1);
    ck_assert_int_eq(shell("%s", outside[_i].change), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ck_assert_msg(shell("grep -qE '%s' err", outside[_i].said) == 0, "%s", content("err"));
}
END_TEST

START_TEST(test_what_has_come_since_moves_nothing)
{
    record_what_is_listed();
    ck_assert_int_eq(shell("%s", hidden[_i]), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(spillway("replay good.sched"), 0);
        ASSERT_SAYS("err", "as recorded: exit 0");
        ck_assert_int_eq(shell("cmp out recorded && touch another.%d", i), 0);
    }
}
END_TEST

/* A recording of it sees all that is there. */
START_TEST(test_what_is_printed_is_compared)
{
    write_file("p.py", "import os, sys\n"
                       "sys.stderr.write('same\\n')\n"
                       "print(open('data.txt').read(), end='', flush=True)\n");
    write_file("data.txt", "as it was\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p.py"), 0);
    ck_assert_int_eq(shell("grep -q '^printed  10 [0-9a-f]*  5 [0-9a-f]*$' a.sched"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: exit 0");
    write_file("data.txt", "otherwise\n");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err",
                "on stdout it printed otherwise: 10 bytes of another text; recorded were 10");
    ASSERT_SAYS("err", "decided as recorded, but not what it printed: exit 0");
    ASSERT_SAYS("err", "data.txt");
    ck_assert_ptr_null(strstr(content("err"), "spillway: as recorded"));
    ck_assert_int_eq(spillway("replay --quiet a.sched"), 1);
    ASSERT_SAYS("err", "on stdout it printed otherwise");
    ck_assert_ptr_null(strstr(content("err"), "stderr"));
}
END_TEST

/* What would move a program's stack, and with it addresses, is hidden from it. */
START_TEST(test_the_terminal_and_the_programs_own_name_move_nothing)
{
    write_file("where.py", "import ctypes, os, sys, threading\n"
                           "class C: pass\n"
                           "print(id(C()), sys.argv, sys.orig_argv, sys.executable)\n"
                           "print(open('/proc/self/stat').read().rsplit(')')[1].split()[25])\n"
                           "print(sorted(os.environ))\n");
    ck_assert_int_eq(shell("mkdir sub && ln -s /usr/bin/python3.11 sub/python"), 0);
    ck_assert_int_eq(spillway("record -i sub/python -o a.sched -- where.py"), 0);
    ck_assert_int_eq(shell("mv out sub/recorded"), 0);
    ck_assert_int_eq(
        shell("LINES=7 COLUMNS=1000 PWD=/ SHLVL=12 %s/spillway replay a.sched >out", binaries), 0);
    ck_assert_int_eq(shell("cmp out sub/recorded"), 0);
    ck_assert_int_eq(
        shell("cd sub && bash -c 'exec -a renamed %s/spillway replay ../a.sched' >../out",
              binaries),
        0);
    ck_assert_int_eq(shell("cmp out sub/recorded"), 0);
}
END_TEST

/* More than there is room for: that is said, and the schedule says it, too. */
START_TEST(test_files_that_could_not_be_noted)
{
    write_file("p.py", "import os, sys\n"
                       "os.mkdir('files')\n"
                       "for i in range(int(sys.argv[1])):\n"
                       "    for mode in 'wrr':\n"
                       "        open('files/%d' % i, mode).close()\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p.py 1900"), 0);
    ck_assert_int_eq(shell("grep -q '^unnoted' a.sched"), 1);
    shell("rm -r files");
    ck_assert_int_eq(spillway("record -o b.sched -- p.py 2100"), 0);
    ASSERT_SAYS("err", "spillway: it opens more files than a schedule notes: ");
    ck_assert_int_eq(shell("grep -q '^unnoted  files$' b.sched"), 0);
    shell("rm -r files");
    ck_assert_int_eq(spillway("replay b.sched"), 0);
}
END_TEST

/* A program that has become another: followed as far as it goes. */
START_TEST(test_anyway_follows_as_far_as_it_fits)
{
    static const char racy[] = "import threading, time\n"
                               "def work():\n"
                               "    for i in range(3): time.sleep(0)\n"
                               "threads = [threading.Thread(target=work) for _ in 'abc']\n"
                               "for t in threads: t.start()\n"
                               "for t in threads: t.join()\n"
                               "print('first', flush=True)\n"
                               "threads = [threading.Thread(target=work) for _ in 'abc']\n"
                               "for t in threads: t.start()\n"
                               "for t in threads: t.join()\n"
                               "print('last')\n";

    write_file("r.py", racy);
    ck_assert_int_eq(spillway("record --strategy random --seed 3 -o a.sched -- r.py"), 0);
    ck_assert_int_eq(shell("sed -i \"8s/'abc'/'a'/\" r.py"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "it is of another program: r.py is xxh128 ");
    ASSERT_SAYS("err", "diverged at step ");
    ck_assert_str_eq(content("out"), "first\n");
    ck_assert_int_eq(spillway("replay --anyway a.sched"), 1);
    ck_assert_str_eq(content("out"), "first\nlast\n");
    ASSERT_SAYS("err", " deviations, and not at step ");
    ASSERT_SAYS("err", ": wanted T");
    ASSERT_SAYS("err", "from there on nothing but the defaults: ");
    /* Of the same program it is the same replay. */
    write_file("r.py", racy);
    ck_assert_int_eq(spillway("replay --anyway a.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

START_TEST(test_no_truncated_or_flipped_schedule_of_a_real_run_is_read)
{
    struct sw_sched *sched;
    struct sw_error e;
    size_t size;

    write_program();
    RECORD(1, "a.sched", "p.py");
    char *bytes = slurp("a.sched", &size);
    ck_assert_int_eq(sw_sched_read("a.sched", bytes, size, &sched, &e), 0);
    sw_sched_free(sched);
    for (size_t i = 0; i < size; i++)
        ck_assert_int_eq(sw_sched_read("a.sched", bytes, i, &sched, &e), -1);
    for (size_t i = 0; i < size * 8; i++) {
        bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
        ck_assert_msg(sw_sched_read("a.sched", bytes, size, &sched, &e) == -1,
                      "bit %zu of byte %zu", i % 8, i / 8);
        ck_assert_uint_gt(e.line, 0);
        bytes[i / 8] = (char)(bytes[i / 8] ^ 1 << i % 8);
    }
    free(bytes);
}
END_TEST

START_TEST(test_what_is_no_schedule_is_refused_at_once)
{
    static const char *const suffixes[] = {"sched", "schedz"};

    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(spillway("replay nowhere.%s", suffixes[i]), 2);
        ASSERT_SAYS("err", ": No such file or directory\n");
        ck_assert_int_eq(shell("mkdir d.%s && mkfifo f.%s", suffixes[i], suffixes[i]), 0);
        ck_assert_int_eq(spillway("replay d.%s", suffixes[i]), 2);
        ASSERT_SAYS("err", ": not a file\n");
        ck_assert_int_eq(spillway("replay f.%s", suffixes[i]), 2);
        ASSERT_SAYS("err", ": not a file\n");
        ck_assert_int_eq(shell("truncate -s 1G huge.%s", suffixes[i]), 0);
        ck_assert_int_eq(spillway("replay huge.%s", suffixes[i]), 2);
        ASSERT_SAYS("err", ": 1073741824 bytes; more than 268435456 are refused\n");
    }
}
END_TEST

START_TEST(test_misuse_is_an_error)
{
    static const struct {
        const char *arguments, *says;
    } cases[] = {
        {"", "no FILE.sched given"},
        {"a.sched b.sched", "more than one FILE.sched"},
        {"--number 1 a.sched", "--number: a .sched has one schedule"},
        {"--number 0 a.schedz", "'0' is not a number from 1"},
        {"--number 1x a.schedz", "'1x' is not a number from 1"},
        {"--engine steam a.sched", "'steam' is none of threads, fibers and pool"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(spillway("replay %s", cases[i].arguments), 2);
        ASSERT_SAYS("err", cases[i].says);
    }
}
END_TEST

/* ---- another run ---- */

START_TEST(test_a_misfit_says_how_far_it_fitted)
{
    write_program();
    RECORD(1, "good.sched", "p.py");
    /* All but the first deviation elsewhere. */
    edit("good.sched", "1,/ of T/b; s/ gil.release  / sem.post     /", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "spillway: diverged at step ");
    ASSERT_SAYS("err", "the thread is at another place: wanted T");
    ASSERT_SAYS("err", "; hash so far ");
    ASSERT_SAYS("err", " deviations fitted, the last of them at step ");
    ASSERT_SAYS("err", "spillway: recorded were ");
}
END_TEST

START_TEST(test_a_run_that_ends_early_says_what_never_came)
{
    write_program();
    RECORD(1, "good.sched", "p.py");
    ck_assert_int_eq(shell("awk '/^----$/ && ++n == 2 {print \"9000 T1 thread sem.post run T2 of "
                           "T1 T2\"} /^decisions/ {$2 = 9999} /^check/ {$2 = \"none\"} {print}' "
                           "good.sched >a.sched"),
                     0);
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "; recorded were 9999, hash ");
    ASSERT_SAYS("err",
                "spillway: step 9000 never came: wanted T1 at sem.post to run T2 of T1 T2\n");
}
END_TEST

START_TEST(test_a_run_that_goes_on_says_where)
{
    write_program();
    ck_assert_int_eq(spillway("record --strategy default -o good.sched -- p.py"), 0);
    edit("good.sched", "s/^decisions [0-9]*/decisions 5/", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "spillway: 0 of 0 deviations fitted\n");
    ASSERT_SAYS("err", "spillway: it went on at step 5, where the recorded run had ended\n");
    ASSERT_SAYS("err", "spillway: there, T");
    edit("good.sched", "s/^decisions [0-9]*/decisions 9999/", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", ", where the recorded run went on\n");
    edit("good.sched", "s/hash .*/hash 0123456789abcdef/", "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", ", hash 0123456789abcdef\n");
    ASSERT_SAYS("err", "at a decision that is not listed, ");
    edit("good.sched", "s/^writer .*/writer   spillway 0.1.0/; s/hash .*/hash 0123456789abcdef/",
         "a.sched");
    ck_assert_int_eq(spillway("replay a.sched"), 1);
    ASSERT_SAYS("err", "it was recorded by spillway 0.1.0; this is ");
}
END_TEST

START_TEST(test_a_livelock_ends_where_it_ended)
{
    write_file("live.py", "import threading, time\n"
                          "def f():\n"
                          "    while True:\n"
                          "        time.sleep(0)\n"
                          "for _ in range(3):\n"
                          "    threading.Thread(target=f).start()\n");
    ck_assert_int_eq(spillway("record --decisions 1000 -o a.sched -- live.py"), 1);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "as recorded: livelock 1000 decisions");
}
END_TEST

START_TEST(test_replay_says_what_nobody_controls)
{
    write_file("p.py", "import subprocess\nsubprocess.run(['/bin/true'])\n");
    ck_assert_int_eq(spillway("record -o a.sched -- p.py"), 0);
    ASSERT_SAYS("err", "spillway: not controlled: a subprocess");
    ASSERT_SAYS("err", " (1 time)\n");
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "spillway: not controlled: a subprocess");
    ck_assert_int_eq(spillway("replay -q a.sched"), 0);
    ck_assert_str_eq(content("err"), "");
}
END_TEST

/* A program with a wild pointer, which hits the control memory. */
START_TEST(test_a_schedule_that_the_program_has_scribbled_on_is_not_kept)
{
    FILE *out = fopen("wild.py", "w");

    ck_assert_ptr_nonnull(out);
    fprintf(out,
            "import ctypes, threading\n"
            "for line in open('/proc/self/maps'):\n"
            "    if 'spillway-board' in line:\n"
            "        start = int(line.split('-')[0], 16)\n"
            "        ctypes.memset(start + %zu, 0xee, 64)\n"
            "        ctypes.c_uint32.from_address(start + %zu).value = 2\n"
            "        break\n"
            "else:\n"
            "    print('no shm')\n",
            offsetof(struct sw_control_shm, taken.deviations),
            offsetof(struct sw_control_shm, taken.count));
    fclose(out);
    ck_assert_int_eq(spillway("record --strategy default -o a.sched -- wild.py"), 3);
    ck_assert_str_eq(content("out"), "");
    ASSERT_SAYS("err", "inconclusive: the program wrote where its schedule is kept\n");
    ck_assert_int_eq(access("a.sched", F_OK), -1);
}
END_TEST

/* CPython reads the program's folder, and what it finds there moves its objects about. */
START_TEST(test_the_programs_folder_is_the_same_again)
{
    write_file("look.py", "import os\nprint(sorted(os.listdir('.')))\n");
    ck_assert_int_eq(spillway("record -- look.py"), 0);
    ck_assert_str_eq(content("out"), "['err', 'look.py', 'out']\n");
    ck_assert_int_eq(spillway("replay look.py.sched"), 0);
    ck_assert_str_eq(content("out"), "['err', 'look.py', 'out']\n");
    ck_assert_int_eq(spillway("record -o no/such/folder.sched -- look.py"), 2);
    ASSERT_SAYS("err", "no/such/folder.sched: cannot be written: No such file or directory\n");
    ck_assert_str_eq(content("out"), "");
    ck_assert_int_eq(spillway("record -o a.sched --fault release-eats-mailbox -- look.py"), 2);
    ck_assert_int_eq(access("a.sched", F_OK), -1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *refusals = tcase_create("refusals"), *others = tcase_create("other runs");
    TCase *all[] = {refusals, others};

    tcase_add_loop_test(refusals, test_a_schedule_of_something_else_runs_nothing, 0,
                        (int)(sizeof misfits / sizeof *misfits));
    tcase_add_loop_test(refusals, test_what_is_another_file_is_a_warning, 0,
                        (int)(sizeof changes / sizeof *changes));
    tcase_add_test(refusals, test_another_version_is_said_with_the_divergence);
    tcase_add_test(refusals, test_a_divergence_names_what_was_read_and_is_another);
    tcase_add_loop_test(refusals, test_a_divergence_names_what_is_listed, 0,
                        (int)(sizeof outside / sizeof *outside));
    tcase_add_loop_test(refusals, test_what_has_come_since_moves_nothing, 0,
                        (int)(sizeof hidden / sizeof *hidden));
    tcase_add_test(refusals, test_what_is_printed_is_compared);
    tcase_add_test(refusals, test_the_terminal_and_the_programs_own_name_move_nothing);
    tcase_add_test(refusals, test_files_that_could_not_be_noted);
    tcase_add_test(refusals, test_anyway_follows_as_far_as_it_fits);
    tcase_add_test(refusals, test_no_truncated_or_flipped_schedule_of_a_real_run_is_read);
    tcase_add_test(refusals, test_what_is_no_schedule_is_refused_at_once);
    tcase_add_test(refusals, test_misuse_is_an_error);
    tcase_add_test(others, test_a_misfit_says_how_far_it_fitted);
    tcase_add_test(others, test_a_run_that_ends_early_says_what_never_came);
    tcase_add_test(others, test_a_run_that_goes_on_says_where);
    tcase_add_test(others, test_the_programs_folder_is_the_same_again);
    tcase_add_test(others, test_a_livelock_ends_where_it_ended);
    tcase_add_test(others, test_replay_says_what_nobody_controls);
    tcase_add_test(others, test_a_schedule_that_the_program_has_scribbled_on_is_not_kept);
    for (int i = 0; i < 2; i++) {
        tcase_add_checked_fixture(all[i], setup, teardown);
        tcase_set_timeout(all[i], 120);
        tcase_set_tags(all[i], "no-memcheck"); /* it mostly starts other programs */
        suite_add_tcase(suite, all[i]);
    }
}
