/* SPDX-License-Identifier: MIT
 *
 * check_tasklet_names.c - names of tasklets, and the room for what a verdict rests on.
 */
#include "agent_event_shm.h"

#include "harness/agent/tasklet_names.c"

static void setup(void)
{
    static int addresses[2];

    sw_event_writer_start(agent_event_shm_new(), 0);
    sw_tasklet_names_start(NULL, 0);
    sw_tasklet_names_tasklet_new(&addresses[0], 0);
    sw_tasklet_names_tasklet_new(&addresses[1], 0);
}

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
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_SEND});
    ck_assert_uint_eq(event_shm->events_lost, 1);
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_LOST});
    ck_assert_uint_eq(agent_event_shm_last()->kind, SW_EVENT_LOST);
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_MISPLACED});
    ck_assert_uint_eq(agent_event_shm_last()->kind, SW_EVENT_MISPLACED);
    ck_assert_uint_eq(event_shm->events_lost, 1);
    event_shm->event_count = SW_EVENTS_MAX;
    ck_assert_uint_eq(sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_FINISHED}), 0);
    ck_assert_uint_eq(event_shm->events_lost, 2);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *tcase = tcase_create("names and room");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, names_follow_creation);
    tcase_add_test(tcase, a_full_stream_keeps_room_for_the_verdict);
    suite_add_tcase(suite, tcase);
}
