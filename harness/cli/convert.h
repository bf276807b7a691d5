/* SPDX-License-Identifier: MIT
 *
 * convert.h - the command "convert": .sched to .schedz and back.
 */
#ifndef SW_CONVERT_H
#define SW_CONVERT_H

/* argv[0] is "convert".  Returns the exit status: 0, or 2 a usage or harness error. */
int sw_convert(int argc, char **argv);

#endif
