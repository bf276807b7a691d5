/* SPDX-License-Identifier: MIT
 *
 * doctor.h - what of this machine spillway can use, what it lacks, and what to install.
 *
 * Each row is one thing that was tried, and not one that a list of packages promises.  The programs
 * that are asked for their versions are those that a command would start.
 */
#ifndef SW_DOCTOR_H
#define SW_DOCTOR_H

#include <stdio.h>

/* Returns 1 if tests can be explored here; 0 if something is missing without which none can. */
int sw_doctor_print(FILE *out);

#endif
