/* SPDX-License-Identifier: MIT */
#include "real.h"

#include <string.h>

struct sw_real sw_real;

/* Of the condition variable's functions glibc still has a version with another
 * layout, and a search without a version may find that one. */
static void *find_next(const char *name)
{
    void *found = NULL;

    if (strncmp(name, "pthread_cond_", 13) == 0)
        found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found != NULL ? found : dlsym(RTLD_NEXT, name);
}

void sw_real_resolve(void)
{
#define RESOLVE(name) *(void **)&sw_real.name = find_next(#name);
    SW_REALS(RESOLVE)
#undef RESOLVE
    sw_real.resolved = 1;
}
