/* SPDX-License-Identifier: MIT
 *
 * thread_profile.h - what is known of a program before a schedule begins: how much each thread
 * does.
 *
 * Some strategies weigh the threads by how much is left of each, or spread their switches over
 * the whole length of a schedule.  They do not learn that from the schedules that they make: the
 * runner has one schedule run, makes a profile of it (fuzz/explore/profile_measure.h), and gives
 * the same one to every process.  So a schedule follows from its seed and the profile alone,
 * however many processes share the seeds.
 *
 * Threads are named by their ordinals.  Objects have none that would be the same in
 * another schedule; so an object is what a thread touched as its nth.
 */
#ifndef SW_THREAD_PROFILE_H
#define SW_THREAD_PROFILE_H

#include <stdint.h>

enum { SW_THREAD_PROFILE_THREADS = 1024, SW_THREAD_PROFILE_OBJECTS = 64 };

/* On one object, on which operations of two threads conflict, and not always under one lock. */
struct sw_thread_profile_object {
    /* Of each thread; of a lock, only how often it takes it. */
    uint32_t events[SW_THREAD_PROFILE_THREADS];
    /* Of the objects that the thread touches, from 1; 0: not at all. */
    uint32_t nth[SW_THREAD_PROFILE_THREADS];
};

/* All zero: nothing is known. */
struct sw_thread_profile {
    uint64_t steps;                      /* of the schedule; 0: nothing is known */
    uint64_t accesses;                   /* of the steps, reads and writes; grain call sees none */
    uint32_t thread_count;               /* ordinals are below it */
    uint32_t events[SW_THREAD_PROFILE_THREADS]; /* of each thread */
    uint32_t parent[SW_THREAD_PROFILE_THREADS]; /* 1 + who made it; 0: not known */
    /* Bit n - 1: nobody ever writes to the nth object that the thread touches. */
    uint64_t constant[SW_THREAD_PROFILE_THREADS];
    uint64_t constant_steps; /* of the steps, those on such objects */
    /* How many threads, itself among them, have the same maker and have done the same, each on
     * its own nth objects; 0: not known. */
    uint32_t twins[SW_THREAD_PROFILE_THREADS];
    uint32_t most_twins; /* the greatest of those */
    /* Bit n - 1: the nth that the thread touches is one of the objects below; and which event of
     * the schedule was its first on one of them, from 1; 0: there was none. */
    uint64_t fought[SW_THREAD_PROFILE_THREADS];
    uint32_t first[SW_THREAD_PROFILE_THREADS];
    uint32_t lock_count;                 /* of the objects below, those that are locks */
    /* bit n - 1: the nth that the thread touches is one */
    uint64_t locks[SW_THREAD_PROFILE_THREADS];
    uint32_t takes[SW_THREAD_PROFILE_THREADS];  /* how often each thread takes one */
    uint32_t object_count;
    struct sw_thread_profile_object objects[SW_THREAD_PROFILE_OBJECTS];
};

#endif
