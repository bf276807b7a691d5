/* SPDX-License-Identifier: MIT
 *
 * temp_state.h - the folder of the process's temporary files (harness/runner/temp_folder.h) is part
 * of its checkpoint: what a schedule leaves there goes when it is over.
 *
 * What was there at the checkpoint stays, with what schedules do to it: mostly nothing was, since
 * what imports make they make elsewhere.
 */
#ifndef SW_TEMP_STATE_H
#define SW_TEMP_STATE_H

#include <stdint.h>

#include "contract/empty_folder.h"

struct sw_temp_state {
    int fd; /* of the folder; -1: there is none, or more in it than there is room for */
    char kept[SW_EMPTY_FOLDER_KEPT]; /* what was there */
};

/* Before the program's first instruction: this is the folder; 0: there is none. */
void sw_temp_state_start(uint32_t fd);
/* The descriptor stays open in the program, and kernel_state.h sees to it that it is after each
 * schedule.  If the program has closed it by now, what schedules leave stays. */
void sw_temp_state_take(struct sw_temp_state *state);
/* 0; -1: something cannot be removed. */
int sw_temp_state_restore(const struct sw_temp_state *state);

#endif
