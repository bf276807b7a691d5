/* SPDX-License-Identifier: MIT
 *
 * check_script.c - rest states, counts of visits, directives.
 */
#include "agent_event_shm.h"

#include "contract/points.h"
#include "harness/agent/script.c"

/* What an engine would say of a thread that is in the middle of a step. */
static const char *waits = "";

void sw_thread_gates_describe(int thread, char *buf, size_t size)
{
    (void)thread;
    snprintf(buf, size, "%s", waits);
}

/* Three actors: r and s tasklets on T0, b a thread on T1.  Steps 0 and 1 are
 * r's, 2 is s's, 3 is b's. */
static void setup(void)
{
    struct sw_event_shm *fresh = agent_event_shm_new();
    static const char *const step_names[] = {"wait", "check", "send", "look"};
    static const unsigned step_actors[] = {0, 0, 1, 2};

    sw_event_writer_start(fresh, 0);
    struct sw_plan *p = &fresh->plan;
    p->actor_count = 3;
    p->actors[0].name = sw_event_writer_text("r");
    p->actors[1].name = sw_event_writer_text("s");
    p->actors[2].name = sw_event_writer_text("b");
    p->actors[2].kind = SW_ACTOR_THREAD;
    p->actors[2].thread = 1;
    p->step_count = 4;
    for (int i = 0; i < 4; i++) {
        p->steps[i].name = sw_event_writer_text(step_names[i]);
        p->steps[i].actor = step_actors[i];
    }
    sw_script_start(p);
    for (int i = 0; i < 3; i++)
        sw_script_actor_ready(i);
}

static struct sw_plan_move *add_move(unsigned step, int resume, int last)
{
    struct sw_plan *p = &event_shm->plan;
    struct sw_plan_move *m = &p->moves[p->move_count++];

    m->step = step;
    m->resume = (uint32_t)resume;
    m->last = (uint32_t)last;
    return m;
}

static void add_directive(struct sw_plan_move *m, unsigned kind, unsigned at, unsigned nth)
{
    m->directives[m->directive_count++] =
        (struct sw_plan_directive){.kind = kind, .point = at, .nth = nth};
}

/* The actor of the move takes its step. */
static int begin(unsigned move)
{
    int thread, actor = sw_script_move(move, &thread);

    if (actor >= 0) {
        sw_script_assign();
        ck_assert_int_eq(sw_script_claim(actor), (int)event_shm->plan.moves[move].step);
    }
    return actor;
}

/* The rest states of the move, as "step state" joined by commas. */
static const char *rest(void)
{
    static char text[512];
    uint32_t first = event_shm->event_count;

    sw_script_settle();
    text[0] = '\0';
    for (uint32_t i = first; i < event_shm->event_count; i++) {
        const struct sw_event *e = &event_shm->events[i];
        sprintf(text + strlen(text), "%s%s %s", i > first ? ", " : "", sw_event_writer_read(e->who),
                sw_event_name(e->kind));
    }
    return text;
}

START_TEST(the_last_state_counts)
{
    add_move(0, 0, 0);
    add_move(2, 0, 1);
    ck_assert_int_eq(begin(0), 0);
    sw_script_pauses(0); /* leaving the ring comes before the queue */
    sw_script_blocks(0, sw_event_writer_text("ch"), 1);
    ck_assert_str_eq(rest(), "wait blocks");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->object), "ch");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->text), "receive");
    ck_assert_int_eq(begin(1), 1);
    sw_script_wakes(0);
    ck_assert_int_eq(sw_script_end_step(0, 0, 0), 0);
    ck_assert_int_eq(sw_script_end_step(1, 0, 0), 1);
    /* the moved one first, though the other came to rest earlier */
    ck_assert_str_eq(rest(), "send done, wait done");
}
END_TEST

START_TEST(blocked_again_is_a_change)
{
    add_move(0, 0, 1);
    add_move(2, 0, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    rest();
    begin(1);
    sw_script_wakes(0);
    sw_script_blocks(0, 0, 1);
    sw_script_end_step(1, sw_event_writer_text("ValueError"), 0);
    ck_assert_str_eq(rest(), "send raised, wait blocks");
}
END_TEST

START_TEST(untouched_steps_are_not_told)
{
    add_move(0, 0, 1);
    add_move(3, 0, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    rest();
    begin(1);
    sw_script_end_step(2, 0, 0);
    ck_assert_str_eq(rest(), "look done");
}
END_TEST

START_TEST(runnable_and_not_run)
{
    add_move(0, 0, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    sw_script_wakes(0);
    ck_assert_str_eq(rest(), "wait unfinished");
}
END_TEST

START_TEST(in_the_middle_of_a_step)
{
    add_move(0, 0, 1);
    begin(0);
    waits = "waits for lock#3, held by T1";
    ck_assert_str_eq(rest(), "wait unfinished");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->note), waits);
    waits = "";
}
END_TEST

START_TEST(moves_that_cannot_be_made)
{
    add_move(0, 0, 0);
    add_move(1, 0, 1);
    add_move(0, 1, 0);
    add_move(2, 0, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    rest();
    ck_assert_int_eq(begin(1), -2);
    ck_assert_str_eq(rest(), "check unfinished");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->note),
                     "its actor is blocked in an earlier step");
    ck_assert_int_eq(begin(2), -2);
    rest();
    sw_script_actor_ended(1);
    ck_assert_int_eq(begin(3), -2);
    rest();
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->note), "its actor has ended");
}
END_TEST

/* What the script's driver answers at a visit: 1 << enum sw_action, or'ed. */
static unsigned asks_at(unsigned point, uint32_t *nth)
{
    struct sw_driver *driver = sw_script_driver();
    unsigned asks = 0;

    ck_assert_int_eq(sw_script_visit(point, nth), 1);
    for (uint32_t action = 1; action < SW_ACTION_COUNT; action++) {
        const uint32_t candidates[] = {SW_ACTION_NOTHING, action};
        const struct sw_decision decision = {.kind = SW_DECIDE_ACT,
                                             .place = SW_PLACE_POINTS + point,
                                             .count = 2,
                                             .candidates = candidates};
        asks |= driver->choose(driver, &decision) ? 1u << action : 0;
    }
    return asks;
}

START_TEST(moves_that_can_be_next)
{
    uint32_t moves[SW_MOVES_MAX];

    add_move(0, 0, 0);
    add_move(1, 0, 1);
    add_move(2, 0, 1);
    add_move(3, 1, 1);
    ck_assert_uint_eq(sw_script_moves(moves), 2); /* an actor's own order stays; 3 is not parked */
    ck_assert_uint_eq(moves[0], 0);
    ck_assert_uint_eq(moves[1], 2);
    begin(2);
    ck_assert_uint_eq(sw_script_moves(moves), 1);
    begin(0);
    ck_assert_uint_eq(sw_script_moves(moves), 1); /* its actor is busy; but it is the first */
    ck_assert_uint_eq(moves[0], 1);
}
END_TEST

START_TEST(visits_count_from_the_first_move)
{
    uint32_t nth = 0;
    struct sw_plan_move *m = add_move(0, 0, 0);

    add_directive(m, SW_SPILL_AT, SLP_POINT_EVAL_ENTER, 2);
    add_directive(m, SW_GC_AT, SLP_POINT_EVAL_ENTER, 2);
    add_directive(m, SW_UNTIL, SLP_POINT_CHAN_SEND, 1);
    add_directive(m, SW_SPILL_AT, SLP_POINT_EVAL_ENTER, 4);
    add_move(2, 0, 1);
    ck_assert_int_eq(sw_script_visit(SLP_POINT_EVAL_ENTER, &nth), 0);
    begin(0);
    ck_assert_uint_eq(asks_at(SLP_POINT_EVAL_ENTER, &nth), 0);
    ck_assert_uint_eq(nth, 1);
    ck_assert_uint_eq(asks_at(SLP_POINT_CHAN_SEND, &nth), 1u << SW_ACTION_PARK);
    ck_assert_uint_eq(asks_at(SLP_POINT_EVAL_ENTER, &nth),
                      1u << SW_ACTION_SPILL | 1u << SW_ACTION_COLLECT);
    ck_assert_uint_eq(asks_at(SLP_POINT_EVAL_ENTER, &nth), 0);
    sw_script_end_step(0, 0, 0);
    rest();
    begin(1); /* the 4th comes in a move that did not ask */
    ck_assert_uint_eq(asks_at(SLP_POINT_EVAL_ENTER, &nth), 0);
    ck_assert_uint_eq(nth, 4);
}
END_TEST

START_TEST(parked_and_resumed)
{
    int thread;

    add_move(2, 0, 1);
    add_move(3, 0, 1);
    add_move(2, 1, 1);
    begin(0);
    sw_script_park(0, 1, SLP_POINT_CHAN_SEND, 3);
    ck_assert_str_eq(rest(), "send parked");
    ck_assert_str_eq(sw_event_writer_read(agent_event_shm_last()->text), "chan.send");
    ck_assert_uint_eq(agent_event_shm_last()->count, 3);
    begin(1);
    sw_script_end_step(2, 0, 0);
    ck_assert_str_eq(rest(), "look done");
    ck_assert_int_eq(sw_script_move(2, &thread), -1);
    ck_assert_int_eq(thread, 0);
    sw_script_unpark(0);
    sw_script_end_step(1, 0, 0);
    ck_assert_str_eq(rest(), "send done");
}
END_TEST

/* The receiver is blocked when its thread is parked on the way to its wait; the
 * other thread completes it meanwhile. */
START_TEST(changed_while_parked)
{
    int thread;

    add_move(0, 0, 1);
    add_move(3, 0, 1);
    add_move(0, 1, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    sw_script_park(0, 0, SLP_POINT_THREAD_IDLE, 1);
    ck_assert_str_eq(rest(), "wait parked");
    begin(1);
    sw_script_wakes(0);
    sw_script_end_step(2, 0, 0);
    ck_assert_str_eq(rest(), "look done");
    sw_script_move(2, &thread);
    sw_script_unpark(0);
    ck_assert_str_eq(rest(), "wait unfinished");
}
END_TEST

/* The sender stands between the hand-over and the wake-up. */
START_TEST(woken_by_a_parked_thread)
{
    int thread;

    add_move(0, 0, 1);
    add_move(3, 0, 1);
    add_move(3, 1, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    rest();
    begin(1);
    sw_script_wakes(0);
    sw_script_park(1, 2, SLP_POINT_THREAD_WAKE, 1);
    ck_assert_str_eq(rest(), "look parked");
    sw_script_move(2, &thread);
    sw_script_unpark(1);
    sw_script_end_step(2, 0, 0);
    ck_assert_str_eq(rest(), "look done, wait unfinished");
}
END_TEST

START_TEST(the_receiver_is_parked)
{
    add_move(0, 0, 1);
    add_move(2, 0, 1);
    begin(0);
    sw_script_blocks(0, 0, 1);
    rest();
    begin(1);
    sw_script_wakes(0);
    sw_script_end_step(1, 0, 0);
    sw_script_park(0, 0, SLP_POINT_SWITCH_RELEASE, 1);
    ck_assert_str_eq(rest(), "send done, wait parked");
}
END_TEST

START_TEST(no_step_of_its_own_to_park)
{
    add_move(2, 0, 1);
    begin(0);
    sw_script_end_step(1, 0, 0);
    sw_script_park(0, -1, SLP_POINT_SWITCH_RELEASE, 1);
    ck_assert_str_eq(rest(), "send parked");
    sw_script_unpark(0);
    ck_assert_str_eq(rest(), "send done");
}
END_TEST

START_TEST(given_but_not_begun)
{
    int thread;

    add_move(0, 0, 1);
    ck_assert(sw_script_actor_idle(0));
    ck_assert_int_eq(sw_script_move(0, &thread), 0);
    sw_script_assign();
    ck_assert(sw_script_actor_idle(0));
    sw_script_wakes(0);
    ck_assert_int_eq(sw_script_claim(0), 0);
    ck_assert(!sw_script_actor_idle(0));
    ck_assert_int_eq(sw_script_claim(0), -1);
    sw_script_actor_ended(0);
    ck_assert(!sw_script_actor_idle(0));
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("moves");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, the_last_state_counts);
    tcase_add_test(tcase, blocked_again_is_a_change);
    tcase_add_test(tcase, untouched_steps_are_not_told);
    tcase_add_test(tcase, runnable_and_not_run);
    tcase_add_test(tcase, in_the_middle_of_a_step);
    tcase_add_test(tcase, moves_that_cannot_be_made);
    tcase_add_test(tcase, moves_that_can_be_next);
    tcase_add_test(tcase, visits_count_from_the_first_move);
    tcase_add_test(tcase, parked_and_resumed);
    tcase_add_test(tcase, changed_while_parked);
    tcase_add_test(tcase, woken_by_a_parked_thread);
    tcase_add_test(tcase, the_receiver_is_parked);
    tcase_add_test(tcase, no_step_of_its_own_to_park);
    tcase_add_test(tcase, given_but_not_begun);
    suite_add_tcase(suite, tcase);
}
