/* SPDX-License-Identifier: MIT
 *
 * sem.h - the clause of who waits for a semaphore at an address; for access.c, too.
 */
#ifndef SW_SEM_H
#define SW_SEM_H

#include "harness/control/engine/wait.h"

extern const struct sw_clause sw_sem_clause;

#endif
