/* SPDX-License-Identifier: MIT
 *
 * fuzz_spec.c - libFuzzer's bytes as a spec.
 *
 * Beside oracle.h: what is accepted is parsed to the same again, every index in it is one, and
 * each of its schedules becomes the same plan twice.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/formats/spec/plan.h"
#include "harness/formats/spec/spec.h"
#include "contract/points.h"
#include "mutate_lines.h"
#include "oracle.h"

/* Too large for a stack; zero between two plans, as far as a plan goes. */
static struct sw_event_shm event_shms[2];

static void check_move(const struct sw_spec *spec, const struct sw_spec_move *move)
{
    SW_ORACLE(move->line >= 1 && move->step >= 0 && move->step < spec->step_count);
    SW_ORACLE(move->directive_count >= 0 && move->directive_count <= SW_DIRECTIVES_MAX);
    for (int i = 0; i < move->directive_count; i++) {
        SW_ORACLE(move->directives[i].kind < SW_DIRECTIVE_COUNT);
        SW_ORACLE(move->directives[i].point < SLP_POINT_COUNT);
        SW_ORACLE(move->directives[i].nth >= 1);
    }
    for (int i = 0; i < move->wake_count; i++)
        SW_ORACLE(move->wakes[i].step >= 0 && move->wakes[i].step < spec->step_count);
    SW_ORACLE((move->outcome.operation != NULL) == (move->outcome.kind == SW_OUT_BLOCKS));
}

/* Whoever uses a parsed spec takes its indices without looking: the parser has to be right about
 * all of them. */
static void check_indices(const struct sw_spec *spec)
{
    SW_ORACLE(spec->schedule_count >= 1);
    SW_ORACLE(spec->thread_count >= 1 && spec->thread_count <= SW_THREADS_MAX);
    SW_ORACLE(spec->actor_count <= SW_ACTORS_MAX && spec->step_count <= SW_STEPS_MAX);
    SW_ORACLE(spec->condition_count <= SW_CONDITIONS_MAX);
    for (int i = 0; i < spec->actor_count; i++)
        SW_ORACLE(spec->actors[i].thread >= 0 && spec->actors[i].thread < spec->thread_count);
    for (int i = 0; i < spec->step_count; i++)
        SW_ORACLE(spec->steps[i].actor >= 0 && spec->steps[i].actor < spec->actor_count);
    for (int i = 0; i < spec->schedule_count; i++) {
        SW_ORACLE(spec->schedules[i].move_count >= 1);
        SW_ORACLE(spec->schedules[i].move_count <= SW_MOVES_MAX);
        for (int j = 0; j < spec->schedules[i].move_count; j++)
            check_move(spec, &spec->schedules[i].moves[j]);
    }
}

/* From two parses of the same bytes: a plan must not hold an address, nor depend on one. */
static void check_plan(const struct sw_spec *one, const struct sw_spec *other, int schedule)
{
    SW_ORACLE(sw_plan_write(&event_shms[0], one, &one->schedules[schedule]) == 0);
    SW_ORACLE(sw_plan_write(&event_shms[1], other, &other->schedules[schedule]) == 0);
    SW_ORACLE(memcmp(&event_shms[0].plan, &event_shms[1].plan, sizeof event_shms[0].plan) == 0);
    SW_ORACLE(event_shms[0].text_used == event_shms[1].text_used);
    SW_ORACLE(memcmp(event_shms[0].text, event_shms[1].text, event_shms[0].text_used) == 0);
    /* Only what a plan wrote: clearing all 16 MiB would take longer than the parsing. */
    for (int i = 0; i < 2; i++) {
        memset(&event_shms[i].plan, 0, sizeof event_shms[i].plan);
        memset(event_shms[i].text, 0, event_shms[i].text_used);
    }
}

/* Parsing depends on nothing but the bytes: not on memory that an earlier parse has left, nor on
 * addresses. */
static void check_again(const struct sw_spec *spec, const char *bytes, size_t size)
{
    struct sw_spec *again;
    struct sw_error e;

    SW_ORACLE(sw_spec_parse(spec->path, bytes, size, &again, &e) == 0);
    SW_ORACLE(again->hash == spec->hash);
    SW_ORACLE(again->schedule_count == spec->schedule_count);
    SW_ORACLE(strcmp(again->summary, spec->summary) == 0);
    SW_ORACLE(strcmp(again->spill, spec->spill) == 0);
    for (int i = 0; i < spec->schedule_count; i++)
        check_plan(spec, again, i);
    sw_spec_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char path[] = "input.spec";
    struct sw_spec *spec;
    struct sw_error e;

    if (sw_spec_parse(path, (const char *)bytes, size, &spec, &e) < 0) {
        SW_ORACLE(spec == NULL);
        sw_oracle_refusal(&e, path, bytes, size);
        return 0;
    }
    check_indices(spec);
    check_again(spec, (const char *)bytes, size);
    sw_spec_free(spec);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    return sw_mutate_lines(bytes, size, room, seed, LLVMFuzzerMutate);
}
