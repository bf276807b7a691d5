/* SPDX-License-Identifier: MIT
 *
 * postmortem.h - the current thread by itself, when the engine has given its verdict.
 *
 * The process is about to end, and its interpreter is asked some more: names of
 * threads, stacks.  All others stand still for good; nothing is decided,
 * counted or written down any more.  But whoever asks an interpreter needs its
 * GIL, say, and may wait for that for ever: so as soon as it waits, even for a
 * time, it is over, by state again and by no clock.
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
