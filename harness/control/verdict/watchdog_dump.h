/* SPDX-License-Identifier: MIT
 *
 * watchdog_dump.h - the runner's watchdog asks, before it kills, where everybody is.
 *
 * A thread that computes for ever, or that waits in a way that the engine does
 * not see, makes no decision, so that nothing of the engine runs.  The signal
 * SW_ALARM_SIGNAL (control_shm.h) does: its handler prints what can be told from
 * there, and ends the process.
 */
#ifndef SW_WATCHDOG_DUMP_H
#define SW_WATCHDOG_DUMP_H

/* Installs the handler. */
void sw_watchdog_dump_start(void);

#endif
