/* SPDX-License-Identifier: MIT */
#include "schedule_figures.h"

#include <stdio.h>
#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

uint64_t sw_schedule_figures_distinct(uint64_t *hashes, uint64_t count)
{
    uint64_t distinct = count > 0;

    if (count > 0)
        qsort(hashes, count, sizeof *hashes, compare_numbers);
    /* Sorted, equal ones stand side by side. */
    for (uint64_t i = 1; i < count; i++)
        distinct += hashes[i] != hashes[i - 1];
    return distinct;
}

char *sw_schedule_figures_rate(char *buf, size_t size, double rate)
{
    uint64_t number = (uint64_t)rate, step = 1;

    /* Timers and other load make the rest of the digits noise. */
    while (number / step >= 1000)
        step *= 10;
    number = number / step * step;
    if (number >= 1000000)
        snprintf(buf, size, "%llu %03llu %03llu", (unsigned long long)number / 1000000,
                 (unsigned long long)number / 1000 % 1000, (unsigned long long)number % 1000);
    else if (number >= 1000)
        snprintf(buf, size, "%llu %03llu", (unsigned long long)number / 1000,
                 (unsigned long long)number % 1000);
    else
        snprintf(buf, size, "%llu", (unsigned long long)number);
    return buf;
}
