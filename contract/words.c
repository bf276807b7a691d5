/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of one option, in a message of 511 bytes; chosen freely.  A longer list is cut. */
enum { LIST_MAX = 200 };

int sw_words_number(const char *text, uint64_t least, uint64_t most, uint64_t *number,
                    struct sw_error *e)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    /* strtoull() takes blanks and signs: "-1" would be the largest number. */
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || *number < least ||
        *number > most)
        return sw_error_set(e, NULL, 0, 0, "'%s' is not a number from %llu to %llu", text,
                            (unsigned long long)least, (unsigned long long)most);
    return 0;
}

int sw_words_find(const char *const *names, const char *text, size_t length)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
            return i;
    return -1;
}

/* "threads, fibers and pool" */
static void list(const char *const *names, char *buf, size_t size)
{
    size_t used = 0;

    for (int i = 0; names[i] != NULL && used < size; i++) {
        const char *before = i == 0 ? "" : names[i + 1] == NULL ? " and " : ", ";
        used += (size_t)snprintf(buf + used, size - used, "%s%s", before, names[i]);
    }
}

int sw_words_choose(const char *const *names, const char *text, struct sw_error *e)
{
    char all[LIST_MAX];
    int index = sw_words_find(names, text, strlen(text));

    if (index >= 0)
        return index;
    list(names, all, sizeof all);
    return sw_error_set(e, NULL, 0, 0, "'%s' is none of %s", text, all);
}
