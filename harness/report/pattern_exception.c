/* SPDX-License-Identifier: MIT
 *
 * pattern_exception.c - what an exception says itself: what was checked before, what was not there
 * yet or is no more.
 */
#include <string.h>

#include "pattern.h"

/* The thing that the raising statement has touched last. */
static uint32_t find_touched(const struct sw_evidence *search, uint32_t exception)
{
    const struct sw_timeline_entry *raised = sw_evidence_at(search, exception);

    for (uint32_t i = exception; i-- > 1;) {
        const struct sw_timeline_entry *entry = sw_evidence_at(search, i);
        if (entry->thread != raised->thread)
            continue;
        if (sw_evidence_is_access(entry))
            return entry->line == raised->line && strcmp(entry->file, raised->file) == 0 ? i : 0;
    }
    return 0;
}

static int is_kind(const struct sw_timeline_entry *exception, const char *name)
{
    return strncmp(exception->text, name, strlen(name)) == 0;
}

/* An access that cannot be done now: what it wants is not there. */
static int is_failing_access(const struct sw_timeline_entry *exception)
{
    return is_kind(exception, "AttributeError") || is_kind(exception, "TypeError") ||
           is_kind(exception, "KeyError") || is_kind(exception, "IndexError") ||
           is_kind(exception, "NameError") || is_kind(exception, "UnboundLocalError") ||
           is_kind(exception, "ValueError");
}

/* The thread has looked at the thing before, and it was all right then. */
static int is_checked_before(struct sw_evidence *search, uint32_t touched, uint32_t exception)
{
    uint32_t check = sw_evidence_find_read_before(search, touched);

    while (check != 0 && sw_evidence_find_write_between(search, check, touched) == 0)
        check = sw_evidence_find_read_before(search, check);
    if (check == 0 || !sw_evidence_is_in_one_function(sw_evidence_at(search, check),
                                                      sw_evidence_at(search, touched)))
        return 0;
    sw_evidence_tell(search, SW_EXPLANATION_CHECK_THEN_ACT, check,
                     sw_evidence_find_write_between(search, check, touched));
    sw_explanation_add(search->explanation, touched);
    sw_explanation_add(search->explanation, exception);
    sw_evidence_give_reason(
        search, "%s was looked at, was changed by another thread, and is then relied upon",
        sw_evidence_name(search, touched));
    return 1;
}

/* What it has looked at just now is another value than when it looked before. */
static int has_changed_meanwhile(struct sw_evidence *search, uint32_t exception)
{
    struct sw_evidence_reads reads;

    sw_evidence_find_reads(search, exception, &reads);
    for (uint32_t i = 0; i < reads.count; i++) {
        uint32_t read = reads.list[i], check = sw_evidence_find_read_before(search, read);
        uint32_t between = check != 0 ? sw_evidence_find_write_between(search, check, read) : 0;
        if (between == 0 || sw_evidence_at(search, read)->kind != SW_TIMELINE_READ ||
            !sw_evidence_is_same_thing(sw_evidence_at(search, check),
                                       sw_evidence_at(search, read)) ||
            strcmp(sw_evidence_at(search, check)->before, sw_evidence_at(search, read)->before) ==
                0)
            continue;
        sw_evidence_tell(search, SW_EXPLANATION_CHECK_THEN_ACT, check, between);
        sw_explanation_add(search->explanation, read);
        sw_explanation_add(search->explanation, exception);
        sw_evidence_give_reason(
            search, "%s was %s when it was looked at first, and is %s when it is looked at again",
            sw_evidence_name(search, read), sw_evidence_at(search, check)->before,
            sw_evidence_at(search, read)->before);
        return 1;
    }
    return 0;
}

static int is_in_wrong_order(struct sw_evidence *search, uint32_t touched, uint32_t exception)
{
    const struct sw_timeline_entry *entry = sw_evidence_at(search, touched);
    uint32_t before = sw_evidence_find_write(search, touched, -1),
             behind = sw_evidence_find_write(search, touched, 1);
    int is_missing = *entry->before == '\0' || strcmp(entry->before, "None") == 0;

    if (!is_missing)
        return 0;
    /* Somebody has taken it away; or nobody has put it there yet. */
    int is_gone = before != 0 && (strcmp(sw_evidence_at(search, before)->after, "None") == 0 ||
                                  strcmp(sw_evidence_at(search, before)->after, "deleted") == 0);
    if (!is_gone && behind == 0)
        return 0;
    sw_evidence_tell(search, SW_EXPLANATION_ORDER, is_gone ? before : touched,
                     is_gone ? touched : behind);
    sw_explanation_add(search->explanation, exception);
    sw_evidence_give_reason(search,
                            is_gone ? "%s is used behind the write that takes it away"
                                    : "%s is used before it is written",
                            sw_evidence_name(search, touched));
    return 1;
}

int sw_pattern_exception_find(struct sw_evidence *search, uint32_t exception)
{
    const struct sw_timeline_entry *raised = sw_evidence_at(search, exception);
    uint32_t touched = find_touched(search, exception);

    if (sw_pattern_iteration_find_raised(search, exception))
        return 1;
    if (!is_failing_access(raised))
        return 0;
    return touched != 0 ? is_checked_before(search, touched, exception) ||
                              is_in_wrong_order(search, touched, exception)
                        : has_changed_meanwhile(search, exception);
}
