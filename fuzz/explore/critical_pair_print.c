/* SPDX-License-Identifier: MIT */
#include "critical_pair.h"

#include "stack_print.h"

char *sw_critical_pair_print_name(const struct sw_critical_pair *critical, char *buf, size_t size)
{
    char places[SW_SHOWN_THREADS][800];

    *buf = '\0';
    if (!critical->found || !critical->seen.halted)
        return buf;
    for (int i = 0; i < SW_SHOWN_THREADS; i++)
        sw_stack_print_name(critical->seen.python[i], places[i], sizeof places[i]);
    snprintf(buf, size, "%s | %s", places[0][0] != '\0' ? places[0] : "?",
             places[1][0] != '\0' ? places[1] : "?");
    return buf;
}

void sw_critical_pair_print(FILE *out, const struct sw_critical_pair *critical)
{
    static const char *const words[] = {"first", "second"};

    if (!critical->found) {
        fprintf(out, "critical pair: none: %s\n", critical->why_not);
        return;
    }
    fprintf(
        out, "critical pair, at decision %llu: in the other order it %s%s\n",
        (unsigned long long)critical->decision,
        critical->otherwise[0] == '\0' ? "does not fail" : "ends otherwise: ", critical->otherwise);
    for (int i = 0; i < SW_SHOWN_THREADS; i++)
        sw_stack_print_thread(out, words[i], critical->threads[i], &critical->seen, i);
}
