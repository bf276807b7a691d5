/* SPDX-License-Identifier: MIT */
#include "program_shrink.h"

#include <string.h>

/* Takes out statement number n, counted through all bodies; what stands in another one has a number
 * of its own, behind it.  0: there is none of that number. */
static int leave_out(struct sw_random_program *program, int n)
{
    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++) {
        struct sw_random_body *body = &program->bodies[i];
        for (int k = 0; k < body->count; k++) {
            struct sw_random_statement *statement = &body->statements[k];
            if (n-- == 0) {
                body->count--;
                memmove(statement, statement + 1, (size_t)(body->count - k) * sizeof *statement);
                return 1;
            }
            if (statement->inner_object >= 0 && n-- == 0) {
                statement->inner_object = -1;
                return 1;
            }
        }
    }
    return 0;
}

static int is_used(const struct sw_random_program *program, int object)
{
    for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
        for (int k = 0; k < program->bodies[i].count; k++) {
            const struct sw_random_statement *statement = &program->bodies[i].statements[k];
            if (statement->object == object || statement->inner_object == object)
                return 1;
        }
    return 0;
}

/* An object that nobody uses goes, and those behind it move up. */
static void drop_objects(struct sw_random_program *program)
{
    for (int object = program->object_count - 1; object >= 0; object--) {
        if (is_used(program, object))
            continue;
        program->object_count--;
        for (int i = object; i < program->object_count; i++)
            program->shapes[i] = program->shapes[i + 1];
        for (int i = 0; i < SW_RANDOM_PROGRAM_BODIES; i++)
            for (int k = 0; k < program->bodies[i].count; k++) {
                struct sw_random_statement *statement = &program->bodies[i].statements[k];
                statement->object -= statement->object > object;
                statement->inner_object -= statement->inner_object > object;
            }
    }
}

/* 1: something could be left out; 0: nothing; -1: *e. */
static int shrink_once(struct sw_program_judge *judge, struct sw_random_program *program,
                       struct sw_program_judgement *judgement, struct sw_error *e)
{
    struct sw_random_program smaller = *program;
    struct sw_program_judgement one;

    for (int n = 0; leave_out(&smaller, n); n++, smaller = *program) {
        drop_objects(&smaller);
        if (sw_program_judge_run(judge, &smaller, SW_SEARCH_FAULT_NONE, &one, e) < 0)
            return -1;
        if (one.verdict != judgement->verdict)
            continue;
        *program = smaller;
        *judgement = one;
        return 1;
    }
    return 0;
}

int sw_program_shrink(struct sw_program_judge *judge, struct sw_random_program *program,
                      struct sw_program_judgement *judgement, struct sw_error *e)
{
    int status = 1;

    while (status == 1)
        status = shrink_once(judge, program, judgement, e);
    return status;
}
