/* SPDX-License-Identifier: MIT
 *
 * postmortem.h - questions to the interpreter after the verdict, by the current thread alone.
 *
 * The process is about to end.  Before it does, its interpreter is asked for the names and stacks
 * of its threads.  All other threads stand still for good; nothing is decided, counted or recorded
 * any more.  To ask an interpreter may need its GIL, and that may never come: so as soon as the
 * thread waits for anything, even for a time, the questions end.  No clock is involved.
 */
#ifndef SW_POSTMORTEM_H
#define SW_POSTMORTEM_H

/* Calls ask(), then then(), which does not return.  If ask() comes to wait, or
 * ends its thread, then() is called from there.  When then() is called, the
 * engine's state is what it was, but it controls nothing any more. */
void sw_postmortem_ask(void (*ask)(void), void (*then)(void)) __attribute__((noreturn));
/* Nothing can run now.  Does not return if ask() is under way. */
void sw_postmortem_stuck(void);

#endif
