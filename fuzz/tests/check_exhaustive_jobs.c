/* SPDX-License-Identifier: MIT
 *
 * check_exhaustive_jobs.c - dpor in several processes says what it says in one; a process that is
 * killed changes nothing; and a search that is kept goes on where it was.
 */
#include "bench_fixture.h"

static const struct {
    const char *options, *test, *says;
} explored[] = {
    {"--continue", "lost_update.py::test_lost_update_2", "all 34 traces,"},
    {"", "lost_update.py::test_lost_update_2", "failed under dpor, number 2"},
    {"--continue", "carter01.py::test_carter01", "all 4 traces,"},
    {"", "account.py::test_account_fixed", "all 6 traces,"},
    {"--schedules 3", "account.py::test_account_fixed", "there are more than 3"},
    {"", "deadlock01.py::test_deadlock01", "deadlock"},
};

START_TEST(test_the_same_for_any_number_of_jobs)
{
    static const int jobs[] = {1, 2, 12};

    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        spillway("explore --strategy dpor --jobs %d %s -o kept.sched %s/%s", jobs[i],
                 explored[_i].options, bench, explored[_i].test);
        ASSERT_SAYS("out", explored[_i].says);
        ck_assert_int_eq(shell("sed 's/, [0-9.]* s\\b//' out >said%d; test ! -e kept.sched ||"
                               " mv kept.sched kept%d; cmp said1 said%d",
                               jobs[i], jobs[i], jobs[i]),
                         0);
        ck_assert_int_eq(shell("test ! -e kept1 || cmp kept1 kept%d", jobs[i]), 0);
    }
}
END_TEST

/* Files that the program changes are there once. */
START_TEST(test_jobs_take_turns_where_they_share_a_file)
{
    write_file("shares.py", "import threading\n"
                            "def test_it():\n"
                            "    with open('out.txt', 'w') as out: out.write('')\n"
                            "    def add():\n"
                            "        with open('out.txt', 'a') as out: out.write('x')\n"
                            "    threads = [threading.Thread(target=add) for _ in range(2)]\n"
                            "    for t in threads: t.start()\n"
                            "    for t in threads: t.join()\n"
                            "    assert open('out.txt').read() == 'xx'\n");
    int alone = spillway("explore --strategy dpor --jobs 1 shares.py::test_it");
    ck_assert_int_eq(shell("sed 's/, [0-9.]* s\\b//' out >alone"), 0);
    ck_assert_int_eq(spillway("explore --strategy dpor --jobs 2 shares.py::test_it"), alone);
    ASSERT_SAYS("out", "took turns");
    ck_assert_int_eq(shell("grep -v 'took turns' out | sed 's/, [0-9.]* s\\b//' | cmp - alone"), 0);
}
END_TEST

/* In a shell: kills one interpreter that the command has started, at some time. */
static const char kill_one_sh[] =
    "\"$@\" >out 2>err & whole=$!\n"
    "sleep $moment\n"
    "for p in /proc/[0-9]*; do\n"
    "    [ \"$(readlink $p/cwd)\" = \"$PWD\" ] || continue\n"
    "    case $(readlink $p/exe) in */python3*) kill -9 ${p#/proc/} && break;; esac\n"
    "done\n"
    "wait $whole\n";

START_TEST(test_a_killed_process_changes_nothing)
{
    static const char *const moments[] = {"0.2", "0.4"}; /* seconds; chosen freely */

    write_file("kill_one.sh", kill_one_sh);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        ck_assert_int_eq(shell("moment=%s sh kill_one.sh %s/spillway explore --strategy dpor "
                               "--jobs %d --continue %s/lost_update.py::test_lost_update_3",
                               moments[i], binaries, _i, bench),
                         1);
        ASSERT_SAYS("out", "308 of 328 schedules");
        ASSERT_SAYS("out", "all 328 traces,");
    }
}
END_TEST

/* ---- going on ---- */

#define KEPT "explore --strategy dpor --campaign kept --resume"

START_TEST(test_a_search_goes_on_where_it_was)
{
    static const int most[] = {1, 5, 20, 33, 1000};

    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        ck_assert_int_eq(spillway(KEPT
                                  " --jobs %d --schedules %d %s/lost_update.py::test_lost_update_2",
                                  (int)i % 3 + 1, most[i], bench),
                         i == 0 ? 3 : 1); /* the second is the first that fails */
    for (int i = 0; i < 2; i++) { /* and when all has been run, that is all it says */
        ASSERT_SAYS("out", "failed under dpor, number 2;");
        ASSERT_SAYS("out", "28 of 34 schedules");
        ASSERT_SAYS("out", "all 34 traces,");
        ck_assert_int_eq(spillway(KEPT " %s/lost_update.py::test_lost_update_2", bench), 1);
    }
    ck_assert_int_eq(spillway("replay kept/failing.sched"), 0);
}
END_TEST

START_TEST(test_a_killed_search_goes_on)
{
    static const char *const moments[] = {"0.3", "0.5", "0.7"}; /* seconds; chosen freely */

    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        shell("timeout --foreground -s KILL %s %s/spillway " KEPT
              " --jobs 2 %s/lost_update.py::test_lost_update_3"
              " >out 2>err",
              moments[i], binaries, bench);
    ck_assert_int_eq(spillway(KEPT " --jobs 2 %s/lost_update.py::test_lost_update_3", bench), 1);
    ASSERT_SAYS("out", "308 of 328 schedules");
    ASSERT_SAYS("out", "all 328 traces,");
}
END_TEST

START_TEST(test_what_cannot_go_on_is_refused)
{
    static const struct {
        const char *before, *options, *says;
    } cases[] = {
        {"true", "", "it holds this campaign already: --resume goes on with it"},
        {"true", "--resume --seed 7", "it holds a campaign from seed"},
        {"true", "--resume --shard 1/2", "dpor has no shards"},
        {"sed -i s/^node.*/node/ kept/search", "--resume", "'node' is not understood"},
        {"sed -i /end/d kept/search", "--resume", "it has no end"},
        {"echo x >kept/search", "--resume", "search:1: it does not begin with 'spillway dpor"},
    };

    ck_assert_int_eq(spillway(KEPT " --schedules 3 %s/account.py::test_account_fixed", bench), 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(shell("cp -r kept was; %s", cases[i].before), 0);
        ck_assert_int_eq(spillway("explore --strategy dpor --campaign kept %s "
                                  "%s/account.py::test_account_fixed",
                                  cases[i].options, bench),
                         2);
        ck_assert_msg(strstr(content("out"), cases[i].says) != NULL ||
                          strstr(content("err"), cases[i].says) != NULL,
                      "%s: %s%s", cases[i].says, content("out"), content("err"));
        ck_assert_int_eq(shell("rm -r kept; mv was kept"), 0);
    }
    ck_assert_int_eq(spillway("merge kept"), 2);
    ASSERT_SAYS("err", "one search by dpor");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *jobs = tcase_create("jobs");

    tcase_add_checked_fixture(jobs, setup_bench, teardown);
    tcase_set_timeout(jobs, 240);
    tcase_set_tags(jobs, "no-memcheck");
    tcase_add_loop_test(jobs, test_the_same_for_any_number_of_jobs, 0,
                        sizeof explored / sizeof *explored);
    tcase_add_test(jobs, test_jobs_take_turns_where_they_share_a_file);
    tcase_add_loop_test(jobs, test_a_killed_process_changes_nothing, 1, 3);
    tcase_add_test(jobs, test_a_search_goes_on_where_it_was);
    tcase_add_test(jobs, test_a_killed_search_goes_on);
    tcase_add_test(jobs, test_what_cannot_go_on_is_refused);
    suite_add_tcase(suite, jobs);
}
