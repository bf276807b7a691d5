/* SPDX-License-Identifier: MIT
 *
 * The language: what it means, what is refused, and where.
 */
#include <xxhash.h>

#include "contract/faults.h"
#include "contract/points.h"
#include "contract/spill_setting.h"
#include "spec_texts.h"

struct refused {
    const char *text;
    unsigned line;
    unsigned column;
    const char *message;
};

static void refuse(const struct refused *r)
{
    refuse_bytes(r->text, strlen(r->text), r->line, r->column, r->message);
}

/* ---- shape ---- */

START_TEST(test_header)
{
    struct sw_spec *spec = accept(everything);
    char faults[SW_FAULT_SET_TEXT_MAX];

    ck_assert_str_eq(spec->path, "a.spec");
    ck_assert_uint_eq(spec->hash, XXH3_64bits(everything, sizeof everything - 1));
    ck_assert_str_eq(spec->summary, "The value that was received is None: \xc3\xa9t\xc3\xa9.");
    ck_assert_str_eq(spec->spill, "16384,segment");
    ck_assert_int_eq(spec->fails_count, 1);
    ck_assert_str_eq(sw_fault_set_format(spec->fails[0], '+', faults, sizeof faults),
                     "release-eats-mailbox+spill-entry-eats-mailbox");
    ck_assert_int_eq(spec->survives_count, 2);
    ck_assert_str_eq(sw_fault_set_format(spec->survives[0], '+', faults, sizeof faults),
                     "release-eats-mailbox");
    ck_assert_str_eq(sw_fault_set_format(spec->survives[1], '+', faults, sizeof faults),
                     "spill-entry-eats-mailbox");
    ck_assert_int_eq(spec->thread_count, 3);
    ck_assert_uint_eq(spec->stack_bytes[2], 256u << 10);
    ck_assert_uint_eq(spec->stack_bytes[0], 0);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_blocks_are_dedented)
{
    struct sw_spec *spec = accept(everything);

    ck_assert_uint_eq(spec->setup_line, 13);
    ck_assert_str_eq(spec->setup, "ch = stackless.channel()\n"
                                  "class Watched(stackless.tasklet):\n"
                                  "\n"
                                  "    pass\n");
    ck_assert_str_eq(spec->steps[0].source, "got = {\"a\": ch.receive()}");
    ck_assert_uint_eq(spec->steps[0].line, 19);
    ck_assert_str_eq(spec->steps[1].source, "assert got\n");
    ck_assert_uint_eq(spec->steps[1].line, 21);
    ck_assert_str_eq(spec->steps[3].source, "if 1:\n    ch.send(2)\n");
    ck_assert_uint_eq(spec->steps[3].line, 27);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_actors_and_steps)
{
    struct sw_spec *spec = accept(everything);
    const struct sw_spec_actor *a = spec->actors;

    ck_assert_int_eq(spec->actor_count, 3);
    ck_assert_str_eq(a[0].name, "receiver");
    ck_assert_ptr_null(a[0].class_name);
    ck_assert_int_eq(a[0].left_blocked, 0);
    ck_assert_str_eq(a[1].class_name, "Watched");
    ck_assert_int_eq(a[1].kind, SW_ACTOR_TASKLET);
    ck_assert_int_eq(a[1].left_blocked, 1);
    ck_assert_int_eq(a[2].kind, SW_ACTOR_THREAD);
    ck_assert_int_eq(a[2].thread, 2);
    ck_assert_int_eq(spec->step_count, 4);
    ck_assert_str_eq(spec->steps[3].name, "ping-1");
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(spec->steps[i].actor, i == 0 ? 0 : i - 1);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_moves)
{
    struct sw_spec *spec = accept(everything);
    const struct sw_spec_schedule *s = spec->schedules;
    const struct sw_spec_move *m = s[0].moves;

    ck_assert_int_eq(spec->schedule_count, 2);
    ck_assert_str_eq(s[0].name, "callback-spills");
    ck_assert_uint_eq(s[0].line, 31);
    ck_assert_int_eq(s[0].move_count, 3);
    ck_assert_int_eq(m[0].outcome.kind, SW_OUT_BLOCKS);
    ck_assert_str_eq(m[0].outcome.name, "ch");
    ck_assert_str_eq(m[0].outcome.operation, "receive");
    ck_assert_int_eq(m[0].last, 0);
    ck_assert_uint_eq(m[1].line, 33);
    ck_assert_int_eq(m[1].step, 2);
    ck_assert_int_eq(m[1].last, 1);
    ck_assert_int_eq(m[1].directive_count, 2);
    ck_assert_uint_eq(m[1].directives[0].kind, SW_SPILL_AT);
    ck_assert_uint_eq(m[1].directives[0].point, SLP_POINT_RELEASE_ENTER);
    ck_assert_uint_eq(m[1].directives[0].nth, 1);
    ck_assert_uint_eq(m[1].directives[1].kind, SW_GC_AT);
    ck_assert_uint_eq(m[1].directives[1].nth, 20);
    ck_assert_int_eq(m[1].outcome.kind, SW_OUT_DONE);
    ck_assert_int_eq(m[1].wake_count, 1);
    ck_assert_int_eq(m[1].wakes[0].step, 0);
    ck_assert_int_eq(m[1].wakes[0].outcome.kind, SW_OUT_DONE);
    ck_assert_int_eq(m[2].last, 1);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_parked_steps_are_resumed)
{
    struct sw_spec *spec = accept(everything);
    const struct sw_spec_schedule *s = &spec->schedules[1];
    const struct sw_spec_move *m = s->moves;

    ck_assert_int_eq(s->move_count, 5);
    ck_assert_uint_eq(m[0].directives[0].kind, SW_UNTIL);
    ck_assert_int_eq(m[0].resume, 0);
    ck_assert_int_eq(m[0].last, 1);
    ck_assert_int_eq(m[0].outcome.kind, SW_OUT_PARKED);
    ck_assert_str_eq(m[1].outcome.name, "channel#3");
    ck_assert_str_eq(m[1].outcome.operation, "send");
    ck_assert_int_eq(m[2].outcome.kind, SW_OUT_RAISES);
    ck_assert_str_eq(m[2].outcome.name, "ValueError");
    ck_assert_int_eq(m[2].wakes[0].outcome.kind, SW_OUT_PAUSES);
    ck_assert_int_eq(m[3].resume, 1);
    ck_assert_int_eq(m[4].resume, 1);
    ck_assert_int_eq(m[4].last, 1);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_conditions)
{
    struct sw_spec *spec = accept(everything);

    ck_assert_int_eq(spec->condition_count, 2);
    ck_assert_str_eq(spec->conditions[0].source, "got == {\"a\": 1}");
    ck_assert_int_eq(spec->conditions[0].never, 0);
    ck_assert_uint_eq(spec->conditions[0].line, 41);
    ck_assert_str_eq(spec->conditions[1].source, "got is None");
    ck_assert_int_eq(spec->conditions[1].never, 1);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_least)
{
    struct sw_spec *spec = accept(LEAST);

    ck_assert_str_eq(spec->summary, "");
    ck_assert_str_eq(spec->spill, "never");
    ck_assert_str_eq(spec->setup, "");
    ck_assert_str_eq(spec->steps[0].source, "");
    ck_assert_int_eq(spec->thread_count, 1);
    ck_assert_int_eq(spec->condition_count, 0);
    sw_spec_free(spec);
    sw_spec_free(NULL);
}
END_TEST

START_TEST(test_spill_texts)
{
    static const char *const texts[][2] = {
        {"spill always\n" LEAST, "always"},
        {"spill never,segment\n" LEAST, "never,segment"},
        {"spill 65536 , copy # why\n" LEAST, "65536,copy"},
    };
    struct sw_spec *spec = accept(texts[_i][0]);

    ck_assert_str_eq(spec->spill, texts[_i][1]);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_summary_is_the_first_comment)
{
    static const char *const texts[][2] = {
        {"\n\n# one\n#\n#\t two \n\n# three\n" LEAST, "one two"},
        {"# SPDX-License-Identifier: MIT\n\n## one\n" LEAST, "one"},
        {"# SPDX-License\n" LEAST, "SPDX-License"},
        {LEAST "\n# one\n", ""},
    };
    struct sw_spec *spec = accept(texts[_i][0]);

    ck_assert_str_eq(spec->summary, texts[_i][1]);
    sw_spec_free(spec);
}
END_TEST

START_TEST(test_names_of_faults_and_points)
{
    struct sw_fault_set set = {{0}}, again;
    struct sw_error e;
    char buf[256];

    ck_assert_str_eq(sw_fault_set_name(SLP_FAULT_RELEASE_EATS_MAILBOX), "release-eats-mailbox");
    ck_assert_str_eq(sw_spec_point_name(SLP_POINT_SPILL_SAVE), "spill.save");
    ck_assert_str_eq(sw_fault_set_format(set, ',', buf, sizeof buf), "");
    ck_assert_int_eq(sw_fault_set_parse("spill-detonates-bomb+release-eats-mailbox", &set, &e), 0);
    ck_assert_str_eq(sw_fault_set_format(set, '+', buf, sizeof buf),
                     "release-eats-mailbox+spill-detonates-bomb");
    ck_assert_int_eq(sw_fault_set_parse(buf, &again, &e), 0);
    ck_assert(sw_fault_set_is_same(&set, &again));
    /* No room for the second name: none of it. */
    ck_assert_str_eq(sw_fault_set_format(set, ',', buf, 41), "release-eats-mailbox");
    ck_assert_str_eq(sw_fault_set_format(set, ',', buf, 42),
                     "release-eats-mailbox,spill-detonates-bomb");
    ck_assert_str_eq(sw_fault_set_format(set, ',', buf, 1), "");
}
END_TEST

START_TEST(test_fault_sets_refused)
{
    static const char *const texts[][2] = {
        {"", "expected the name of a fault"},
        {"+", "expected the name of a fault on both sides of '+'"},
        {"release-eats-mailbox+", "expected the name of a fault on both sides of '+'"},
        {"release-eat-mailbox",
         "unknown fault 'release-eat-mailbox'; did you mean 'release-eats-mailbox'?"},
        {"x", "unknown fault 'x'"},
        {"release-eats-mailbox+release-eats-mailbox",
         "fault 'release-eats-mailbox' twice in one set"},
    };
    const struct sw_fault_set before = {{42, 0, 0, 7}};
    struct sw_fault_set set = before;
    struct sw_error e;

    ck_assert_int_eq(sw_fault_set_parse(texts[_i][0], &set, &e), -1);
    ck_assert_str_eq(e.text, texts[_i][1]);
    ck_assert_uint_eq(e.line, 0);
    ck_assert(sw_fault_set_is_same(&set, &before));
}
END_TEST

/* 256 have room; those beyond the first word are as good as the others. */
START_TEST(test_a_fault_set_has_a_bit_for_each)
{
    struct sw_fault_set set = {{0}}, others = {{0}};

    for (int i = 0; i < SW_FAULT_SET_MAX; i++) {
        ck_assert(!sw_fault_set_has(&set, i));
        sw_fault_set_add(&set, i);
        ck_assert(sw_fault_set_has(&set, i));
        ck_assert_int_eq(sw_fault_set_count(&set), i + 1);
    }
    ck_assert(!sw_fault_set_is_same(&set, &others));
    sw_fault_set_add_all(&others, &set);
    ck_assert(sw_fault_set_is_same(&set, &others));
}
END_TEST

/* ---- places ---- */

static const struct refused header_lines[] = {
    {"", 1, 1, "the spec ends without a schedule"},
    {"# only this\n", 2, 1, "the spec ends without a schedule"},
    {"requires\n", 1, 9, "expected a need, like 'threads', but found the end of the line"},
    {"requires spill treads\n", 1, 16, "unknown need 'treads'; did you mean 'threads'?"},
    {"requires network\n", 1, 10,
     "unknown need 'network'; there are 'spill', 'threads', 'displaced', 'looks', 'refcounts', "
     "'gc', 'ring', 'kill', 'throw', 'traps', 'mailbox', 'run', 'runs', 'callbacks', 'told', "
     "'lives', 'binds', 'unwinds', 'ends', 'chained', 'leaving', 'far', 'elsewhere', 'waits', "
     "'nested', 'trashcan', 'atomic', 'timeout', 'context', 'trace'"},
    {"requires gc gc\n", 1, 13, "need 'gc' twice"},
    {"requires gc\nrequires gc\n", 2, 1, "a second 'requires'"},
    {"requires gc ,\n", 1, 13, "expected a need, like 'threads', but found ','"},
    {"spill 0\n", 1, 7, "'0' " SLP_SPILL_SETTING_REFUSED},
    {"spill 16K\n", 1, 7, "'16K' " SLP_SPILL_SETTING_REFUSED},
    {"spill allways\n", 1, 7, "'allways' " SLP_SPILL_SETTING_REFUSED},
    {"spill always, segmnt\n", 1, 15, "'always,segmnt' " SLP_SPILL_SETTING_REFUSED},
    {"spill always segment\n", 1, 14, "expected the end of the line but found 'segment'"},
    {"spill never\nspill never\n", 2, 1, "a second 'spill'"},
    {"fails release-eats-mailbox+spill-entry-eats-mailbx\n", 1, 28,
     "unknown fault 'spill-entry-eats-mailbx'; did you mean 'spill-entry-eats-mailbox'?"},
    {"fails # none\n", 1, 7, "expected the name of a fault but found the end of the line"},
    {"fails release-eats-mailbox\nsurvives release-eats-mailbox\n", 2, 10,
     "a second answer for the faults 'release-eats-mailbox'"},
    {"fault release-eats-mailbox\n", 1, 1,
     "unknown keyword 'fault'; there are 'requires', 'spill', 'fails', 'survives', 'stack', "
     "'setup', 'tasklet', 'thread', 'schedule', 'always', 'never'"},
    {"survive release-eats-mailbox\n", 1, 1, "unknown keyword 'survive'; did you mean 'survives'?"},
    {"stack T0 256K\n", 1, 7, "the stack of 'T0', the main thread, is given"},
    {"stack T16 256K\n", 1, 7, "unknown OS thread 'T16'; there are T0, the main one, to T15"},
    {"stack T01 256K\n", 1, 7, "unknown OS thread 'T01'; there are T0, the main one, to T15"},
    {"stack T1 127K\n", 1, 10, "a stack of '127K'; it has 128K to 64M"},
    {"stack T1 65M\n", 1, 10, "a stack of '65M'; it has 128K to 64M"},
    {"stack T1 4194305M\n", 1, 10, "a stack of '4194305M'; it has 128K to 64M"},
    {"stack T1 262144\n", 1, 10, "expected a size, like 256K or 8M, but found '262144'"},
    {"stack T1 1M\nstack T1 1M\n", 2, 7, "a second stack for 'T1'"},
    {"stack T1 1M\n" LEAST, 1, 7, "no actor is on 'T1'"},
    {"tasklet a on T0\nspill never\n", 2, 1,
     "'spill' comes too late; the order is header, setup, actors with their steps, schedules, "
     "conditions"},
    {" spill never\n", 1, 2, "'spill' begins in column 1"},
    {": x\n", 1, 1, "expected a keyword but found ':'"},
    {"schedul\xc3\xa9 x\n", 1, 1, "unknown keyword 'schedul\xc3\xa9'; did you mean 'schedule'?"},
};

static const struct refused blocks[] = {
    {"setup\n", 1, 6, "expected '{' but found the end of the line"},
    {"setup {", 1, 7, "this block is not closed before the end of the file"},
    {"# \xc3\xa9\nsetup {\n  x = 1\n", 2, 7, "this block is not closed before the end of the file"},
    {"setup {\n  x = 1\ntasklet a on T0\n", 3, 1,
     "the block of line 1 is not closed: expected '}' below that line's first word, or a line "
     "indented deeper, but found 'tasklet a on T0'"},
    {"tasklet a on T0\n  step s {\n    x\n }\n", 4, 2,
     "the block of line 2 is not closed: expected '}' below that line's first word, or a line "
     "indented deeper, but found '}'"},
    {"setup {\n} x\n", 2, 3, "'x' after the end of a block"},
    {"setup { x = 1\n}\n", 1, 9,
     "a block on one line ends with '}', the line's last character; the Python of a longer block "
     "begins on the line after its '{': 'x = 1'"},
    {"setup {}\nsetup {}\n", 2, 1, "a second 'setup'"},
    {"setup {\n}\ntasklet a on T0\nsetup {\n}\n", 4, 1,
     "'setup' comes too late; the order is header, setup, actors with their steps, schedules, "
     "conditions"},
};

static const struct refused actors[] = {
    {"tasklet\n", 1, 8, "expected the actor's name but found the end of the line"},
    {"tasklet 1st on T0\n", 1, 9,
     "expected the actor's name but found '1st'; a name is made of letters, digits, '_' and '-', "
     "and begins with a letter or '_'"},
    {"tasklet a at T0\n", 1, 11, "expected 'on' but found 'at'"},
    {"tasklet a on t0\n", 1, 14, "unknown OS thread 't0'; there are T0, the main one, to T15"},
    {"tasklet a on T\n", 1, 14, "unknown OS thread 'T'; there are T0, the main one, to T15"},
    {"tasklet a on T0 class\n", 1, 22,
     "expected the name of a class but found the end of the line"},
    {"tasklet a on T0 class A-B\n", 1, 23,
     "expected the name of a class but found 'A-B'; this has to be a Python identifier in ASCII"},
    {"tasklet a on T0 left\n", 1, 21, "expected 'blocked' but found the end of the line"},
    {"tasklet a on T0 let blocked\n", 1, 17,
     "unknown option of an actor 'let'; did you mean 'left'?"},
    {"tasklet a on T0 left blocked class A\n", 1, 30,
     "expected the end of the line but found 'class'"},
    {"thread a on T1 class A\n", 1, 16, "'class' is for tasklets, not for a thread"},
    {"tasklet a on T0\n step s {}\ntasklet a on T0\n", 3, 9,
     "a second actor 'a'; the first is in line 1"},
    {"thread a on T1\n step s {}\ntasklet b on T1\n", 3, 14,
     "'T1' already has the actor 'a' (line 1); a 'thread' actor has its OS thread for itself"},
    {"tasklet a on T1\n step s {}\nthread b on T1\n", 3, 13,
     "'T1' already has the actor 'a' (line 1); a 'thread' actor has its OS thread for itself"},
    {" step s {}\n", 1, 2,
     "'step' is indented, but only a step below its actor and a move below its schedule are"},
    {"tasklet a on T0\nstep s {}\n", 2, 1, "'step' is indented below the actor that runs it"},
    {"tasklet a on T0\n stpe s {}\n", 2, 2, "expected 'step' but found 'stpe'"},
    {"tasklet a on T0\n step s {}\n step s {}\n", 3, 7,
     "a second step 's'; the first is in line 2"},
    {"tasklet a on T0\nschedule x\n", 2, 10, "the schedule 'x' has no move"},
    {"tasklet b on T0\n" LEAST "\n", 1, 9, "the actor 'b' has no step"},
    {"tasklet b on T0\n step u {}\n" LEAST "\n", 2, 7, "no schedule uses the step 'u'"},
    {"tasklet aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa on T0\n", 1, 9,
     "name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' is longer than 64 characters"},
};

static const struct refused conditions[] = {
    {LEAST "\nalways\n", 5, 7, "expected a Python expression after 'always'"},
    {LEAST "\nnever  # x\n", 5, 8, "expected a Python expression after 'never'"},
    {LEAST "\nalways 1\nschedule y\n", 6, 1,
     "'schedule' comes too late; the order is header, setup, actors with their steps, schedules, "
     "conditions"},
    {LEAST "\n always 1\n", 5, 2, "'always' begins in column 1"},
    {LEAST "\nalways 1\n s : done\n", 6, 2,
     "'s' is indented, but only a step below its actor and a move below its schedule are"},
};

START_TEST(test_header_lines)
{
    refuse(&header_lines[_i]);
}
END_TEST

START_TEST(test_blocks)
{
    refuse(&blocks[_i]);
}
END_TEST

START_TEST(test_actors)
{
    refuse(&actors[_i]);
}
END_TEST

START_TEST(test_conditions_refused)
{
    refuse(&conditions[_i]);
}
END_TEST

/* ---- schedules ---- */

static const struct refused moves[] = {
    {ACTORS " wiat : done\n", 10, 2, "unknown step 'wiat'; did you mean 'wait'?"},
    {ACTORS " receiver : done\n", 10, 2,
     "unknown step 'receiver'; there are 'wait', 'check', 'send', 'ping', 'pong'"},
    {ACTORS "wait : done\n", 10, 1, "a move of 'wait' is indented below its schedule"},
    {ACTORS " : done\n", 10, 2, "expected the name of a step but found ':'"},
    {ACTORS " wait\n", 10, 6, "expected ':' or a directive but found the end of the line"},
    {ACTORS " wait done\n", 10, 7,
     "unknown directive 'done'; there are 'until', 'spill', 'gc', 'fail', 'kill', 'throw', 'end'"},
    {ACTORS " wait :\n", 10, 8, "expected an outcome but found the end of the line"},
    {ACTORS " wait : bloks ch.receive\n", 10, 9, "unknown outcome 'bloks'; did you mean 'blocks'?"},
    {ACTORS " wait : blocks ch\n", 10, 16,
     "expected a channel and its operation, like ch.receive or channel#1.send, but found 'ch'"},
    {ACTORS " wait : blocks channel#0.send\n", 10, 16,
     "expected a channel and its operation, like ch.receive or channel#1.send, but found "
     "'channel#0.send'"},
    {ACTORS " wait : blocks channel #1.send\n", 10, 16,
     "expected a channel and its operation, like ch.receive or channel#1.send, but found "
     "'channel'"},
    {ACTORS " wait : blocks ch.recieve\n", 10, 19,
     "unknown operation 'recieve'; did you mean 'receive'?"},
    {ACTORS " wait : raises\n", 10, 15,
     "expected the type of an exception but found the end of the line"},
    {ACTORS " wait : done done\n", 10, 14, "expected ',' or the end of the line but found 'done'"},
    {ACTORS " wait : done, wake send: done\n", 10, 15, "expected 'wakes' but found 'wake'"},
    {ACTORS " wait : done, wakes sent: done\n", 10, 21,
     "unknown step 'sent'; did you mean 'send'?"},
    {ACTORS " wait : done\nschedule x\n wait : done\n", 11, 10,
     "a second schedule 'x'; the first is in line 9"},
    {ACTORS "schedule y\n wait : done\n", 9, 10, "the schedule 'x' has no move"},
};

static const struct refused directives[] = {
    {ACTORS " wait untl chan.send#1 : parked\n", 10, 7,
     "unknown directive 'untl'; did you mean 'until'?"},
    {ACTORS " wait until spil.save#1 : parked\n", 10, 13,
     "unknown point 'spil.save'; did you mean 'spill.save'?"},
    {ACTORS " wait spill release.enter#1 : done\n", 10, 13,
     "expected 'at' but found 'release.enter'"},
    {ACTORS " wait until spill.save : parked\n", 10, 23,
     "expected '#' and the number of the visit right after 'spill.save'"},
    {ACTORS " wait until spill.save #1 : parked\n", 10, 23,
     "expected '#' and the number of the visit right after 'spill.save'"},
    {ACTORS " wait until spill.save#0 : parked\n", 10, 24,
     "expected the number of a visit, from 1, right after '#' but found '0'"},
    {ACTORS " wait until spill.save# 1 : parked\n", 10, 25,
     "expected the number of a visit, from 1, right after '#' but found '1'"},
    {ACTORS " wait until spill.save#4294967296 : parked\n", 10, 24,
     "expected the number of a visit, from 1, right after '#' but found '4294967296'"},
    {ACTORS " wait spill at spill.save#1 : done\n", 10, 16,
     "nothing can be spilled at 'spill.save'; possible at eval.enter, release.enter, "
     "callback.enter"},
    {ACTORS " wait gc at spill.save#1 : done\n", 10, 13,
     "the collector cannot run at 'spill.save'; possible at eval.enter, release.enter, "
     "callback.enter, switch.release, switch.released, tasklet.start, chan.send, chan.receive"},
    {ACTORS " wait until chan.new#1 : parked\n", 10, 13, "nothing can be parked at 'chan.new'"},
    {ACTORS " wait until chan.send#1 until chan.send#2 : parked\n", 10, 25,
     "a second 'until' in one move"},
    {ACTORS " wait gc at chan.send#1 gc at chan.send#1 : done\n", 10, 25,
     "the same directive at 'chan.send#1' twice"},
};

#define PARKED " ping until chan.send#1 : parked\n"

static const struct refused states[] = {
    {ACTORS " wait : done\n wait : done\n", 11, 2,
     "'wait' has already run in this schedule: line 10 starts it"},
    {ACTORS " wait : blocks ch.receive\n wait : done\n", 11, 2,
     "'wait' cannot move: its actor is blocked in 'wait' since line 10, and only 'wakes wait' "
     "moves it on"},
    {ACTORS " wait : pauses\n check : done\n", 11, 2,
     "'check' cannot move: its actor is paused in 'wait' since line 10, and only 'wakes wait' "
     "moves it on"},
    {ACTORS PARKED " pong : done\n", 11, 2,
     "'pong' cannot start: its actor is parked in 'ping' since line 10, and a move of 'ping' "
     "comes first"},
    {ACTORS " wait : raises TaskletExit\n check : done\n", 11, 2,
     "'check' cannot run: its actor 'receiver' ended with TaskletExit in line 10"},
    {ACTORS " wait until chan.send#1 : parked\n send : done\n", 11, 2,
     "'send' cannot move: T0 stands still, 'wait' is parked there since line 10"},
    {ACTORS " send : done, wakes wait: done\n", 10, 21, "'wait' is not blocked or paused"},
    {ACTORS " wait : blocks ch.receive\n send : done, wakes check: done\n", 11, 21,
     "'check' is not blocked or paused; of the same actor 'wait' is"},
    {ACTORS PARKED " send : done, wakes ping: done\n", 11, 21,
     "'ping' is parked, not blocked: a move of its own moves it on"},
    {ACTORS " wait : blocks ch.receive\n send until chan.send#1 : parked\n"
            " ping : done, wakes wait: done\n",
     12, 21, "'wait' cannot go on: T0 stands still, 'send' is parked there since line 11"},
    {ACTORS " wait : parked\n", 10, 9,
     "'parked', but the move says no 'until' with the point to park at"},
    {ACTORS PARKED " ping : parked\n", 11, 9,
     "'parked', but the move says no 'until' with the point to park at"},
    {ACTORS " wait : blocks ch.receive\n"
            " ping until chan.send#1 : parked, wakes wait: parked\n",
     11, 47, "a second 'parked' in one move"},
    {ACTORS " ping : pauses\n", 10, 9,
     "'pauses' is for tasklets, and 'ping' runs in the thread "
     "'other'"},
    {ACTORS " wait : blocks ch.receive\n send : pauses\n", 10, 9,
     "'wait' is still blocked when the schedule 'x' ends; if that is meant, the actor 'receiver' "
     "is marked 'left blocked'"},
    {ACTORS " wait : done\n send : pauses\nalways 1\n", 11, 9,
     "'send' is still paused when the schedule 'x' ends; if that is meant, the actor 'sender' is "
     "marked 'left blocked'"},
    {ACTORS PARKED, 10, 27,
     "'ping' is still parked when the schedule 'x' ends; if that is meant, the actor 'other' is "
     "marked 'left blocked'"},
};

/* What the check must let through. */
static const char *const allowed[] = {
    /* a step that blocks is woken by the same move, and again */
    "tasklet a on T0\n step s {}\n"
    "schedule x\n s : blocks c.send, wakes s: blocks c.send, wakes s: done\n",
    /* out of the declared order; each schedule starts anew */
    "tasklet a on T0\n step s {}\n step u {}\n"
    "schedule x\n u : done\n s : raises TaskletExit\nschedule y\n s : done\n u : done\n",
    /* another OS thread goes on while one stands still; "until" need not park */
    "thread a on T1\n step s {}\nthread b on T2\n step u {}\n"
    "schedule x\n s until chan.send#1 : parked\n u until chan.send#2 : done\n s : done\n",
    /* a step parks after those that it wakes have come to rest, or the woken one parks */
    "tasklet a on T0\n step s {}\ntasklet b on T0\n step u {}\n"
    "schedule x\n s : blocks c.receive\n"
    " u until switch.leave#9 : parked, wakes s: done\n u : done\n"
    "schedule y\n s : blocks c.receive\n"
    " u until chan.receive#2 : done, wakes s: parked\n s : done\n",
    "tasklet a on T0 left blocked\n step s {}\nschedule x\n s : blocks c.receive\n",
    /* names that are words of the language */
    "tasklet on on T0\n step spill {}\n step never {}\n"
    "schedule schedule\n spill spill at eval.enter#1 : done\n never:done\n",
};

START_TEST(test_moves_refused)
{
    refuse(&moves[_i]);
}
END_TEST

START_TEST(test_directives_refused)
{
    refuse(&directives[_i]);
}
END_TEST

START_TEST(test_states_refused)
{
    refuse(&states[_i]);
}
END_TEST

START_TEST(test_allowed)
{
    sw_spec_free(accept(allowed[_i]));
}
END_TEST

/* ---- all of them ---- */

static TCase *family(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, 60); /* against a hang only */
    suite_add_tcase(suite, tcase);
    return tcase;
}

static void add_shape(TCase *tcase)
{
    tcase_add_test(tcase, test_header);
    tcase_add_test(tcase, test_blocks_are_dedented);
    tcase_add_test(tcase, test_actors_and_steps);
    tcase_add_test(tcase, test_moves);
    tcase_add_test(tcase, test_parked_steps_are_resumed);
    tcase_add_test(tcase, test_conditions);
    tcase_add_test(tcase, test_least);
    tcase_add_loop_test(tcase, test_spill_texts, 0, 3);
    tcase_add_loop_test(tcase, test_summary_is_the_first_comment, 0, 4);
    tcase_add_test(tcase, test_names_of_faults_and_points);
    tcase_add_test(tcase, test_a_fault_set_has_a_bit_for_each);
    tcase_add_loop_test(tcase, test_fault_sets_refused, 0, 6);
}

CHECK_SUITE(suite)
{
    TCase *places = family(suite, "places of errors");
    TCase *schedules = family(suite, "schedules");

    add_shape(family(suite, "shape"));
    tcase_add_loop_test(places, test_header_lines, 0, COUNT_OF(header_lines));
    tcase_add_loop_test(places, test_blocks, 0, COUNT_OF(blocks));
    tcase_add_loop_test(places, test_actors, 0, COUNT_OF(actors));
    tcase_add_loop_test(places, test_conditions_refused, 0, COUNT_OF(conditions));
    tcase_add_loop_test(schedules, test_moves_refused, 0, COUNT_OF(moves));
    tcase_add_loop_test(schedules, test_directives_refused, 0, COUNT_OF(directives));
    tcase_add_loop_test(schedules, test_states_refused, 0, COUNT_OF(states));
    tcase_add_loop_test(schedules, test_allowed, 0, COUNT_OF(allowed));
}
