/* SPDX-License-Identifier: MIT
 *
 * interrupt.h - Ctrl-C, SIGTERM and a terminal that goes away: told to whoever looks.
 *
 * A command that has something to keep begins with sw_interrupt_begin().  From then on such a
 * signal ends nothing by itself.  Searches look at sw_interrupt_came() where they look at the
 * clock, stop, and tell what they have; what runs at that moment is given a little time and then
 * ended (watchdog.h).  A second Ctrl-C ends the command at once; Slurm sends its SIGTERM twice, and
 * so a second one does not.
 */
#ifndef SW_INTERRUPT_H
#define SW_INTERRUPT_H

void sw_interrupt_begin(void);
/* 0, or the number of the signal that has come. */
int sw_interrupt_came(void);
/* A descriptor that is readable once one has come; -1: before the begin. */
int sw_interrupt_fd(void);

#endif
