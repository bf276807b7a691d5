/* SPDX-License-Identifier: MIT
 *
 * check_command.c - what spillway is told: options, paths, bad specs, --accept,
 * programs.
 */
#include "harness/tests/runner_fixture.h"

/* ---- bad options ---- */

static const struct {
    const char *arguments, *message;
} mistakes[] = {
    {"", "usage: spillway COMMAND"},
    {"rnu f", "unknown command 'rnu'; did you mean 'run'?"},
    {"scores f", "did you mean 'score'?"},
    {"qwertz", "unknown command 'qwertz'; spillway help lists all\n"},
    {"faults x", "spillway faults: it takes no argument\n"},
    {"run", "no PATH given"},
    {"run -- x", "no PATH given"},
    {"run --falt x f", "spillway run: unknown option --falt; did you mean --fault?\n"},
    {"run --verbos-e f", "unknown option --verbos-e; did you mean --verbose?"},
    {"run --fault relese-eats-mailbox f", "did you mean 'release-eats-mailbox'?"},
    {"run --fault", "spillway run: --fault requires an argument, NAME\n"},
    {"run -f", "spillway run: --fault requires an argument, NAME\n"},
    {"run --tap=3 f", "spillway run: --tap takes no argument\n"},
    {"run --sch x f", "spillway run: --sch could be each of --schedule, --schedules\n"},
    {"run -x f", "spillway run: unknown option -x\n"},
    {"run --jobs 0 f", "--jobs: '0' is not a number from 1 to 64"},
    {"run -j many f", "--jobs: 'many' is not a number"},
    {"run --jobs 3x f", "--jobs: '3x' is not a number"},
    {"run --repeat 99999999999999999999 f", "--repeat: '99999999999999999999' is not"},
    {"run --watchdog -1 f", "--watchdog: '-1' is not"},
    {"run --interp fake-good --schedule X f", "no schedule of the name 'X'; did you mean 'x'?"},
    {"run --interp fake-good --schedule something f", "no schedule of the name 'something'\n"},
    {"run --interp ./nothing f", "no interpreter at ./nothing: No such file or directory"},
    {"run --interp f f", "no interpreter at f: not a file"},
    {"run --interp f/s.spec f", "no interpreter at f/s.spec: Permission denied"},
    {"run --interp fake-good f -- x", "arguments behind --, but no program"},
    {"run --interp fake-good --accept --fault release-eats-mailbox f", "--accept: not together"},
    {"run --interp fake-good --accept --repeat 2 f", "--accept: not together"},
    {"run --interp fake-good nothing", "nothing: No such file or directory"},
    {"run --interp fake-good fake-good", "neither a .spec, a .sched, a .py program nor a folder"},
    {"run --interp fake-good empty", "empty: no .spec in this folder"},
    {"score --junit j f", "spillway score: unknown option --junit\n"},
};

START_TEST(test_mistake)
{
    shell("mkdir empty && : >p.py && ln -s %s/harness/runner/tests/fake_interp fake-good",
          binaries);
    ck_assert_int_eq(spillway(mistakes[_i].arguments), 2);
    has(err, mistakes[_i].message);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(test_help_is_no_mistake)
{
    static const char *const helps[] = {"--help",       "help",   "run --help",
                                        "score --help", "points", "faults"};

    ck_assert_int_eq(spillway(helps[_i]), 0);
    ck_assert_str_ne(out, "");
    ck_assert_str_eq(err, "");
}
END_TEST

/* ---- bad specs ---- */

START_TEST(test_nothing_runs_if_one_spec_is_bad)
{
    shell("cp f/s.spec f/good.spec; echo nonsense >f/bad.spec; echo 'schedule x' >f/worse.spec");
    ck_assert_int_eq(run("fake-good", "f"), 2);
    has(err, "f/bad.spec:1:1: ");
    has(err, "f/worse.spec:");
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(test_large_file)
{
    shell("truncate -s 10M f/large.spec");
    ck_assert_int_eq(run("fake-good", "f"), 2);
    has(err, "f/large.spec: the spec is larger than 1048576 bytes");
}
END_TEST

START_TEST(test_what_is_no_file)
{
    shell("mkfifo f/pipe.spec && ln -s nowhere f/link.spec && mkdir f/folder.spec");
    ck_assert_int_eq(run("fake-good", "f /dev/null f/pipe.spec"), 2);
    has(err, "f/link.spec: a symbolic link to nothing\n");
    has(err, "f/pipe.spec: not a regular file\n");
    has(err, "/dev/null: neither");
    ck_assert_int_eq(count(err, "\n"), 4);
}
END_TEST

START_TEST(test_a_transcript_that_is_no_file)
{
    shell("mkdir f/s.out");
    ck_assert_int_eq(run("fake-good", "f"), 2);
    has(err, "f/s.spec: cannot read its transcript f/s.out");
}
END_TEST

START_TEST(test_paths_in_every_shape)
{
    accept_all();
    shell("ln -s .. f/loop && ln -s f link && ln -s s.spec f/t.spec && mkdir f/deeper && "
          "ln f/s.spec f/deeper/u.spec");
    static const char *const paths[] = {
        "f", "f/", "f//", "link", "link/", "./f/s.spec", "f f", "f f/s.spec link/t.spec f/loop/f",
        "."};
    for (int i = 0; i < COUNT_OF(paths); i++) {
        run("fake-good", paths[i]);
        has(out, "1 scenario, 1 run: ");
    }
    ck_assert_int_eq(chdir("f"), 0);
    shell("ln -sf %s/harness/runner/tests/fake_interp fake-good", binaries);
    ck_assert_int_eq(spillway("run --interp ./fake-good s.spec"), 0);
    has(out, "ok     f/s ");
    ck_assert_int_eq(chdir(folder), 0);
}
END_TEST

/* ---- --accept ---- */

START_TEST(test_accept)
{
    ck_assert_int_eq(run("fake-good", "f"), 1);
    has(out, "failed (transcript): there is no transcript to compare with yet: if what follows is "
             "as it must be, spillway run --accept writes it to the .out beside the spec\n");
    accept_all();
    has(out, "f/s.spec, schedule x:\n+  schedule x\n+     1  work : done\n");
    ck_assert_int_eq(run("fake-good", "f"), 0);
    accept_all();
    has_not(out, "schedule x:");
    shell("echo '# a remark' >>f/s.spec");
    ck_assert_int_eq(run("fake-good", "f"), 1);
    has(out, "failed (transcript): the expected transcript is of another version of the spec");
    accept_all();
    ck_assert_int_eq(run("fake-good", "f"), 0);
}
END_TEST

START_TEST(test_a_difference_is_shown)
{
    accept_all();
    ck_assert_int_eq(run("fake-differs", "f"), 1);
    has(out, "  expected -, was +:\n"
             "       schedule x\n"
             "          1  work : done\n"
             "    +           worker-");
}
END_TEST

START_TEST(test_accept_is_not_for_ci)
{
    ck_assert_int_eq(end(begin_fake("CI=1; export CI;", "fake-good", "--accept f")), 2);
    has(err, "spillway run: --accept: not in CI: a person looks at the difference\n");
    ck_assert_int_ne(access("f/s.out", F_OK), 0);
}
END_TEST

START_TEST(test_a_failure_is_not_accepted)
{
    write_schedules("x hang");
    ck_assert_int_eq(run("fake-hangs-once", "--watchdog 1 --accept f"), 2);
    has(out, "f/s.spec: not accepted, since not all of its schedules are as expected\n");
    ck_assert_int_ne(access("f/s.out", F_OK), 0);
}
END_TEST

START_TEST(test_accept_that_cannot_write)
{
    shell("ln -s no-such-folder/s.out f/s.out");
    ck_assert_int_eq(run("fake-good", "--accept f"), 2);
    has(err, "f/s.spec: f/s.out: cannot be written: No such file or directory");
}
END_TEST

/* ---- programs ---- */

START_TEST(test_program_and_its_arguments)
{
    shell(": >p.py");
    ck_assert_int_eq(run("fake-echoes", "p.py -- --help -j 'a b' --"), 0);
    ck_assert_str_eq(out, "not ok 1 - <p.py>\nnot ok 2 - <--help>\nnot ok 3 - <-j>\n"
                          "not ok 4 - <a b>\nnot ok 5 - <-->\n"
                          "ok     p.py                                         \n"
                          "0 scenarios, 1 program, 1 run: 1 passed\n");
}
END_TEST

START_TEST(test_many_arguments)
{
    shell(": >p.py");
    ck_assert_int_eq(run("fake-echoes", "p.py -- $(seq 500)"), 0);
    has(out, "not ok 501 - <500>\n");
}
END_TEST

START_TEST(test_program_that_fails)
{
    shell(": >p.py");
    ck_assert_int_eq(run("fake-echoes", "p.py -- 'it'\\''s' fail"), 1);
    has(out, "failed (exit): the program exited with 5\n");
    has(out, "again: spillway run --interp ./fake-echoes p.py -- 'it'\\''s' fail\n");
}
END_TEST

START_TEST(test_a_program_does_not_print_into_tap)
{
    shell(": >p.py");
    ck_assert_int_eq(run("fake-echoes", "--tap p.py"), 0);
    ck_assert_str_eq(out, "TAP version 13\n1..1\nok 1 - p.py\n"
                          "# 0 scenarios, 1 program, 1 run: 1 passed\n");
    ck_assert_str_eq(err, "not ok 1 - <p.py>\n");
}
END_TEST

/* ---- all of them ---- */

CHECK_SUITE(suite)
{
    TCase *options = tcase_create("options"), *specs = tcase_create("specs"),
          *accept = tcase_create("accept"), *programs = tcase_create("programs");
    TCase *cases[] = {options, specs, accept, programs};

    for (int i = 0; i < COUNT_OF(cases); i++) {
        suite_add_tcase(suite, cases[i]);
        tcase_add_checked_fixture(cases[i], setup, teardown);
        tcase_set_timeout(cases[i], 60);
        tcase_set_tags(cases[i], "no-memcheck"); /* it only starts other programs */
    }
    tcase_add_loop_test(options, test_mistake, 0, COUNT_OF(mistakes));
    tcase_add_loop_test(options, test_help_is_no_mistake, 0, 6);
    tcase_add_test(specs, test_nothing_runs_if_one_spec_is_bad);
    tcase_add_test(specs, test_large_file);
    tcase_add_test(specs, test_what_is_no_file);
    tcase_add_test(specs, test_a_transcript_that_is_no_file);
    tcase_add_test(specs, test_paths_in_every_shape);
    tcase_add_test(accept, test_accept);
    tcase_add_test(accept, test_a_difference_is_shown);
    tcase_add_test(accept, test_accept_is_not_for_ci);
    tcase_add_test(accept, test_a_failure_is_not_accepted);
    tcase_add_test(accept, test_accept_that_cannot_write);
    tcase_add_test(programs, test_program_and_its_arguments);
    tcase_add_test(programs, test_many_arguments);
    tcase_add_test(programs, test_program_that_fails);
    tcase_add_test(programs, test_a_program_does_not_print_into_tap);
}
