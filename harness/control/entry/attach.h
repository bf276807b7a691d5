/* SPDX-License-Identifier: MIT
 *
 * attach.h - taking control of a process; attach.c says of which.
 */
#ifndef SW_ATTACH_H
#define SW_ATTACH_H

/* For an interpreter with an agent, which need not be the file that was started:
 * takes control if the control memory is for whichever process claims it. */
void sw_attach_claim(void);

#endif
