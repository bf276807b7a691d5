/* SPDX-License-Identifier: MIT
 *
 * one_of.h - is a name one of a list?
 */
#ifndef SW_TRACER_ONE_OF_H
#define SW_TRACER_ONE_OF_H

#include <stddef.h>
#include <string.h>

static inline int is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return 0;
}

/* names: an array of such. */
#define IS_ONE_OF(name, names) is_one_of((name), (names), sizeof(names) / sizeof *(names))

#endif
