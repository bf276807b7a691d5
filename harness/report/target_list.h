/* SPDX-License-Identifier: MIT
 *
 * target_list.h - which tests the targets of a command line name.
 *
 * The interpreter says it, in a process that nobody controls (spillway_starter.py --list): it
 * imports each file, so that what the file makes up as it is imported is found, too.
 */
#ifndef SW_TARGET_LIST_H
#define SW_TARGET_LIST_H

struct sw_target {
    char *name;       /* FILE::TEST, or a .sched; owned */
    char *file;       /* owned */
    const char *test; /* in name; NULL: the file is a .sched */
    int is_skipped;   /* as its file said when it was imported */
};

/* Texts are borrowed. */
struct sw_target_list_order {
    const char *interp, *starter;
    int watchdog_s; /* for each import; 0: the default */
    char *const *variables; /* NAME=VALUE of the environment, and a NULL; NULL: none */
};

struct sw_target_list {
    struct sw_target *targets;
    int count, room;
};

/* Adds all that the path names, which is a target or a folder.  0, or -1 after a line on stderr. */
int sw_target_list_add(struct sw_target_list *list, const struct sw_target_list_order *order,
                       const char *path);
void sw_target_list_free(struct sw_target_list *list);

#endif
