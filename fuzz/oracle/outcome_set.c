/* SPDX-License-Identifier: MIT */
#include "outcome_set.h"

static const char *const words[] = {
#define WORD(id, word) word,
    SW_ENDINGS(WORD)
#undef WORD
};

static int has(const struct sw_outcome_set *set, uint64_t outcome)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->list[i] == outcome)
            return 1;
    return 0;
}

void sw_outcome_set_put(struct sw_outcome_set *set, uint64_t number)
{
    if (has(set, number))
        return;
    if (set->count == SW_OUTCOME_SET_MAX)
        set->lost = 1;
    else
        set->list[set->count++] = number;
}

void sw_outcome_set_add(struct sw_outcome_set *set, const struct sw_batch_result *result,
                        const struct sw_control_shm *shm)
{
    const struct sw_end *end = result->end;
    int ended = end->kind == SW_ENDED_PASSED || end->kind == SW_ENDED_FAILED;
    /* What a deadlock's text says depends on which thread was asked last. */
    uint32_t number = ended ? shm->signature : (uint32_t)end->signal;

    sw_outcome_set_put(set, (uint64_t)end->kind << 32 | number);
}

const uint64_t *sw_outcome_set_lacks(const struct sw_outcome_set *set,
                                     const struct sw_outcome_set *other)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (!has(other, set->list[i]))
            return &set->list[i];
    return NULL;
}

uint32_t sw_outcome_set_number(uint64_t outcome)
{
    return outcome >> 32 == SW_ENDED_PASSED ? (uint32_t)outcome : 0;
}

const char *sw_outcome_set_word(uint64_t outcome)
{
    return words[outcome >> 32];
}
