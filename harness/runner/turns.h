/* SPDX-License-Identifier: MIT
 *
 * turns.h - jobs of one search run their schedules in turns, where the program changes files that
 * they share.
 *
 * Temporary files are each process's own (temp_folder.h).  Other files are there once: a schedule
 * that writes out.txt would find it as one of another job has just made it, and fail for that.  So
 * from the first schedule on that has changed one, one runs at a time, and the result is that of one
 * job.  The first schedule of all runs alone, in case it does.
 */
#ifndef SW_TURNS_H
#define SW_TURNS_H

#include <pthread.h>

#include "contract/control_shm.h"

struct sw_turns {
    pthread_mutex_t turn; /* held by whoever runs a schedule, if needed */
    pthread_mutex_t lock; /* of what is below */
    int is_known; /* a schedule has come to its end */
    int is_needed;
    char file[SW_SHARED_FILE_MAX]; /* the first that was changed; "": none */
};

void sw_turns_init(struct sw_turns *turns);
void sw_turns_destroy(struct sw_turns *turns);

/* Around each schedule, or order of some; turns may be NULL.  What take() returned is for give();
 * shm: what the schedule has left, or NULL. */
int sw_turns_take(struct sw_turns *turns);
void sw_turns_give(struct sw_turns *turns, int taken, const struct sw_control_shm *shm);

#endif
