/* SPDX-License-Identifier: MIT
 *
 * why.h - follows what a recorded failure is about from its birth to the failure: in slpython-lab a
 * value, a tasklet or a channel (why_path.h), elsewhere variables and locks (why_threads.h).
 *
 * The schedule is run once more, in an interpreter that tells all it knows (event_shm.h, explains).
 * That run has to be the recorded one in every decision; if it is not, that is said and nothing is
 * explained.
 */
#ifndef SW_WHY_H
#define SW_WHY_H

/* Texts are borrowed. */
struct sw_why_order {
    const char *path; /* a .sched */
    const char *value; /* "#3", or a name; NULL: what failed */
    int last_first;
    int json;
};

/* Returns the exit status: 0 it was explained; 1 it was another run, or it does not fail; 2 a usage
 * or harness error; 3 nobody tells there of what could be followed. */
int sw_why_run(const struct sw_why_order *order);

#endif
