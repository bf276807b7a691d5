/* SPDX-License-Identifier: MIT
 *
 * start.h - taking control of a process; start.c says of which.
 */
#ifndef SW_START_H
#define SW_START_H

/* For an interpreter with an agent, which need not be the file that was started:
 * takes control if the board says that it is one's who claims it. */
void sw_start_claim(void);

#endif
