/* SPDX-License-Identifier: MIT
 *
 * watchpoints.h - does a hardware watchpoint stop a program on this machine?
 *
 * A virtual machine may take the debug registers' values and never trap.  gdb then sets its watchpoint,
 * and nothing that is written is ever seen: whoever asks what has written would be told "nothing".
 */
#ifndef SW_WATCHPOINTS_H
#define SW_WATCHPOINTS_H

/* Has a child that writes to what it is watched for been stopped?  1 or 0. */
int sw_watchpoints_work(void);

#endif
