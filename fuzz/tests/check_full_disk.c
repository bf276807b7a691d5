/* SPDX-License-Identifier: MIT
 *
 * check_full_disk.c - each command that writes, where a good file stands and no room is left: the
 * file stands as it was, the command says so and ends with 2, and what was found is on stderr.
 *
 * The disk is a tmpfs of 64 KiB in a mount namespace: root's, or that of a user who is root in a
 * namespace of his own.  Where neither may be, only what check_atomic_files shows is shown.
 *
 * And whose file it is: a schedule never takes the place of another target's.
 */
#include "harness/tests/control_fixture.h"

/* Of so many threads that a schedule has more than the page that an old one leaves free. */
static const char many_py[] = "import threading\n"
                              "def point(): pass\n"
                              "def test_it():\n"
                              "    number = [0]\n"
                              "    def add():\n"
                              "        seen = number[0]\n"
                              "        point()\n"
                              "        number[0] = seen + 1\n"
                              "    threads = [threading.Thread(target=add) for _ in range(16)]\n"
                              "    for t in threads: t.start()\n"
                              "    for t in threads: t.join()\n"
                              "    assert number[0] == 16\n"
                              "if __name__ == '__main__': test_it()\n";

/* FILE OLD COMMAND... */
static const char on_full_sh[] = "file=$1 old=$2; shift 2\n"
                                 "mount -t tmpfs -o size=64k none full || exit 99\n"
                                 "cp many.py good.sched full; mkdir full/kept\n"
                                 "cp --sparse=always $old full/$file\n"
                                 "cat /dev/zero >full/filler 2>/dev/null\n"
                                 "cd full; \"$@\" >../out 2>../err; echo $? >../status\n"
                                 "cmp -s $file ../$old && echo stands >../after\n"
                                 "find . -name '.spillway-*' >../left\n";

/* A schedule of the same target, without its decisions: small, and another one. */
#define OLDER "sed 's/^check.*/check none/; /^ .* of /d; s/^found.*/found    earlier/' "

static char unshare[64];

static void find_namespace(void)
{
    *unshare = '\0';
    if (shell("unshare -m mount -t tmpfs none full 2>/dev/null") == 0)
        strcpy(unshare, "unshare -m");
    else if (shell("unshare -Urm mount -t tmpfs none full 2>/dev/null") == 0)
        strcpy(unshare, "unshare -Urm");
    else
        printf("skipped: no tmpfs may be mounted here\n");
}

static void setup_disk(void)
{
    setup();
    write_file("many.py", many_py);
    write_file("on_full.sh", on_full_sh);
    ck_assert_int_eq(shell("mkdir full; truncate -s 3000 old.txt"), 0);
    find_namespace();
}

static void make_schedules(void)
{
    ck_assert_int_eq(spillway("explore --strategy random -o good.sched many.py::test_it"), 1);
    ck_assert_int_eq(spillway("explore --strategy random many.py"), 1);
    ck_assert_int_eq(shell("%s good.sched >old.sched; %s many.py.sched >oldp.sched", OLDER, OLDER),
                     0);
    ck_assert_int_eq(shell("rm -f a.schedz; %s/spillway convert good.sched a.schedz", binaries), 0);
}

static const struct {
    const char *file, *old, *arguments, *err;
} writers[] = {
    {"many-test_it.sched", "old.sched", "explore --strategy random many.py::test_it",
     "the schedule that should stand there:\nspillway schedule "},
    {"many.py.sched", "oldp.sched", "explore --strategy random many.py", "should stand there:\n"},
    {"f.sched", "old.sched", "explore --strategy random -o f.sched many.py::test_it",
     "f.sched: cannot be written: No space left on device; the schedule"},
    {"many.py.sched", "oldp.sched", "record --seed 1 many.py", "should stand there:\n"},
    {"good.min.sched", "old.sched", "minimise --budget 0 good.sched", "good.min.sched: cannot be"},
    {"kept/one.sched", "old.sched", "promote good.sched --name one --to kept --force",
     "kept/one.sched: cannot be written: No space left on device\n"},
    {"f.sched", "old.sched", "convert ../a.schedz f.sched", "f.sched: cannot be written: "},
    {"out.json", "old.txt", "explore --schedules 3 --json out.json many.py::test_it",
     "out.json: cannot be written: No space left on device\n"},
    {"out.xml", "old.txt", "run --junit out.xml many.py::test_it", "out.xml: cannot be written: "},
    {"x", "old.txt", "explore --campaign c --schedules 50 many.py::test_it",
     "No space left on device\n"},
    {"out.json", "old.txt",
     "explore --campaign ../c --schedules 5 --json out.json many.py::test_it",
     "out.json: cannot be written: No space left on device\n"},
    {"x", "old.txt", "explore --strategy coverage --corpus c --schedules 50 many.py::test_it",
     "No space left on device"},
    {"many-test_it.sched", "old.sched", "run --schedules 100 many.py::test_it",
     "should stand there:\n"},
    {"out.html", "old.txt", "show --html out.html good.sched", "out.html: cannot be written: "},
    {"out.json", "old.txt", "show --perfetto out.json good.sched", "out.json: cannot be written: "},
    {"out.json", "old.txt", "merge --json out.json ../c", "out.json: cannot be written: "},
    {"out.this.json", "old.txt", "bench --command -n 7 --json out true -- true",
     "out.this.json: cannot be written: "},
    {"out.html", "old.txt", "bench --command -n 7 --html out.html true -- true",
     "out.html: cannot be written: "},
};

START_TEST(test_a_full_disk_loses_nothing)
{
    if (*unshare == '\0')
        return;
    make_schedules();
    if (strncmp(writers[_i].arguments, "merge", 5) == 0)
        spillway("explore --campaign c --schedules 3 many.py::test_it");
    shell("%s sh on_full.sh %s %s timeout 600 %s/spillway %s", unshare, writers[_i].file,
          writers[_i].old, binaries, writers[_i].arguments);
    ck_assert_str_eq(content("status"), "2\n");
    ck_assert_str_eq(content("after"), "stands\n");
    ck_assert_str_eq(content("left"), "");
    shell("cat out >>err"); /* of coverage it is the verdict */
    ASSERT_SAYS("err", writers[_i].err);
}
END_TEST

/* ---- whose it is ---- */

static const char one_py[] = "def test_it(): assert 0\n"
                             "def test_It(): assert 0\n"
                             "def test_\u00e9(): assert 0\n"
                             "def test_\u00e8(): assert 0\n";

static void finds(const char *target, const char *sched)
{
    char again[400];

    ck_assert_int_eq(spillway("explore %s", target), 1);
    snprintf(again, sizeof again, "again: spillway replay %s\n", sched);
    ASSERT_SAYS("out", again);
    ck_assert_int_eq(spillway("replay %s", sched), 0);
}

static void setup_names(void)
{
    setup();
    ck_assert_int_eq(shell("mkdir -p a b/c"), 0);
    write_file("a/one.py", one_py);
    write_file("b/c/one.py", one_py);
}

START_TEST(test_one_name_in_two_folders)
{
    finds("a/one.py::test_it", "one-test_it.sched");
    finds("b/c/one.py::test_it", "b-c-one-test_it.sched");
    finds("a/one.py::test_it", "one-test_it.sched");
    ASSERT_SAYS("one-test_it.sched", "a/one.py");
    finds("b/c/../../b/c/one.py::test_it", "b-c-..-..-b-c-one-test_it.sched");
}
END_TEST

START_TEST(test_letters_stay_and_case_does_not_tell)
{
    finds("a/one.py::test_\u00e9", "one-test_\u00e9.sched");
    finds("a/one.py::test_\u00e8", "one-test_\u00e8.sched");
    finds("a/one.py::test_it", "one-test_it.sched");
    finds("a/one.py::test_It", "a-one-test_It.sched");
}
END_TEST

START_TEST(test_long_names_are_cut_and_differ)
{
    char one[256], other[256];

    memset(one, 'x', 244);
    strcpy(one + 244, "a");
    memset(other, 'x', 244);
    strcpy(other + 244, "b");
    ck_assert_int_eq(
        shell("for n in %s %s; do echo \"def test_$n(): assert 0\"; done >l.py", one, other), 0);
    ck_assert_int_eq(spillway("explore l.py::test_%s", one), 1);
    ck_assert_int_eq(spillway("explore l.py::test_%s", other), 1);
    ck_assert_int_eq(shell("test $(ls l-*.sched | wc -l) = 2"), 0);
    ck_assert_int_eq(spillway("minimise $(ls l-*.sched | head -n 1)"), 0);
}
END_TEST

START_TEST(test_what_is_no_schedule_stays)
{
    write_file("one-test_it.sched", "mine\n");
    finds("a/one.py::test_it", "a-one-test_it.sched");
    ASSERT_SAYS("one-test_it.sched", "mine\n");
    ck_assert_int_eq(spillway("explore -o a/one.py a/one.py::test_it"), 2);
    ASSERT_SAYS("err", "a/one.py: it is no schedule, and stays as it is\n");
    ck_assert_int_eq(spillway("explore --output many.schedz a/one.py::test_race"), 2);
    ASSERT_SAYS("err", "many.schedz: one schedule is a .sched; \"spillway convert\" adds it");
    ck_assert_int_eq(spillway("record -o a/one.py a/one.py"), 2);
    ASSERT_SAYS("a/one.py", "def test_it");
}
END_TEST

/* Who is killed leaves an empty file, which anybody may take; who is not found nothing leaves
 * none. */
START_TEST(test_no_empty_file_stays)
{
    write_file("p.py", "import sys\nassert len(sys.argv) == 1\n");
    write_file("p.py.sched", "");
    ck_assert_int_eq(spillway("record p.py"), 0);
    ck_assert_int_eq(spillway("record p.py x"), 1);
    ASSERT_SAYS("err", "again: spillway replay p.py-2.sched");
    ck_assert_int_eq(spillway("explore --schedules 3 -o q.sched p.py"), 0);
    ck_assert_int_eq(spillway("record -o r.sched --interp ./nothing p.py"), 2);
    ck_assert_int_eq(shell("test ! -e q.sched && test ! -e r.sched && test -s p.py.sched"), 0);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *disk = tcase_create("a full disk"), *names = tcase_create("whose it is");

    tcase_add_checked_fixture(disk, setup_disk, teardown);
    tcase_set_timeout(disk, 240);
    tcase_set_tags(disk, "no-memcheck");
    tcase_add_loop_test(disk, test_a_full_disk_loses_nothing, 0, sizeof writers / sizeof *writers);
    suite_add_tcase(suite, disk);
    tcase_add_checked_fixture(names, setup_names, teardown);
    tcase_set_timeout(names, 120);
    tcase_add_test(names, test_one_name_in_two_folders);
    tcase_add_test(names, test_letters_stay_and_case_does_not_tell);
    tcase_add_test(names, test_long_names_are_cut_and_differ);
    tcase_add_test(names, test_what_is_no_schedule_stays);
    tcase_add_test(names, test_no_empty_file_stays);
    suite_add_tcase(suite, names);
}
