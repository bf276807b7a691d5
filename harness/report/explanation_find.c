/* SPDX-License-Identifier: MIT
 *
 * explanation_find.c - from an exception back: what it has read, who has written that, and what that
 * one had read before.
 */
#include "explanation_find.h"

#include "pattern.h"

static int find_from(struct sw_evidence *search, uint32_t number, int depth);

static int is_seen(struct sw_evidence *search, uint32_t object)
{
    for (uint32_t i = 0; i < search->seen_count; i++)
        if (search->seen[i] == object)
            return 1;
    if (search->seen_count < sizeof search->seen / sizeof *search->seen)
        search->seen[search->seen_count++] = object;
    return 0;
}

/* Who has written it last before that place, with what it had seen; or else an exception that it has
 * met just before: what is kept in a list of errors, say. */
static int find_from_writer(struct sw_evidence *search, uint32_t read, int depth)
{
    for (uint32_t i = sw_evidence_at(search, read)->same_before; i != 0;
         i = sw_evidence_at(search, i)->same_before) {
        const struct sw_timeline_entry *write = sw_evidence_at(search, i);
        if (!sw_evidence_is_write(write) || write->thread == sw_evidence_at(search, read)->thread)
            continue;
        if (find_from(search, i, depth - 1))
            return 1;
        for (uint32_t k = i, left = SW_EVIDENCE_READS_MAX; k-- > 1 && left > 0;) {
            left -= sw_evidence_at(search, k)->thread == write->thread;
            if (sw_evidence_at(search, k)->thread == write->thread &&
                sw_evidence_at(search, k)->kind == SW_TIMELINE_EXCEPTION &&
                find_from(search, k, depth - 1))
                return 1;
        }
        return 0;
    }
    return 0;
}

static int find_from_reads(struct sw_evidence *search, uint32_t number, int depth)
{
    struct sw_evidence_reads reads;

    sw_evidence_find_reads(search, number, &reads);
    for (uint32_t i = 0; i < reads.count; i++)
        if (sw_pattern_object_find(search, reads.list[i]))
            return 1;
    if (sw_pattern_pair_find(search, &reads))
        return 1;
    for (uint32_t i = 0; i < reads.count && depth > 0; i++)
        if (!is_seen(search, sw_evidence_at(search, reads.list[i])->object) &&
            find_from_writer(search, reads.list[i], depth))
            return 1;
    return 0;
}

/* number: an exception, or a write. */
static int find_from(struct sw_evidence *search, uint32_t number, int depth)
{
    const struct sw_timeline_entry *entry = sw_evidence_at(search, number);

    if (depth <= 0)
        return 0;
    if (entry->kind == SW_TIMELINE_EXCEPTION && sw_pattern_exception_find(search, number))
        return 1;
    return find_from_reads(search, number, depth);
}

int sw_explanation_find_data(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                             uint32_t exception)
{
    struct sw_evidence search = {.explanation = explanation, .timeline = timeline};

    return find_from(&search, exception, SW_EVIDENCE_DEPTH_MAX) ||
           sw_pattern_iteration_find(&search, exception);
}
