/* SPDX-License-Identifier: MIT
 *
 * checkpoint.h - every schedule of a process begins from the same state, to the byte.
 *
 *      start of the program ... CHECKPOINT --> schedule of order 1 --+
 *                                   ^                                |
 *                                   |  memory, descriptors, threads  |
 *                                   +------- put back <--------------+
 *                                   |
 *                                   +--------> schedule of order 2 ...
 *
 * The program runs to the point before the first decision that concerns it.  There its memory
 * (memory_image.h) and what the kernel knows of it (kernel_state.h) are kept.  Then it goes on
 * under the first order; and when its schedule is over, however it is over, all is put back, and
 * the same point is left a second time, under the next order.  No schedule can see that there was
 * another one before it.
 *
 * Where the point is:
 *
 *      LATE     a test: where its schedule begins (schedule_loop.h).  A program: before its first
 *               thread, or before the first decision of another kind.
 *      EARLY    before that, at the first thing that could not be put back: a pipe, a socket, a
 *               subprocess, ...  The runner asks for this when LATE was refused.
 *
 * Only with fibers: an OS thread that runs cannot be put back.  What is left out, so that what it
 * does to the outside is there for the next schedule as it would be for the next process: files,
 * but for those in its own temporary folder (temp_state.h).
 */
#ifndef SW_CHECKPOINT_H
#define SW_CHECKPOINT_H

/* The calling thread is before a decision, or before it makes a thread. */
void sw_checkpoint_before_decision(void);
/* It is before it makes something that cannot be put back. */
void sw_checkpoint_before_outside(const char *what);
/* The schedule begins here (schedule_loop.h).  1: from a checkpoint, so that it is the first and
 * the last for all that the program knows. */
int sw_checkpoint_at_begin(void);

/* The schedule is over, by this exit status.  Does not return if it began at a checkpoint. */
void sw_checkpoint_end(int status);
/* From now on no checkpoint is taken, and none gone back to: in the child of a fork. */
void sw_checkpoint_forget(void);

/* The disposition of this signal may be another one. */
void sw_checkpoint_signal_changed(int number);

#endif
