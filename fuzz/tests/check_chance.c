/* SPDX-License-Identifier: MIT
 *
 * check_chance.c - which random numbers a run has is searched, kept and said.
 */
#include "contract/chance.h"
#include "harness/tests/control_fixture.h"
#include "harness/tests/interps.h"

static void setup_files(void)
{
    setup();
    if (interp_count == 0)
        interps_find();
    shell("cp %s/../../fuzz/tests/shuffled_batches.py .", programs);
}

/* The numbers that follow "chance" in its line. */
static long chance_of(const char *path)
{
    const char *line = strstr(content(path), "\nchance ");

    return line != NULL ? strtol(line + strlen("\nchance "), NULL, 10) : 0;
}

/* ---- which seed has which ---- */

START_TEST(test_seeds_share_chances_and_none_is_left_out)
{
    uint32_t last = sw_chance_of_seed(SW_CHANCE_SHARED, 0);

    ck_assert_uint_eq(last, SW_CHANCE_FIRST);
    for (uint64_t seed = 1; seed < 5000; seed++) {
        uint32_t chance = sw_chance_of_seed(SW_CHANCE_SHARED, seed);
        uint64_t left = sw_chance_seeds_left(SW_CHANCE_SHARED, seed, 3);
        ck_assert(chance == last || chance == last + 1);
        ck_assert_uint_eq(sw_chance_of_seed(SW_CHANCE_SHARED, seed + 3 * left), chance);
        ck_assert_uint_ne(sw_chance_of_seed(SW_CHANCE_SHARED, seed + 3 * left + 3), chance);
        last = chance;
    }
    ck_assert_uint_eq(sw_chance_of_seed(SW_CHANCE_SHARED, 50), 11);
    ck_assert_uint_eq(sw_chance_of_seed(SW_CHANCE_SHARED, 1000), 28);
    ck_assert_uint_eq(sw_chance_of_seed(SW_CHANCE_OWN, 50), 50);
    ck_assert_uint_ge(sw_chance_of_seed(SW_CHANCE_SHARED, UINT64_MAX), 28);
}
END_TEST

/* ---- what follows from it ---- */

static const char *const sources[] = {
    "import os; print(os.urandom(8))",
    "print(open('/dev/urandom', 'rb', 0).read(8))",
    "import random; print(random.random())",
    "import uuid; print(uuid.uuid4())",
    "import secrets; print(secrets.token_hex())",
    "import ctypes; print(ctypes.CDLL(None).arc4random())",
    "import ctypes; b = ctypes.create_string_buffer(8)\n"
    "ctypes.CDLL(None).getentropy(b, 8); print(b.raw)",
};

/* The same of one chance, others of another; and hashes are no random numbers. */
START_TEST(test_all_of_it_follows_from_the_chance)
{
    write_file("draws.py", sources[_i]);
    ck_assert_int_eq(spillway("record -o a.sched draws.py"), 0);
    shell("cp out first");
    ck_assert_int_eq(spillway("record -o b.sched --chance 1 draws.py"), 0);
    ck_assert_int_eq(shell("cmp out first"), 0);
    ck_assert_int_eq(spillway("record -o c.sched --chance 2 draws.py"), 0);
    ck_assert_int_ne(shell("cmp -s out first"), 0);
    shell("cp out second");
    ck_assert_int_eq(spillway("replay c.sched"), 0);
    ck_assert_int_eq(shell("cmp out second"), 0);
    ck_assert_int_eq(chance_of("c.sched"), 2);
    ck_assert_int_eq(chance_of("a.sched"), 0);
}
END_TEST

/* ---- it is searched ---- */

START_TEST(test_it_is_found_by_default)
{
    static const char *const targets[] = {"shuffled_batches.py::test_shuffled",
                                          "shuffled_batches.py"};

    ck_assert_int_eq(spillway("explore -j 1 -o a.sched --schedules 50 %s", targets[_i]), 1);
    ASSERT_SAYS("out", "it drew random numbers: those of chance ");
    ck_assert_int_eq(spillway("explore -j 3 -o b.sched --schedules 50 %s", targets[_i]), 1);
    ck_assert_int_eq(shell("cmp a.sched b.sched"), 0);
    ck_assert_int_ge(chance_of("a.sched"), 1);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
    ASSERT_SAYS("err", "as recorded");
}
END_TEST

/* Equal, whoever runs which seeds. */
START_TEST(test_jobs_do_not_matter)
{
    ck_assert_int_eq(spillway("explore -j 1 -o a.sched shuffled_batches.py::test_both"), 1);
    ck_assert_int_eq(spillway("explore -j 4 -o b.sched shuffled_batches.py::test_both"), 1);
    ck_assert_int_eq(shell("cmp a.sched b.sched"), 0);
    ck_assert_int_eq(spillway("replay a.sched"), 0);
}
END_TEST

START_TEST(test_a_campaign_has_it)
{
    ck_assert_int_eq(spillway("explore -j 2 --campaign all --schedules 40 "
                              "shuffled_batches.py::test_both"),
                     1);
    ck_assert_int_eq(shell("grep -q '^chance' all/failures/*.sched"), 0);
    for (int i = 1; i <= 2; i++)
        spillway("explore -j 1 --campaign parts --resume --shard %d/2 --schedules 40 "
                 "shuffled_batches.py::test_both",
                 i);
    spillway("merge all");
    shell("grep -o '[0-9]* fails*, from.*' out >one");
    spillway("merge parts");
    shell("grep -o '[0-9]* fails*, from.*' out >two");
    ck_assert_int_eq(shell("test -s one && cmp one two"), 0);
    /* A fixed one is another plan. */
    ck_assert_int_eq(spillway("explore --campaign all --resume --chance 1 --schedules 40 "
                              "shuffled_batches.py::test_both"),
                     2);
    ASSERT_SAYS("err", "with the setting");
}
END_TEST

/* ---- it is kept ---- */

START_TEST(test_minimise_says_whether_it_matters)
{
    ck_assert_int_eq(spillway("explore -o a.sched shuffled_batches.py::test_both"), 1);
    ck_assert_msg(chance_of("a.sched") > 1, "%s", content("a.sched"));
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("out", "its random numbers matter: those of chance ");
    ck_assert_int_eq(chance_of("a.min.sched"), chance_of("a.sched"));
    ck_assert_int_eq(spillway("promote a.min.sched --name kept --to kept"), 0);
    ck_assert_int_eq(chance_of("kept/kept.sched"), chance_of("a.sched"));
    ck_assert_int_eq(spillway("replay kept/kept.sched"), 0);
}
END_TEST

START_TEST(test_minimise_gives_it_back)
{
    ck_assert_int_eq(spillway("explore --chance 9 -o a.sched "
                              "shuffled_batches.py::test_only_the_schedule"),
                     1);
    ck_assert_int_eq(chance_of("a.sched"), 9);
    ck_assert_int_eq(spillway("minimise a.sched"), 0);
    ASSERT_SAYS("out", "its random numbers do not matter");
    ASSERT_SAYS("out", "with the same random numbers");
    ck_assert_int_eq(chance_of("a.min.sched"), 0);
    ck_assert_int_eq(spillway("replay a.min.sched"), 0);
}
END_TEST

/* ---- what may be said ---- */

static const struct {
    const char *options, *says;
} claims[] = {
    {"--strategy preemptions:1", "with chance 1; other random numbers were not tried"},
    {"--strategy delays:1 --chance 5", "with chance 5; other random numbers were not tried"},
    {"--strategy dpor", "with chance 1; other random numbers were not tried"},
    {"--strategy coverage --schedules 9", "with chance 1; other random numbers were not tried"},
    {"--chance 3", "with chance 3; other random numbers were not tried"},
    {"--grain call --schedules 40", "random numbers of the chances from 1 to 40"},
};

START_TEST(test_what_is_said)
{
    write_file("calm.py", "def test_it():\n    import os\n    assert len(os.urandom(2)) == 2\n");
    ck_assert_msg(spillway("explore %s calm.py::test_it", claims[_i].options) == 0, "%s%s",
                  content("out"), content("err"));
    ASSERT_SAYS("out", claims[_i].says);
    ck_assert_ptr_null(strstr(content("out"), "there are no others"));
}
END_TEST

/* What an import has drawn, and whether a test makes use of it. */
static const struct {
    const char *import, *body;
    int follows;
} draws[] = {
    {"random", "pass", 0},
    {"tempfile, uuid", "pass", 0},
    {"secrets", "pass", 0},
    {"random", "random.getrandbits(1)", 1},
    {"random", "random.seed()", 1},
    {"random; own = random.Random()", "own.random()", 1},
    {"random; own = random.random()", "pass", 1},
    {"random; state = random.getstate()", "random.setstate(state); random.random()", 1},
    {"os; own = os.urandom(3)", "pass", 1},
    {"tempfile; tempfile.gettempdir()", "pass", 1},
    {"tempfile", "tempfile.mkstemp()", 0},
};

START_TEST(test_what_imports_draw_counts_if_it_is_used)
{
    char text[512];

    snprintf(text, sizeof text,
             "import %s\nfrom threading import Thread\ndef test_it():\n    %s\n"
             "    many = [Thread(target=int) for i in range(2)]\n"
             "    for one in many: one.start()\n    for one in many: one.join()\n",
             draws[_i].import, draws[_i].body);
    write_file("it.py", text);
    ck_assert_int_eq(spillway("explore --strategy delays:1 it.py::test_it"), 0);
    ck_assert_msg((strstr(content("out"), "random numbers") != NULL) == draws[_i].follows, "%s",
                  content("out"));
    /* No process is started for another chance that nobody makes use of. */
    ck_assert_int_eq(spillway("explore -j 1 --schedules 12 it.py::test_it"), 0);
    ck_assert_msg((strstr(content("out"), "random numbers") != NULL) == draws[_i].follows, "%s",
                  content("out"));
    if (!draws[_i].follows)
        ck_assert(strstr(content("out"), " in 3 pro") || strstr(content("out"), " in 4 pro"));
}
END_TEST

/* However it ends. */
START_TEST(test_a_deadlock_follows_no_chance)
{
    write_file("it.py", "import random\nfrom threading import Lock\n"
                        "def test_it():\n    lock = Lock()\n    lock.acquire()\n"
                        "    lock.acquire()\n");
    ck_assert_int_eq(spillway("explore it.py::test_it"), 1);
    ASSERT_SAYS("out", "kind: deadlock");
    ck_assert_ptr_null(strstr(content("out"), "random numbers"));
}
END_TEST

/* Some versions draw twice for each generator that they make (3.6, 3.7 and 3.10). */
START_TEST(test_what_imports_draw_on_each_interpreter)
{
    write_file("it.py", "import random, secrets, tempfile\ndef test_it(): pass\n");
    write_file("used.py", "import random\nown = random.Random()\n"
                          "def test_it(): own.random()\n");
    for (int i = 0; i < interp_count; i++) {
        if (strstr(interps[i], "pypy") != NULL)
            continue; /* whose generators are not looked at */
        ck_assert_int_eq(spillway("explore -i %s it.py::test_it", interps[i]), 0);
        ck_assert_msg(strstr(content("out"), "chances") == NULL, "%s: %s", interps[i],
                      content("out"));
        spillway("explore -i %s --schedules 3 used.py::test_it", interps[i]);
        ck_assert_msg(strstr(content("out"), "chances") != NULL, "%s: %s", interps[i],
                      content("out"));
    }
}
END_TEST

/* Who draws nothing hears nothing of it. */
START_TEST(test_nothing_is_said)
{
    write_file("calm.py", "def test_it(): pass\n");
    ck_assert_int_eq(spillway("explore calm.py::test_it"), 0);
    ASSERT_SAYS("out", "(1 schedule, ");
    ck_assert_ptr_null(strstr(content("out"), "chance"));
    ck_assert_int_eq(spillway("explore --strategy preemptions calm.py::test_it"), 0);
    ASSERT_SAYS("out", "there are no others");
}
END_TEST

/* The first process had no checkpoint, and could not say that imports draw before it: then each
 * schedule had a chance, and so a process, of its own. */
START_TEST(test_a_refused_checkpoint_does_not_hide_what_imports_draw)
{
    write_file("early.py", "import os, random, threading\n"
                           "pipe = os.pipe()\n"
                           "threads = [threading.Thread(target=random.random) for _ in 'ab']\n"
                           "for t in threads: t.start()\n"
                           "for t in threads: t.join()\n");
    ck_assert_int_eq(spillway("explore -j 1 --strategy random --schedules 20 early.py"), 0);
    ASSERT_SAYS("out", "in 7 processes");
    ASSERT_SAYS("out", "random numbers of the chances from 1 to 6");
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *seeds_of = tcase_create("seeds"), *run = tcase_create("run");

    tcase_add_test(seeds_of, test_seeds_share_chances_and_none_is_left_out);
    suite_add_tcase(suite, seeds_of);
    tcase_add_checked_fixture(run, setup_files, teardown);
    tcase_set_timeout(run, 120);
    tcase_set_tags(run, "no-memcheck");
    tcase_add_loop_test(run, test_all_of_it_follows_from_the_chance, 0,
                        sizeof sources / sizeof *sources);
    tcase_add_loop_test(run, test_it_is_found_by_default, 0, 2);
    tcase_add_test(run, test_jobs_do_not_matter);
    tcase_add_test(run, test_a_campaign_has_it);
    tcase_add_test(run, test_minimise_says_whether_it_matters);
    tcase_add_test(run, test_minimise_gives_it_back);
    tcase_add_loop_test(run, test_what_is_said, 0, sizeof claims / sizeof *claims);
    tcase_add_test(run, test_a_deadlock_follows_no_chance);
    tcase_add_test(run, test_what_imports_draw_on_each_interpreter);
    tcase_add_loop_test(run, test_what_imports_draw_counts_if_it_is_used, 0,
                        sizeof draws / sizeof *draws);
    tcase_add_test(run, test_nothing_is_said);
    tcase_add_test(run, test_a_refused_checkpoint_does_not_hide_what_imports_draw);
    suite_add_tcase(suite, run);
}
