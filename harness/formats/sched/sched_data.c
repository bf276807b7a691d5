/* SPDX-License-Identifier: MIT */
#include "sched_data.h"

#include <stdio.h>

#include "contract/decision_kind.h"

/* A line that is still read; chosen freely. */
enum { SHOWN_MAX = 10 };

char *sw_sched_data_format(const struct sw_sched *sched, char *buf, size_t size)
{
    uint32_t found = 0;
    size_t used = 0;
    char choice[SW_DECISION_TEXT];

    *buf = '\0';
    for (uint32_t i = 0; i < sched->deviation_count; i++) {
        const struct sw_deviation *deviation = &sched->deviations[i];
        /* All are counted, and those beyond are not shown. */
        if (!sw_decision_kind(deviation->kind)->is_data || ++found > SHOWN_MAX || used >= size)
            continue;
        sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice);
        used += (size_t)snprintf(buf + used, size - used, "%sT%u %s %s", found > 1 ? ", " : "",
                                 deviation->thread, sw_decision_place(deviation->place), choice);
    }
    if (found > SHOWN_MAX && used < size)
        snprintf(buf + used, size - used, ", and %u more", found - SHOWN_MAX);
    return buf;
}
