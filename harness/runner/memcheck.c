/* SPDX-License-Identifier: MIT */
#include "memcheck.h"

#include <stddef.h>

#include "contract/own_path.h"

char *const *sw_memcheck_words(void)
{
    static char quiet[] = "-q", *words[] = {NULL, quiet, NULL};

    if (words[0] == NULL)
        words[0] = sw_own_path_find(1, "lib/valgrind/memcheck");
    return words[0] != NULL ? words : NULL;
}
