/* SPDX-License-Identifier: MIT
 *
 * pattern_object.c - lost update, and check then act: what one object has been through.
 */
#include <string.h>

#include "pattern.h"

/* What was read is no longer there when the thread writes: r1 w2 w1. */
static int is_overwritten(struct sw_evidence *search, uint32_t read, uint32_t between,
                          uint32_t write)
{
    const struct sw_timeline_entry *r1 = sw_evidence_at(search, read),
                                   *w1 = sw_evidence_at(search, write);

    if (!sw_evidence_is_same_thing(r1, w1) || strcmp(r1->before, w1->before) == 0 ||
        *w1->after == '\0')
        return 0;
    /* Whoever finds nothing there and makes something has not lost an update, but has made two. */
    int is_check = sw_evidence_is_nothing(r1->before);
    sw_evidence_tell(search, is_check ? SW_EXPLANATION_CHECK_THEN_ACT : SW_EXPLANATION_LOST_UPDATE,
                     read, between);
    sw_explanation_add(search->explanation, write);
    char one[16], other[16];
    sw_timeline_thread(search->timeline, r1->thread, one);
    sw_timeline_thread(search->timeline, sw_evidence_at(search, between)->thread, other);
    sw_evidence_give_reason(
        search,
        is_check ? "%s is %s when %s looks at it; %s makes it %s; %s, which does not look again, "
                   "writes %s"
                 : "%s is %s when %s reads it; %s makes it %s; %s, which has read before that, "
                   "overwrites it with %s",
        search->explanation->object, *r1->before != '\0' ? r1->before : "not there", one, other,
        w1->before, one, w1->after);
    return 1;
}

/* Thread 1 has seen one value, now sees another, and writes. */
static int is_acted_upon(struct sw_evidence *search, uint32_t read, uint32_t write)
{
    uint32_t check = sw_evidence_find_read_before(search, read);
    uint32_t between = check != 0 ? sw_evidence_find_write_between(search, check, read) : 0;

    if (between == 0 ||
        !sw_evidence_is_same_thing(sw_evidence_at(search, check), sw_evidence_at(search, read)) ||
        strcmp(sw_evidence_at(search, check)->before, sw_evidence_at(search, read)->before) == 0)
        return 0;
    sw_evidence_tell(search, SW_EXPLANATION_CHECK_THEN_ACT, check, between);
    sw_explanation_add(search->explanation, read);
    sw_explanation_add(search->explanation, write);
    sw_evidence_give_reason(search,
                            "%s was %s when it was checked, and is %s when the thread acts on that",
                            search->explanation->object, sw_evidence_at(search, check)->before,
                            sw_evidence_at(search, read)->before);
    return 1;
}

/* The writes of the object of that entry, in their order. */
int sw_pattern_object_find(struct sw_evidence *search, uint32_t object)
{
    for (uint32_t i = sw_evidence_first_of(search, object); i != 0;
         i = sw_evidence_at(search, i)->same_behind) {
        if (!sw_evidence_is_write(sw_evidence_at(search, i)))
            continue;
        uint32_t read = sw_evidence_find_read_before(search, i);
        uint32_t between = read != 0 ? sw_evidence_find_write_between(search, read, i) : 0;
        if (between != 0 && is_overwritten(search, read, between, i))
            return 1;
        if (read != 0 && between == 0 && is_acted_upon(search, read, i))
            return 1;
    }
    return 0;
}
