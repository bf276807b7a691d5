/* SPDX-License-Identifier: MIT
 *
 * alarm.h - the runner's watchdog asks, before it kills, where everybody is.
 *
 * A thread that computes for ever, or that waits in a way that the engine does
 * not see, makes no decision, so that nothing of the engine runs.  The signal
 * SW_ALARM_SIGNAL (board.h) does: its handler prints what can be told from
 * there, and ends the process.
 */
#ifndef SW_ALARM_H
#define SW_ALARM_H

/* Installs the handler. */
void sw_alarm_start(void);

#endif
