/* SPDX-License-Identifier: MIT
 *
 * check_value_oracle.c - the value oracle, told made-up histories.
 */
#include "agent_event_shm.h"

#include "harness/agent/tasklet_names.c"
#include "harness/agent/value_oracle.c"

/* Objects are strings here: "None", "!Type" for an exception in transit. */
static const char *pending_type;
static unsigned captures;

static sw_text describe(void *object, uint32_t ordinal)
{
    const char *s = object;
    (void)ordinal;
    return sw_event_writer_text(*s == '!' ? s + 1 : s);
}

static int is_none(void *object)
{
    return strcmp(object, "None") == 0;
}

static int is_bomb(void *object)
{
    return *(const char *)object == '!';
}

static sw_text pending(void)
{
    return pending_type != NULL ? sw_event_writer_text(pending_type) : 0;
}

static void capture(struct sw_event_shm_stack *out)
{
    out->frame_count = 1;
    out->truncated = 0;
    out->frames[0] = ++captures;
}

static uint32_t keep(const struct sw_event_shm_stack *stack)
{
    event_shm->stacks[event_shm->stack_count] = *stack;
    return ++event_shm->stack_count;
}

static const struct sw_value_oracle_eyes test_eyes = {describe, is_none, is_bomb,
                                                      pending,  capture, keep};

static char none[] = "None", chunk[] = "chunk", other[] = "other", bomb[] = "!ValueError";
static struct sw_tasklet *a, *b; /* a sends, b receives */
static struct sw_channel *ch;

static void setup(void)
{
    static int addresses[3];

    sw_event_writer_start(agent_event_shm_new(), 0);
    sw_tasklet_names_start(NULL, 0);
    sw_value_oracle_start(&test_eyes);
    pending_type = NULL;
    captures = 0;
    a = sw_tasklet_names_tasklet_new(&addresses[0], 0);
    b = sw_tasklet_names_tasklet_new(&addresses[1], 0);
    ch = sw_tasklet_names_channel_new(&addresses[2]);
}

static void hand_over(void *sent, void *delivered)
{
    sw_value_oracle_receive(b, ch);
    sw_value_oracle_send(a, ch, sent);
    sw_value_oracle_complete(a, b, delivered);
}

static void point(struct sw_tasklet *t, int raises)
{
    if (sw_value_oracle_expects)
        sw_value_oracle_next_point(t->address, raises);
}

static const char *note(const struct sw_event *event)
{
    return sw_event_writer_read(event->note);
}

START_TEST(what_was_sent_is_received)
{
    hand_over(chunk, chunk);
    sw_value_oracle_sent(a, ch, none);
    sw_value_oracle_received(b, ch, chunk);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver received");
    ck_assert_uint_eq(agent_event_shm_last()->value, 1);
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->who), "tasklet#2");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->object), "channel#1");
    ck_assert_ptr_null(a->operation);
    ck_assert_ptr_null(b->operation);
}
END_TEST

START_TEST(none_that_was_sent_is_no_loss)
{
    hand_over(none, none);
    sw_value_oracle_received(b, ch, none);
    sw_value_oracle_sent(a, ch, none);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver received");
}
END_TEST

START_TEST(a_drop_from_the_receivers_mailbox_is_told_once)
{
    hand_over(chunk, chunk);
    sw_value_oracle_sent(a, ch, none);
    sw_value_oracle_gone(a, "ended");
    sw_value_oracle_drop(b, other, 1); /* something else, none of our business */
    sw_value_oracle_drop(b, chunk, 1);
    sw_value_oracle_received(b, ch, none);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver value-lost received");
    const struct sw_event *lost = &event_shm->events[2];
    ck_assert_uint_eq(lost->value, 1);
    ck_assert_uint_eq(lost->stack, 1);
    ck_assert_str_eq(sw_event_writer_read(lost->who), "tasklet#2");
    ck_assert_str_eq(sw_event_writer_read(lost->other), "tasklet#1");
    ck_assert_str_eq(sw_event_writer_read(lost->text), "chunk");
    ck_assert_str_eq(note(lost),
                     "dropped from the mailbox of tasklet#2; the receive returned None");
    ck_assert_uint_eq(agent_event_shm_last()->value, 0);
}
END_TEST

START_TEST(a_senders_own_drop_is_told_at_once)
{
    sw_value_oracle_receive(b, ch);
    sw_value_oracle_send(a, ch, chunk);
    sw_value_oracle_drop(a, chunk, 1);
    ck_assert_str_eq(agent_event_shm_story(), "send value-lost");
    sw_value_oracle_complete(a, b, none);
    sw_value_oracle_received(b, ch, none);
    sw_value_oracle_sent(a, ch, none);
    ck_assert_int_eq(agent_event_shm_count(SW_EVENT_LOST), 1);
    ck_assert_str_eq(sw_event_writer_read(event_shm->events[1].who), "tasklet#2");
    ck_assert_ptr_nonnull(strstr(note(&event_shm->events[1]), "returned None"));
}
END_TEST

START_TEST(a_killed_sender_loses_nothing)
{
    sw_value_oracle_send(a, ch, chunk);
    sw_value_oracle_drop(a, chunk, 0); /* the kill puts its exception in */
    sw_value_oracle_sent(a, ch, NULL);
    ck_assert_str_eq(agent_event_shm_story(), "send");
    ck_assert_ptr_null(a->operation);
}
END_TEST

START_TEST(a_blocked_senders_drop_counts_if_the_send_succeeds)
{
    sw_value_oracle_send(a, ch, chunk);
    sw_value_oracle_drop(a, chunk, 0);
    sw_value_oracle_receive(b, ch);
    sw_value_oracle_complete(a, b, none);
    sw_value_oracle_received(b, ch, none);
    ck_assert_str_eq(agent_event_shm_story(), "send value-lost deliver received");
    ck_assert_uint_eq(event_shm->events[1].stack, 1);
    ck_assert_uint_eq((unsigned)event_shm->stacks[0].frames[0], 1);
}
END_TEST

START_TEST(a_send_that_nobody_received)
{
    sw_value_oracle_send(a, ch, chunk);
    sw_value_oracle_sent(a, ch, none);
    ck_assert_str_eq(agent_event_shm_story(), "send value-lost");
}
END_TEST

START_TEST(another_object_is_wrong)
{
    hand_over(chunk, chunk);
    sw_value_oracle_received(b, ch, other);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver received value-wrong");
    ck_assert_str_eq(note(agent_event_shm_last()), "other");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->text), "chunk");
}
END_TEST

START_TEST(another_object_handed_over_is_wrong)
{
    hand_over(chunk, other);
    sw_value_oracle_received(b, ch, other);
    ck_assert_int_eq(agent_event_shm_count(SW_EVENT_WRONG), 1);
}
END_TEST

START_TEST(nobody_sent)
{
    sw_value_oracle_receive(b, ch);
    sw_value_oracle_received(b, ch, other);
    ck_assert_str_eq(agent_event_shm_story(), "received value-phantom");
    ck_assert_str_eq(note(agent_event_shm_last()), "other");
}
END_TEST

START_TEST(a_killed_receiver)
{
    sw_value_oracle_receive(b, ch);
    pending_type = "TaskletExit";
    sw_value_oracle_received(b, ch, NULL);
    ck_assert_str_eq(agent_event_shm_story(), "");
    hand_over(chunk, chunk);
    sw_value_oracle_received(b, ch, NULL); /* after the delivery: displaced */
    ck_assert_str_eq(agent_event_shm_story(), "send deliver value-lost");
    ck_assert_str_eq(note(agent_event_shm_last()), "displaced: the receive raised TaskletExit");
}
END_TEST

START_TEST(an_exception_arrives)
{
    hand_over(bomb, bomb);
    sw_value_oracle_burst(b, bomb);
    point(b, 1);
    pending_type = "ValueError";
    sw_value_oracle_received(b, ch, NULL);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver explodes");
    ck_assert_uint_eq(event_shm->stack_count, 0);
}
END_TEST

START_TEST(an_exception_goes_off_elsewhere)
{
    hand_over(bomb, bomb);
    sw_value_oracle_burst(b, bomb);
    point(b, 0);
    sw_value_oracle_received(b, ch, none);
    ck_assert_str_eq(agent_event_shm_story(), "send deliver exception-misplaced received");
    ck_assert_uint_eq(event_shm->events[2].stack, 1);
}
END_TEST

START_TEST(an_exception_goes_off_at_its_sender)
{
    sw_value_oracle_receive(b, ch);
    sw_value_oracle_send(a, ch, bomb);
    sw_value_oracle_burst(a, bomb);
    point(a, 0);
    pending_type = "ValueError";
    sw_value_oracle_sent(a, ch, NULL);
    ck_assert_str_eq(agent_event_shm_story(), "send exception-misplaced");
}
END_TEST

START_TEST(operations_nest)
{
    static int address;
    struct sw_channel *side = sw_tasklet_names_channel_new(&address);

    hand_over(chunk, chunk);
    sw_value_oracle_send(b, side, other); /* in a callback of its release */
    sw_value_oracle_drop(b, chunk, 1); /* the outer value, by way of the inner operation */
    sw_value_oracle_sent(b, side, NULL);
    sw_value_oracle_received(b, ch, none);
    ck_assert_int_eq(agent_event_shm_count(SW_EVENT_LOST), 1);
    ck_assert_uint_eq(event_shm->events[3].value, 1);
    ck_assert_ptr_null(b->operation);
}
END_TEST

START_TEST(a_tasklet_dies_with_a_value)
{
    hand_over(chunk, chunk);
    sw_value_oracle_gone(b, "its tasklet was deallocated");
    ck_assert_str_eq(agent_event_shm_story(), "send deliver value-lost");
    ck_assert_uint_eq(agent_event_shm_last()->stack, 1);
    ck_assert_ptr_null(b->operation);
}
END_TEST

START_TEST(names_follow_creation)
{
    static int more[200];
    struct sw_tasklet *t = sw_tasklet_names_tasklet_new(&more[0], 1);

    ck_assert_str_eq(sw_event_writer_read(t->name), "tasklet#3");
    sw_tasklet_names_set_main(t, 1);
    ck_assert_str_eq(sw_event_writer_read(t->name), "main of T1");
    for (int i = 1; i < 200; i++)
        sw_tasklet_names_tasklet_new(&more[i], 1);
    ck_assert_str_eq(sw_event_writer_read(sw_tasklet_names_tasklet(&more[1])->name), "tasklet#3");
    ck_assert_str_eq(sw_event_writer_read(sw_tasklet_names_tasklet(&more[199])->name),
                     "tasklet#201");
    ck_assert_ptr_eq(sw_tasklet_names_known_tasklet(&more[0]), t);
    ck_assert_ptr_null(sw_tasklet_names_known_tasklet(more + 200));
    ck_assert_ptr_null(sw_tasklet_names_tasklet(NULL));
}
END_TEST

START_TEST(a_full_stream_keeps_room_for_the_verdict)
{
    event_shm->event_count = SW_EVENTS_MAX - SW_EVENT_WRITER_RESERVE;
    hand_over(chunk, chunk);
    ck_assert_uint_eq(event_shm->events_lost, 2);
    sw_value_oracle_drop(b, chunk, 1);
    ck_assert_uint_eq(agent_event_shm_last()->kind, SW_EVENT_LOST);
    ck_assert_uint_eq(event_shm->events_lost, 2);
    event_shm->event_count = SW_EVENTS_MAX;
    ck_assert_uint_eq(sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_FINISHED}), 0);
    ck_assert_uint_eq(event_shm->events_lost, 3);
}
END_TEST

static TCase *values_case(void)
{
    TCase *tcase = tcase_create("values");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, what_was_sent_is_received);
    tcase_add_test(tcase, none_that_was_sent_is_no_loss);
    tcase_add_test(tcase, a_drop_from_the_receivers_mailbox_is_told_once);
    tcase_add_test(tcase, a_senders_own_drop_is_told_at_once);
    tcase_add_test(tcase, a_killed_sender_loses_nothing);
    tcase_add_test(tcase, a_blocked_senders_drop_counts_if_the_send_succeeds);
    tcase_add_test(tcase, a_send_that_nobody_received);
    tcase_add_test(tcase, another_object_is_wrong);
    tcase_add_test(tcase, another_object_handed_over_is_wrong);
    tcase_add_test(tcase, nobody_sent);
    tcase_add_test(tcase, a_killed_receiver);
    tcase_add_test(tcase, an_exception_arrives);
    tcase_add_test(tcase, an_exception_goes_off_elsewhere);
    tcase_add_test(tcase, an_exception_goes_off_at_its_sender);
    tcase_add_test(tcase, operations_nest);
    tcase_add_test(tcase, a_tasklet_dies_with_a_value);
    return tcase;
}

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("names and room");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, names_follow_creation);
    tcase_add_test(tcase, a_full_stream_keeps_room_for_the_verdict);
    suite_add_tcase(suite, values_case());
    suite_add_tcase(suite, tcase);
}
