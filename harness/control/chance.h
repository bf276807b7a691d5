/* SPDX-License-Identifier: MIT
 *
 * chance.h - the kernel's random numbers, made the same in every run.
 */
#ifndef SW_CHANCE_H
#define SW_CHANCE_H

/* The sequence begins anew. */
void sw_chance_restart(void);

#endif
