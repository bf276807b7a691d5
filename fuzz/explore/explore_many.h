/* SPDX-License-Identifier: MIT
 *
 * explore_many.h - explore.h for the tests of a file, a class, or a folder, one after the other.
 *
 * Which tests there are target_list.h says.  Each has all of the schedules, or of the time, and is
 * reported as soon as it is done.  One that fails does not keep the others from being explored.
 */
#ifndef SW_EXPLORE_MANY_H
#define SW_EXPLORE_MANY_H

#include "explore.h"

/* Borrows all. */
struct sw_explore_many_order {
    const struct sw_explore *explore; /* of each; its target and file do not count */
    char *const *paths; /* targets and folders */
    int path_count;
};

/* The exit status: that of the gravest: 2, 1, 3, 0. */
int sw_explore_many_run(const struct sw_explore_many_order *order);

#endif
