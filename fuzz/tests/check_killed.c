/* SPDX-License-Identifier: MIT
 *
 * check_killed.c - kill -9 of each command that writes, where a good file stands: the file is the old
 * one or the whole new one, no process stays, and the command can be given again.
 *
 * When it is killed is a matter of chance; what holds then must hold at any time.
 */
#include "harness/tests/control_fixture.h"

static const char race_py[] = "import threading\n"
                              "def point(): pass\n"
                              "def test_it():\n"
                              "    number = [0]\n"
                              "    def add():\n"
                              "        seen = number[0]\n"
                              "        point()\n"
                              "        number[0] = seen + 1\n"
                              "    threads = [threading.Thread(target=add) for _ in range(3)]\n"
                              "    for t in threads: t.start()\n"
                              "    for t in threads: t.join()\n"
                              "    assert number[0] == 3\n"
                              "if __name__ == '__main__': test_it()\n";

/* No interpreter and no spillway is at work in this folder; those that are told to end may take a
 * while on a busy machine. */
static const char none_left_sh[] =
    "left() {\n"
    "    for p in /proc/[0-9]*; do\n"
    "        [ \"$(readlink $p/cwd)\" = \"$PWD\" ] || continue\n"
    "        case $(readlink $p/exe) in */python3*|*/spillway*) return 0;; esac\n"
    "    done\n"
    "    return 1\n"
    "}\n"
    "for i in $(seq 300); do left || exit 0; sleep 0.1; done; exit 1\n";

/* In a shell: is the file a whole one? */
#define SCHED "rm -f whole.schedz; $spillway convert $f whole.schedz"
#define JSON "/usr/bin/python3.11 -m json.tool $f >kept_out"
#define HTML "tail -n 2 $f | grep -q '</html>'"
#define PYTHON "/usr/bin/python3.11 -m tabnanny $f"
#define MERGED "test ! -e $f/campaign.json || { $spillway merge $f >kept_out; test $? != 2; }"

static const struct {
    const char *file, *arguments, *is_whole;
    int status; /* if nobody kills it */
} writers[] = {
    {"race-test_it.sched", "explore race.py::test_it", SCHED, 1},
    {"race-test_it.sched", "run --schedules 120 race.py::test_it", SCHED, 1},
    {"race.py.sched", "record --seed 1 race.py", SCHED, 0},
    {"good.min.sched", "minimise good.sched", SCHED, 0},
    {"f.sched", "convert a.schedz f.sched", SCHED, 0},
    {"kept/one.py", "promote good.sched --name one --to kept --force", PYTHON, 0},
    {"out.json", "explore --json out.json race.py::test_it", JSON, 1},
    {"out.html", "show --html out.html good.sched", HTML, 0},
    {"out.json", "show --perfetto out.json good.sched", JSON, 0},
    {"out.json", "merge --json out.json c", JSON, 1},
    {"d", "explore --campaign d --resume --schedules 100 race.py::test_it", MERGED, 1},
    {"out.html", "bench --command -n 7 --html out.html true -- true", HTML, 0},
};

static const char *const moments[] = {"0.05", "0.25", "0.8"}; /* seconds; chosen freely */

static void setup_files(void)
{
    setup();
    write_file("race.py", race_py);
    write_file("none_left.sh", none_left_sh);
    ck_assert_int_eq(spillway("explore -o good.sched race.py::test_it"), 1);
    ck_assert_int_eq(spillway("convert good.sched a.schedz"), 0);
    ck_assert_int_eq(spillway("explore --campaign c --schedules 50 race.py::test_it"), 1);
    ck_assert_int_eq(shell("mkdir kept; cp good.sched race-test_it.sched; cp good.sched f.sched;"
                           "cp good.sched good.min.sched; truncate -s 3000 out.html kept/one.py"),
                     0);
    ck_assert_int_eq(spillway("record --seed 2 race.py"), 0);
    write_file("out.json", "{}");
}

static int is_whole(const char *file, const char *command)
{
    return shell("f=%s spillway=%s/spillway; cmp -s $f before && exit 0; %s", file, binaries,
                 command) == 0;
}

START_TEST(test_a_kill_loses_nothing)
{
    const char *file = writers[_i].file;

    shell("rm -rf before; test ! -e %s || cp -r %s before", file, file);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        shell("timeout --foreground -s KILL %s %s/spillway %s >out 2>err </dev/null", moments[i],
              binaries, writers[_i].arguments);
        ck_assert_int_eq(shell("sh none_left.sh"), 0);
        ck_assert_msg(is_whole(file, writers[_i].is_whole), "%s after %s s: %s", file, moments[i],
                      content("err"));
    }
    ck_assert_msg(spillway("%s", writers[_i].arguments) == writers[_i].status, "%s%s",
                  content("out"), content("err"));
    ck_assert(is_whole(file, writers[_i].is_whole));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *killed = tcase_create("killed");

    tcase_add_unchecked_fixture(killed, setup_files, teardown);
    tcase_set_timeout(killed, 240);
    tcase_set_tags(killed, "no-memcheck");
    tcase_add_loop_test(killed, test_a_kill_loses_nothing, 0, sizeof writers / sizeof *writers);
    suite_add_tcase(suite, killed);
}
