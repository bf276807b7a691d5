/* SPDX-License-Identifier: MIT
 *
 * exit_calls.h - how a process ends by itself: where a checkpoint was taken only its schedule does.
 */
#ifndef SW_EXIT_CALLS_H
#define SW_EXIT_CALLS_H

/* From now on exit() tells before it leaves, as the last that it does.  To be called before the
 * program has asked for anything to be done then. */
void sw_exit_calls_start(void);

#endif
