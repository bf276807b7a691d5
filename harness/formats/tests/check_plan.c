/* SPDX-License-Identifier: MIT
 *
 * check_plan.c - from a spec to what the agent reads in the event memory.
 */
#include "harness/formats/spec/plan.h"
#include "contract/points.h"
#include "spec_texts.h"

static struct sw_event_shm *event_shm;
static struct sw_spec *spec;

static void setup(void)
{
    event_shm = calloc(1, sizeof *event_shm);
    ck_assert_ptr_nonnull(event_shm);
    spec = accept(everything);
}

static void teardown(void)
{
    sw_spec_free(spec);
    free(event_shm);
}

static const char *text(sw_text offset)
{
    return sw_event_shm_text(event_shm, offset);
}

START_TEST(test_head)
{
    const struct sw_plan *p = &event_shm->plan;

    ck_assert_int_eq(sw_plan_write(event_shm, spec, &spec->schedules[0]), 0);
    ck_assert_uint_eq(event_shm->magic, SW_EVENT_SHM_MAGIC);
    ck_assert_uint_eq(event_shm->version, SW_EVENT_SHM_VERSION);
    ck_assert_uint_eq(event_shm->attached, 0);
    ck_assert_uint_eq(event_shm->event_count, 0);
    ck_assert_str_eq(text(p->spec_path), "a.spec");
    ck_assert_str_eq(text(p->schedule), "callback-spills");
    ck_assert_str_eq(text(p->setup), spec->setup);
    ck_assert_uint_eq(p->setup_line, spec->setup_line);
    ck_assert_uint_eq(p->thread_count, 3);
    ck_assert_uint_eq(p->threads[0].stack_bytes, 0);
    ck_assert_uint_eq(p->threads[2].stack_bytes, 256 << 10);
}
END_TEST

START_TEST(test_actors_and_steps)
{
    const struct sw_plan *p = &event_shm->plan;

    ck_assert_int_eq(sw_plan_write(event_shm, spec, &spec->schedules[0]), 0);
    ck_assert_uint_eq(p->actor_count, 3);
    ck_assert_str_eq(text(p->actors[0].name), "receiver");
    ck_assert_uint_eq(p->actors[0].class_name, 0);
    ck_assert_str_eq(text(p->actors[1].class_name), "Watched");
    ck_assert_uint_eq(p->actors[1].kind, SW_ACTOR_TASKLET);
    ck_assert_uint_eq(p->actors[2].kind, SW_ACTOR_THREAD);
    ck_assert_uint_eq(p->actors[2].thread, 2);
    ck_assert_uint_eq(p->step_count, 4);
    for (uint32_t i = 0; i < p->step_count; i++) {
        ck_assert_str_eq(text(p->steps[i].name), spec->steps[i].name);
        ck_assert_str_eq(text(p->steps[i].source), spec->steps[i].source);
        ck_assert_uint_eq(p->steps[i].line, spec->steps[i].line);
        ck_assert_uint_eq(p->steps[i].actor, (uint32_t)spec->steps[i].actor);
    }
}
END_TEST

START_TEST(test_moves_are_of_the_chosen_schedule)
{
    const struct sw_plan *p = &event_shm->plan;

    ck_assert_int_eq(sw_plan_write(event_shm, spec, &spec->schedules[0]), 0);
    ck_assert_uint_eq(p->move_count, 3);
    ck_assert_uint_eq(p->moves[1].directive_count, 2);
    ck_assert_uint_eq(p->moves[1].directives[0].kind, SW_SPILL_AT);
    ck_assert_uint_eq(p->moves[1].directives[0].point, SLP_POINT_RELEASE_ENTER);
    ck_assert_uint_eq(p->moves[1].directives[1].kind, SW_GC_AT);
    ck_assert_uint_eq(p->moves[1].directives[1].nth, 20);
    ck_assert_uint_eq(p->moves[0].last, 0); /* check follows */
    ck_assert_uint_eq(p->moves[1].last, 1);
    ck_assert_uint_eq(p->moves[2].last, 1);

    ck_assert_int_eq(sw_plan_write(event_shm, spec, &spec->schedules[1]), 0);
    ck_assert_str_eq(text(p->schedule), "parks");
    ck_assert_uint_eq(p->move_count, 5);
    ck_assert_uint_eq(p->moves[0].directives[0].kind, SW_UNTIL);
    ck_assert_uint_eq(p->moves[0].resume, 0);
    ck_assert_uint_eq(p->moves[3].resume, 1);
    ck_assert_uint_eq(p->moves[4].resume, 1);
    for (uint32_t i = 0; i < p->move_count; i++)
        ck_assert_uint_eq(p->moves[i].step, (uint32_t)spec->schedules[1].moves[i].step);
}
END_TEST

START_TEST(test_conditions)
{
    const struct sw_plan *p = &event_shm->plan;

    ck_assert_int_eq(sw_plan_write(event_shm, spec, &spec->schedules[0]), 0);
    ck_assert_uint_eq(p->condition_count, 2);
    ck_assert_str_eq(text(p->conditions[0].source), "got == {\"a\": 1}");
    ck_assert_uint_eq(p->conditions[0].never, 0);
    ck_assert_uint_eq(p->conditions[1].never, 1);
    ck_assert_uint_eq(p->conditions[1].line, spec->conditions[1].line);
}
END_TEST

START_TEST(test_what_is_not_there_is_the_empty_text)
{
    struct sw_spec *least = accept(LEAST);

    ck_assert_int_eq(sw_plan_write(event_shm, least, &least->schedules[0]), 0);
    ck_assert_uint_eq(event_shm->plan.setup, 0);
    ck_assert_uint_eq(event_shm->plan.steps[0].source, 0);
    ck_assert_uint_eq(event_shm->plan.thread_count, 1);
    ck_assert_str_eq(text(0), "");
    sw_spec_free(least);
}
END_TEST

START_TEST(test_texts_that_do_not_fit)
{
    struct sw_spec copy = *spec;
    char *setup = malloc(SW_TEXT_MAX);

    ck_assert_ptr_nonnull(setup);
    memset(setup, '#', SW_TEXT_MAX - 1);
    setup[SW_TEXT_MAX - 1] = '\0';
    copy.setup = setup;
    ck_assert_int_eq(sw_plan_write(event_shm, &copy, &copy.schedules[0]), -1);
    free(setup);
}
END_TEST

START_TEST(test_empty_plan)
{
    sw_plan_write_empty(event_shm);
    ck_assert_uint_eq(event_shm->magic, SW_EVENT_SHM_MAGIC);
    ck_assert_uint_eq(event_shm->plan.spec_path, 0); /* nothing is controlled */
    ck_assert_uint_eq(event_shm->plan.thread_count, 1);
    ck_assert_uint_eq(event_shm->plan.move_count, 0);
    ck_assert_uint_eq(event_shm->text_used, 1);
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *plan = tcase_create("plan");

    suite_add_tcase(suite, plan);
    tcase_add_checked_fixture(plan, setup, teardown);
    tcase_add_test(plan, test_head);
    tcase_add_test(plan, test_actors_and_steps);
    tcase_add_test(plan, test_moves_are_of_the_chosen_schedule);
    tcase_add_test(plan, test_conditions);
    tcase_add_test(plan, test_what_is_not_there_is_the_empty_text);
    tcase_add_test(plan, test_texts_that_do_not_fit);
    tcase_add_test(plan, test_empty_plan);
}
