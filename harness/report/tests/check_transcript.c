/* SPDX-License-Identifier: MIT
 *
 * check_transcript.c - events as text, a schedule's section, the .out file.
 */
#include <stdio.h>
#include <unistd.h>

#include "harness/report/transcript.h"
#include "harness/tests/runner_event_shm.h"
#include "harness/formats/tests/spec_texts.h"

static char folder[64];

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_transcript.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    event_shm_setup();
}

static void teardown(void)
{
    char command[100];

    event_shm_teardown();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* ---- events ---- */

static const struct {
    unsigned kind;
    const char *line; /* NULL: it has no place in a transcript */
} lines[] = {
    {SW_EVENT_NONE, NULL},
    {SW_EVENT_MOVE, NULL},
    {SW_EVENT_DONE, NULL},
    {SW_EVENT_RAISED, NULL},
    {SW_EVENT_BLOCKS, NULL},
    {SW_EVENT_PARKED, NULL},
    {SW_EVENT_PAUSES, NULL},
    {SW_EVENT_UNFINISHED, NULL},
    {SW_EVENT_ENDS, "who         ends"},
    {SW_EVENT_SEND, "who         sends v7 on object"},
    {SW_EVENT_DELIVER, "who         hands v7 to other on object"},
    {SW_EVENT_RECEIVED, "who         receives v7 from object"},
    {SW_EVENT_DISPLACED, "who         is thrown at, which displaces v7 of other"},
    {SW_EVENT_EXPLODES, "who         raises v7 from object"},
    {SW_EVENT_SPILL, "who         spills at text"},
    {SW_EVENT_UNSPILL, "who         has its stack back"},
    {SW_EVENT_RELEASE, "who         releases other, the last reference"},
    {SW_EVENT_RELEASED, NULL},
    {SW_EVENT_DEALLOC, "who         is deallocated"},
    {SW_EVENT_COLLECT, "who         collects garbage at text"},
    {SW_EVENT_WAIT, "T2          waits for another thread"},
    {SW_EVENT_WAKE, "who         wakes T3 for other"},
    {SW_EVENT_UNRAISABLE, "who         cannot raise text"},
    {SW_EVENT_LOST, "who         *** value-lost ***"},
    {SW_EVENT_WRONG, "who         *** value-wrong ***"},
    {SW_EVENT_DOUBLED, "who         *** value-doubled ***"},
    {SW_EVENT_MISPLACED, "who         *** value-misplaced ***"},
    {SW_EVENT_PHANTOM, "who         *** value-phantom ***"},
    {SW_EVENT_DETONATED, "who         *** exception-misplaced ***"},
    {SW_EVENT_INVARIANT, "who         *** invariant ***"},
    {SW_EVENT_CONDITION, "who         *** condition ***"},
    {SW_EVENT_SETUP_RAISED, "who         *** setup-raised ***"},
    {SW_EVENT_CRASH, "who         *** crash ***"},
    {SW_EVENT_FINISHED, NULL},
    {SW_EVENT_VISIT, NULL},
};
enum { LINE_COUNT = COUNT_OF(lines) };
_Static_assert((int)LINE_COUNT == (int)SW_EVENT_COUNT, "each kind has its line");

START_TEST(test_line_of_each_event)
{
    char line[SW_TRANSCRIPT_LINE_MAX];
    struct sw_event *event = append(lines[_i].kind, 1, "who");

    ck_assert_uint_eq(lines[_i].kind, (unsigned)_i);
    event->thread = 2;
    event->object = text("object");
    event->other = text("other");
    event->value = 7;
    event->text = text("text");
    event->note = text("note");
    event->count = 3;
    int has_place = sw_transcript_event(line, sizeof line, event_shm, event);
    ck_assert_int_eq(has_place, lines[_i].line != NULL);
    ck_assert_str_eq(line, lines[_i].line != NULL ? lines[_i].line : "");
}
END_TEST

START_TEST(test_values_that_nobody_sent_and_references_that_are_not_the_last)
{
    char line[SW_TRANSCRIPT_LINE_MAX];
    struct sw_event *event = append(SW_EVENT_RECEIVED, 1, "a-name-that-is-long");

    event->object = text("ch");
    sw_transcript_event(line, sizeof line, event_shm, event);
    ck_assert_str_eq(line, "a-name-that-is-long receives something never sent from ch");
    ck_assert_int_eq(
        sw_transcript_event(line, sizeof line, event_shm, append(SW_EVENT_RELEASE, 1, "")), 0);
}
END_TEST

START_TEST(test_long_names_are_cut_between_characters)
{
    char name[SW_EVENT_SHM_SANITIZE_TEXT_MAX + 1] = "", line[50];

    for (int i = 0; i + 3 < (int)sizeof name; i += 3)
        strcat(name, "\xe2\x82\xac");
    sw_transcript_event(line, sizeof line, event_shm, append(SW_EVENT_ENDS, 1, name));
    ck_assert_uint_eq(strlen(line), 48);
}
END_TEST

/* ---- sections ---- */

/* A receiver waits, and is parked when it has got its value; its stack was spilled because the
 * schedule asked for it. */
static void fill(void)
{
    struct sw_event *event;

    append(SW_EVENT_SEND, 0, "of the setup");
    append(SW_EVENT_MOVE, 1, "wait");
    event = append(SW_EVENT_SPILL, 1, "receiver");
    event->text = text("eval.enter");
    event->value = 1;
    event = append(SW_EVENT_BLOCKS, 1, "wait");
    event->object = text("ch");
    event->text = text("receive");
    append(SW_EVENT_MOVE, 2, "send");
    event = append(SW_EVENT_SEND, 2, "sender");
    event->object = text("ch");
    event->value = 1;
    append(SW_EVENT_DONE, 2, "send");
    append(SW_EVENT_PARKED, 2, "wait");
    append(SW_EVENT_MOVE, 3, "check");
}

static const char *section_of(const char *source)
{
    static char *section;
    size_t size;

    free(section);
    FILE *out = open_memstream(&section, &size);
    struct sw_spec *spec = accept(source);

    ck_assert_ptr_nonnull(out);
    sw_transcript_write(out, event_shm, spec, &spec->schedules[0]);
    fclose(out);
    sw_spec_free(spec);
    return section; /* until the next call */
}

#define STEPS "tasklet r on T0\n step wait {}\n step check {}\ntasklet s on T0\n step send {}\n"
#define MOVES \
    "schedule x\n wait : blocks ch.receive\n" \
    " send spill at eval.enter#1 gc at chan.send#2 : done, wakes wait: done\n check : done\n"

START_TEST(test_section)
{
    fill();
    ck_assert_str_eq(
        section_of(STEPS MOVES),
        "schedule x\n"
        "   1  wait : blocks ch.receive\n"
        "         receiver    spills at eval.enter\n"
        "   2  send spill at eval.enter#1 gc at chan.send#2 : done, wakes wait: parked\n"
        "         sender      sends v1 on ch\n"
        "   3  check : has not come to rest\n");
}
END_TEST

START_TEST(test_spills_that_nobody_asked_for_are_left_out)
{
    fill();
    append(SW_EVENT_SPILL, 3, "deep");
    append(SW_EVENT_UNSPILL, 3, "deep");
    ck_assert_ptr_null(strstr(section_of(STEPS MOVES), "deep"));
}
END_TEST

START_TEST(test_more_moves_than_the_schedule_has)
{
    fill();
    append(SW_EVENT_MOVE, 4, "?");
    append(SW_EVENT_MOVE, 5, "?");
    ck_assert_ptr_nonnull(strstr(section_of(STEPS MOVES), "3  check"));
}
END_TEST

START_TEST(test_endless_sections_end)
{
    append(SW_EVENT_MOVE, 1, "wait");
    while (event_shm->event_count < SW_EVENTS_MAX)
        append(SW_EVENT_ENDS, 1, "somebody-with-a-name");
    const char *section = section_of(STEPS MOVES);
    ck_assert_uint_lt(strlen(section), SW_TRANSCRIPT_SECTION_MAX + 200u);
    ck_assert_ptr_nonnull(strstr(section, "too long for a transcript"));
}
END_TEST

/* ---- names ---- */

static const char *name_of(const char *path)
{
    static char name[SW_TRANSCRIPT_NAME_MAX];

    sw_transcript_spec_name(path, name, sizeof name);
    return name;
}

static void make(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

START_TEST(test_name_is_the_same_from_everywhere)
{
    make("mkdir value && : >value/one.spec && : >value/two");
    ck_assert_str_eq(name_of("value/one.spec"), "value/one");
    ck_assert_str_eq(name_of("./value//one.spec"), "value/one");
    ck_assert_str_eq(name_of("value/two"), "value/two");
    ck_assert_int_eq(chdir("value"), 0);
    ck_assert_str_eq(name_of("one.spec"), "value/one");
    ck_assert_str_eq(name_of("../value/one.spec"), "value/one");
    ck_assert_int_eq(chdir(folder), 0);
}
END_TEST

START_TEST(test_name_of_what_is_not_there)
{
    ck_assert_str_eq(name_of("one.spec"), "one");
    ck_assert_str_eq(name_of("a/b/one.spec"), "b/one");
    ck_assert_str_eq(name_of("/one.spec"), "one");
    ck_assert_str_eq(name_of(".spec"), ".spec");
    ck_assert_str_eq(name_of(""), "");
}
END_TEST

/* ---- the .out file ---- */

static const char sections[] = "schedule x\n   1  s : done\nschedule x2\n   1  s : parked\n";

static struct sw_spec *spec;
static char spec_path[] = "one.spec", lost_path[] = "nowhere/one.spec";
static struct sw_expected expected; /* as loaded last */
static char *diff; /* as found last */

static void setup_spec(void)
{
    setup();
    spec = accept(LEAST);
    spec->path = spec_path;
}

static void teardown_spec(void)
{
    sw_spec_free(spec);
    sw_golden_free(&expected);
    free(diff);
    diff = NULL;
    teardown();
}

static void load(void)
{
    struct sw_error e;

    sw_golden_free(&expected);
    ck_assert_msg(sw_golden_load(spec, &expected, &e) == 0, "%s", e.text);
}

static void write_and_load(void)
{
    struct sw_error e;

    ck_assert_int_eq(sw_golden_write(spec, sections, &e), 0);
    load();
}

static int is_stale(void)
{
    load();
    ck_assert_ptr_nonnull(expected.text);
    return expected.stale;
}

static int compare(const char *schedule, const char *section)
{
    free(diff);
    diff = NULL;
    return sw_golden_compare(&expected, schedule, section, &diff);
}

START_TEST(test_round_trip)
{
    write_and_load();
    ck_assert_int_eq(expected.stale, 0);
    ck_assert_int_eq(compare("x", "schedule x\n   1  s : done\n"), 0);
    ck_assert_int_eq(compare("x2", "schedule x2\n   1  s : parked\n"), 0);
    ck_assert_ptr_null(diff);
    ck_assert_int_ne(access("one.out.new", F_OK), 0);
}
END_TEST

START_TEST(test_head_of_the_file)
{
    char head[200];

    make(": >one.spec");
    write_and_load();
    snprintf(head, sizeof head, "spec %s/one hash %016llx\nschedule x\n", folder + strlen("/tmp/"),
             (unsigned long long)spec->hash);
    ck_assert_mem_eq(expected.text, head, strlen(head));
}
END_TEST

START_TEST(test_stale)
{
    write_and_load();
    ck_assert_int_eq(is_stale(), 0);
    spec->hash ^= 1;
    ck_assert_int_eq(is_stale(), 1);
}
END_TEST

START_TEST(test_a_renamed_folder_makes_nothing_stale)
{
    make("mkdir a");
    write_and_load();
    make("mv one.out a");
    ck_assert_int_eq(chdir("a"), 0);
    ck_assert_int_eq(is_stale(), 0);
    ck_assert_int_eq(chdir(folder), 0);
}
END_TEST

START_TEST(test_a_broken_head_is_stale)
{
    make(": >one.out");
    ck_assert_int_eq(is_stale(), 1);
    make("printf 'no end of line' >one.out");
    ck_assert_int_eq(is_stale(), 1);
    make("printf 'hash\\n' >one.out");
    ck_assert_int_eq(is_stale(), 1);
}
END_TEST

START_TEST(test_missing)
{
    load();
    ck_assert_ptr_null(expected.text);
    ck_assert_int_eq(expected.stale, 0);
    ck_assert_int_eq(compare("x", "schedule x\n"), -1);
    ck_assert_str_eq(diff, "+  schedule x\n");
}
END_TEST

START_TEST(test_not_a_file)
{
    struct sw_error e;

    make(_i ? "mkfifo one.out" : "mkdir one.out");
    ck_assert_int_eq(sw_golden_load(spec, &expected, &e), -1);
    ck_assert_ptr_nonnull(strstr(e.text, "cannot read its transcript one.out"));
    ck_assert_ptr_null(expected.text);
}
END_TEST

START_TEST(test_write_into_nowhere)
{
    struct sw_error e;

    spec->path = lost_path;
    ck_assert_int_eq(sw_golden_write(spec, sections, &e), -1);
    ck_assert_ptr_nonnull(strstr(e.text, "nowhere/one.out"));
}
END_TEST

START_TEST(test_schedule_that_the_file_does_not_have)
{
    write_and_load();
    ck_assert_int_eq(compare("3", "schedule 3\n"), -1);
    ck_assert_str_eq(diff, "+  schedule 3\n");
    ck_assert_int_eq(compare("", "schedule \n"), -1);
}
END_TEST

/* ---- differences ---- */

static const struct {
    const char *wanted, *got, *difference;
} differences[] = {
    {"", "", ""},
    {"a\n", "a\n", "   a\n"},
    {"a\nb\nc\n", "a\nx\nc\n", "   a\n-  b\n+  x\n   c\n"},
    {"a\nc\n", "a\nb\nc\n", "   a\n+  b\n   c\n"},
    {"a\nb\nc\n", "a\nc\n", "   a\n-  b\n   c\n"},
    {"a\na\n", "a\na\na\n", "   a\n   a\n+  a\n"},
    {"xa\n", "a\n", "-  xa\n+  a\n"},
    {"a\nxb\n", "a\nb\n", "   a\n-  xb\n+  b\n"},
    {"a", "a\n", "-  a\n+  a\n"},
    {"a\nb", "a", "-  a\n-  b\n+  a\n"},
};

START_TEST(test_difference)
{
    char *found = sw_golden_difference(differences[_i].wanted, differences[_i].got);

    ck_assert_str_eq(found, differences[_i].difference);
    free(found);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *events = tcase_create("events"), *sectioning = tcase_create("sections"),
          *names = tcase_create("names"), *files = tcase_create("files");
    TCase *cases[] = {events, sectioning, names, files};

    for (int i = 0; i < COUNT_OF(cases); i++) {
        suite_add_tcase(suite, cases[i]);
        if (cases[i] == files)
            tcase_add_checked_fixture(cases[i], setup_spec, teardown_spec);
        else
            tcase_add_checked_fixture(cases[i], setup, teardown);
    }
    tcase_add_loop_test(events, test_line_of_each_event, 0, LINE_COUNT);
    tcase_add_test(events, test_values_that_nobody_sent_and_references_that_are_not_the_last);
    tcase_add_test(events, test_long_names_are_cut_between_characters);
    tcase_add_test(sectioning, test_section);
    tcase_add_test(sectioning, test_spills_that_nobody_asked_for_are_left_out);
    tcase_add_test(sectioning, test_more_moves_than_the_schedule_has);
    tcase_add_test(sectioning, test_endless_sections_end);
    tcase_add_test(names, test_name_is_the_same_from_everywhere);
    tcase_add_test(names, test_name_of_what_is_not_there);
    tcase_add_test(files, test_round_trip);
    tcase_add_test(files, test_head_of_the_file);
    tcase_add_test(files, test_stale);
    tcase_add_test(files, test_a_renamed_folder_makes_nothing_stale);
    tcase_add_test(files, test_a_broken_head_is_stale);
    tcase_add_test(files, test_missing);
    tcase_add_loop_test(files, test_not_a_file, 0, 2);
    tcase_add_test(files, test_write_into_nowhere);
    tcase_add_test(files, test_schedule_that_the_file_does_not_have);
    tcase_add_loop_test(files, test_difference, 0, COUNT_OF(differences));
}
