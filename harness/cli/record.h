/* SPDX-License-Identifier: MIT
 *
 * record.h - the command "record": run a program under control and keep its schedule.
 */
#ifndef SW_EVENT_WRITER_H
#define SW_EVENT_WRITER_H

/* argv[0] is "record".  Returns the exit status: 0 the program ended with 0, 1
 * it failed, crashed or came to a deadlock, 2 a usage or harness error, 3
 * inconclusive. */
int sw_record(int argc, char **argv);

#endif
