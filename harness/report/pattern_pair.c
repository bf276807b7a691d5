/* SPDX-License-Identifier: MIT
 *
 * pattern_pair.c - torn pair: two objects that are written together, and read in between.
 */
#include <string.h>

#include "pattern.h"

/* One function does one and then the other, and not in the next round of a loop; and it changes
 * something. */
static int belong_together(const struct sw_evidence *search, uint32_t a, uint32_t b)
{
    const struct sw_timeline_entry *first = sw_evidence_at(search, a < b ? a : b);
    const struct sw_timeline_entry *second = sw_evidence_at(search, a < b ? b : a);

    return sw_evidence_is_write(first) && sw_evidence_is_write(second) &&
           sw_evidence_is_in_one_function(first, second) && first->line <= second->line &&
           strcmp(first->before, first->after) != 0 && strcmp(second->before, second->after) != 0;
}

/* Has the thread written the second object before that, since it has written the first?  Then the two
 * are of two rounds. */
static int is_of_another_round(const struct sw_evidence *search, uint32_t written, uint32_t later)
{
    for (uint32_t i = sw_evidence_at(search, later)->same_before; i > written;
         i = sw_evidence_at(search, i)->same_before)
        if (sw_evidence_is_write(sw_evidence_at(search, i)) &&
            sw_evidence_at(search, i)->thread == sw_evidence_at(search, later)->thread)
            return 1;
    return 0;
}

/* The write of the object of that entry by the function that has done `written`, before or behind
 * the entry; 0: there is none. */
static uint32_t find_write_of(const struct sw_evidence *search, uint32_t number, int step,
                              uint32_t written)
{
    uint32_t i = sw_evidence_next(sw_evidence_at(search, number), step);

    while (i != 0 && written != 0 && !belong_together(search, i, written))
        i = sw_evidence_next(sw_evidence_at(search, i), step);
    return written != 0 ? i : 0;
}

/* Both are written between the two reads.  Whoever has read a flag first has relied on it. */
static int is_overtaken(struct sw_evidence *search, uint32_t first, uint32_t second, uint32_t write)
{
    int is_check = sw_evidence_is_nothing(sw_evidence_at(search, first)->before);

    sw_evidence_tell(search, is_check ? SW_EXPLANATION_CHECK_THEN_ACT : SW_EXPLANATION_TORN_PAIR,
                     first, write);
    sw_explanation_add(search->explanation, second);
    sw_evidence_give_reason(
        search,
        is_check ? "%s was %s when it was checked, and is another when %s is looked at"
                 : "%s is read as it was (%s) before %s, which belongs to it, was written",
        search->timeline->objects[sw_evidence_at(search, first)->object - 1].name,
        sw_evidence_at(search, first)->before,
        search->timeline->objects[sw_evidence_at(search, second)->object - 1].name);
    return 1;
}

/* first, second: reads of two objects by one thread, in this order. */
static int is_torn(struct sw_evidence *search, uint32_t first, uint32_t second)
{
    uint32_t written = sw_evidence_find_write(search, first, -1), later = 0;

    /* Of several writers the one counts that is not done yet. */
    for (uint32_t i = written; i != 0 && later == 0; i = sw_evidence_at(search, i)->same_before) {
        uint32_t other = sw_evidence_is_write(sw_evidence_at(search, i))
                             ? find_write_of(search, second, 1, i)
                             : 0;
        if (other != 0 && !is_of_another_round(search, i, other)) {
            written = i;
            later = other;
        }
    }
    /* The writer is between its two writes when both are read. */
    if (later != 0) {
        sw_evidence_tell(search, SW_EXPLANATION_TORN_PAIR, written, first);
    } else {
        written = sw_evidence_find_write(search, second, -1);
        later = find_write_of(search, first, 1, written);
        if (later == 0)
            return 0;
        if (written < first && later > second)
            sw_evidence_tell(search, SW_EXPLANATION_TORN_PAIR, written, second);
        else if (written > first && later < second)
            return is_overtaken(search, first, second, written < later ? written : later);
        else
            return 0;
    }
    sw_explanation_add(search->explanation, first);
    sw_explanation_add(search->explanation, second);
    sw_explanation_add(search->explanation, written);
    sw_explanation_add(search->explanation, later);
    sw_evidence_give_reason(
        search,
        "%s and %s are written together, and one is read as it was before that and one "
        "as it is behind it",
        search->timeline->objects[sw_evidence_at(search, first)->object - 1].name,
        search->timeline->objects[sw_evidence_at(search, second)->object - 1].name);
    return 1;
}

int sw_pattern_pair_find(struct sw_evidence *search, const struct sw_evidence_reads *reads)
{
    for (uint32_t i = 0; i < reads->count; i++)
        for (uint32_t k = i + 1; k < reads->count; k++)
            if (sw_evidence_at(search, reads->list[i])->kind == SW_TIMELINE_READ &&
                sw_evidence_at(search, reads->list[k])->kind == SW_TIMELINE_READ &&
                sw_evidence_is_in_one_function(sw_evidence_at(search, reads->list[i]),
                                               sw_evidence_at(search, reads->list[k])) &&
                is_torn(search, reads->list[k], reads->list[i]))
                return 1;
    return 0;
}
