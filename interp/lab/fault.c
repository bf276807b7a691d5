/* SPDX-License-Identifier: MIT
 *
 * fault.c - which historical faults are on, as SLP_FAULTS says.
 */
#include "contract/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned char slp_fault_on[SLP_FAULT_COUNT];

static const char *const fault_names[] = {
#define FAULT_NAME(id, name, source, text) name,
    SLP_FAULTS(FAULT_NAME)
#undef FAULT_NAME
};

static int fault_switch_on(const char *name, size_t length)
{
    for (int i = 0; i < SLP_FAULT_COUNT; i++) {
        if (strlen(fault_names[i]) == length && memcmp(fault_names[i], name, length) == 0) {
            slp_fault_on[i] = 1;
            return 0;
        }
    }
    fprintf(stderr, "slpython-lab: SLP_FAULTS: unknown fault '%.*s'; known are:", (int)length,
            name);
    for (int i = 0; i < SLP_FAULT_COUNT; i++)
        fprintf(stderr, "%s %s", i ? "," : "", fault_names[i]);
    fputc('\n', stderr);
    return -1;
}

int slp_fault_init(void)
{
    const char *at = getenv("SLP_FAULTS");

    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ",");
        if (length > 0 && fault_switch_on(at, length) < 0)
            return -1;
        at += length;
        at += *at == ',';
    }
    return 0;
}
