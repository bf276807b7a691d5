/* SPDX-License-Identifier: MIT
 *
 * attach.h - taking control of a process; attach.c says of which.
 */
#ifndef SW_ATTACH_H
#define SW_ATTACH_H

/* For an interpreter with an agent, which need not be the file that was started:
 * takes control if the control memory is for whichever process claims it. */
void sw_attach_claim(void);
/* For one whose forks will: it has the environment that the control memory says, and the random
 * bytes of a controlled process, and is not controlled itself. */
void sw_attach_prepare(void);

#endif
