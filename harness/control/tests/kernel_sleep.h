/* SPDX-License-Identifier: MIT
 *
 * kernel_sleep.h - for programs that also run without control: does a thread of the process wait?
 */
#ifndef SW_TESTS_KERNEL_SLEEP_H
#define SW_TESTS_KERNEL_SLEEP_H

#include <stdio.h>

static inline int sleeps_in_the_kernel(int tid)
{
    char path[64], state = '?';

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    FILE *in = fopen(path, "r");
    if (in != NULL) {
        if (fscanf(in, "%*d (%*[^)]) %c", &state) != 1)
            state = '?';
        fclose(in);
    }
    return state == 'S';
}

#endif
