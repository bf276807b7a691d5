/* SPDX-License-Identifier: MIT */
#include "decision_kind.h"

#include <stdio.h>
#include <string.h>

/* ---- what a random walk keeps ---- */

static uint32_t keep_running(const struct sw_decision *decision)
{
    return decision->candidates[decision->fallback] == decision->thread ? SW_KEEP_RUNNING : 0;
}

static uint32_t keep_nothing(const struct sw_decision *decision)
{
    return decision->candidates[1] >= SW_ACTION_FAULT ? SW_KEEP_NO_FAULT : SW_KEEP_NOTHING;
}

static uint32_t keep_none(const struct sw_decision *decision)
{
    (void)decision;
    return 0;
}

/* ---- candidates as text ---- */

static char *format_thread(uint32_t candidate, char *buf, size_t size)
{
    snprintf(buf, size, "T%u%s", candidate & ~SW_EARLY, candidate & SW_EARLY ? "-early" : "");
    return buf;
}

static char *format_action(uint32_t candidate, char *buf, size_t size)
{
    snprintf(buf, size, "%s", sw_decision_action(candidate));
    return buf;
}

static char *format_move(uint32_t candidate, char *buf, size_t size)
{
    snprintf(buf, size, "m%u", candidate);
    return buf;
}

static char *format_bytes(uint32_t candidate, char *buf, size_t size)
{
    snprintf(buf, size, "b%u", candidate);
    return buf;
}

static char *format_number(uint32_t candidate, char *buf, size_t size)
{
    snprintf(buf, size, "%u", candidate);
    return buf;
}

static char *format_ready(uint32_t candidate, char *buf, size_t size)
{
    if (candidate >> SW_READY_SHIFT == 0)
        return format_thread(candidate, buf, size);
    snprintf(buf, size, "T%u+%u", candidate & ((1u << SW_READY_SHIFT) - 1),
             candidate >> SW_READY_SHIFT);
    return buf;
}

/* Digits, of a number below SW_EARLY.  Returns their length. */
static size_t parse_digits(const char *word, uint32_t *number)
{
    uint64_t value = 0;
    size_t length = 0;

    for (; word[length] >= '0' && word[length] <= '9'; length++)
        /* Below 2 ** 31 before, so below 2 ** 35 after one more digit: 64 bits do not overflow. */
        if ((value = value * 10 + (uint64_t)(word[length] - '0')) >= SW_EARLY)
            return 0;
    *number = (uint32_t)value;
    return length;
}

/* The letter, and digits. */
static size_t parse_number(const char *word, char letter, uint32_t *number)
{
    size_t length = word[0] == letter ? parse_digits(word + 1, number) : 0;

    return length > 0 ? length + 1 : 0;
}

static size_t parse_thread(const char *word, uint32_t *candidate)
{
    return parse_number(word, 'T', candidate);
}

static size_t parse_next(const char *word, uint32_t *candidate)
{
    static const char early[] = "-early";
    size_t length = parse_thread(word, candidate);

    if (length == 0 || strncmp(word + length, early, sizeof early - 1) != 0)
        return length;
    *candidate |= SW_EARLY;
    return length + sizeof early - 1;
}

static size_t parse_move(const char *word, uint32_t *candidate)
{
    return parse_number(word, 'm', candidate);
}

static size_t parse_bytes(const char *word, uint32_t *candidate)
{
    return parse_number(word, 'b', candidate);
}

/* Behind the thread may stand "+2": the third of its descriptors. */
static size_t parse_ready(const char *word, uint32_t *candidate)
{
    uint32_t number;
    size_t length = parse_thread(word, candidate);
    size_t more = length > 0 ? parse_number(word + length, '+', &number) : 0;

    /* What does not fit into 11 bits is no index: the word ends behind the thread, and the reader
     * stumbles over the "+". */
    if (more == 0 || number >= SW_EARLY >> SW_READY_SHIFT)
        return length;
    *candidate |= number << SW_READY_SHIFT;
    return length + more;
}

static size_t parse_none(const char *word, uint32_t *candidate)
{
    (void)word, (void)candidate;
    return 0;
}

/* ---- what can be a candidate ---- */

/* A RUN: a thread may have SW_EARLY, and every other bit may be in an ordinal. */
static int is_any(uint32_t candidate)
{
    (void)candidate;
    return 1;
}

static int is_action(uint32_t candidate)
{
    return sw_decision_is_action(candidate);
}

/* SW_EARLY, the highest bit, means something to RUN alone. */
static int is_small(uint32_t candidate)
{
    return candidate < SW_EARLY;
}

static int is_none(uint32_t candidate)
{
    (void)candidate;
    return 0;
}

/* ---- the table ---- */

#define CANNOT_RUN \
    .misses = "the thread that is wanted cannot run", .differs = "other threads could run"

/* Costs: a preemption stops a thread that could go on.  Which thread runs when it could not is no
 * preemption, but a delay of all that have waited longer.  Every other deviation costs one of
 * either, the choices of the program among them.  These are no preemptions; but if they were free,
 * a program that asks k times for one of n would have n ** k schedules within every bound, and to
 * ask in a loop is common.  As it is, a bound limits the number of schedules. */
#define COSTS_ONE .cost = {1, 1}, .forced_cost = {1, 1}

static const struct sw_decision_kind_row rows[SW_DECISION_KINDS] = {
    [SW_DECIDE_RUN] = {.verb = "run",
                       .is_asked = 1,
                       .is_schedule = 1,
                       .spec_says_it = 1,
                       .keeps = keep_running,
                       .cost = {1, 1},
                       .forced_cost = {0, 1},
                       .format = format_thread,
                       .parse = parse_next,
                       .is_candidate = is_any,
                       CANNOT_RUN},
    [SW_DECIDE_WAKE] = {.verb = "wake",
                        .is_asked = 1,
                        .keeps = keep_none,
                        COSTS_ONE,
                        .format = format_thread,
                        .parse = parse_thread,
                        .is_candidate = is_small,
                        CANNOT_RUN},
    [SW_DECIDE_ACT] = {.verb = "do",
                       .is_asked = 1,
                       .is_action = 1,
                       .keeps = keep_nothing,
                       COSTS_ONE,
                       .choice_matters = 1,
                       .format = format_action,
                       .parse = sw_decision_parse_action,
                       .is_candidate = is_action,
                       CANNOT_RUN},
    [SW_DECIDE_MOVE] = {.verb = "move",
                        .is_asked = 1,
                        .spec_says_it = 1,
                        .keeps = keep_none,
                        COSTS_ONE,
                        .format = format_move,
                        .parse = parse_move,
                        .is_candidate = is_small,
                        CANNOT_RUN},
    [SW_DECIDE_READY] = {.verb = "ready",
                         .keeps = keep_none,
                         COSTS_ONE,
                         .format = format_ready,
                         .parse = parse_ready,
                         .is_candidate = is_small,
                         CANNOT_RUN},
    [SW_DECIDE_BYTES] = {.verb = "read",
                         .keeps = keep_none,
                         COSTS_ONE,
                         .format = format_bytes,
                         .parse = parse_bytes,
                         .is_candidate = is_small,
                         CANNOT_RUN},
    [SW_DECIDE_CHOICE] = {.verb = "choose",
                          .is_asked = 1,
                          .is_data = 1,
                          .keeps = keep_none,
                          COSTS_ONE,
                          .format = format_number,
                          .parse = parse_digits,
                          .is_candidate = is_small,
                          .misses = "the wanted number is too high for this choice",
                          .differs = "it is a choice of more, or of fewer"},
};

static const struct sw_decision_kind_row unknown = {.verb = "unknown",
                                                    .is_asked = 1,
                                                    .keeps = keep_none,
                                                    COSTS_ONE,
                                                    .format = format_thread,
                                                    .parse = parse_none,
                                                    .is_candidate = is_none,
                                                    CANNOT_RUN};

const struct sw_decision_kind_row *sw_decision_kind(unsigned kind)
{
    return kind < SW_DECISION_KINDS ? &rows[kind] : &unknown;
}

uint32_t sw_decision_kind_cost(unsigned kind, uint32_t thread, uint32_t fallback,
                               enum sw_decision_bound bound)
{
    const struct sw_decision_kind_row *row = sw_decision_kind(kind);

    /* If the default is not the thread that asks, that thread could not go on. */
    return fallback != thread ? row->forced_cost[bound] : row->cost[bound];
}
