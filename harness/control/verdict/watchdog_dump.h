/* SPDX-License-Identifier: MIT
 *
 * watchdog_dump.h - before the runner's watchdog kills the process, each thread's state is printed.
 *
 * A thread that computes for ever, or that waits where the engine does not see
 * it, makes no decision: no code of the engine runs.  So the runner sends
 * SW_ALARM_SIGNAL (control_shm.h); its handler prints what is known, and ends
 * the process.
 */
#ifndef SW_WATCHDOG_DUMP_H
#define SW_WATCHDOG_DUMP_H

/* Installs the handler. */
void sw_watchdog_dump_start(void);

#endif
