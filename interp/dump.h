/* SPDX-License-Identifier: MIT
 *
 * dump.h - the Python stacks of tasklets that do not run, for a process that is at its end.
 *
 * A tasklet that is switched out has its frames on no thread, so that neither
 * faulthandler nor _Py_DumpTracebackThreads() shows them.  As with these,
 * nothing is allocated, no lock is taken, the GIL is not needed, and a signal's
 * handler may call it; what runs meanwhile may make it crash.
 *
 * Found by its name (dlsym()) by whoever wants it.
 */
#ifndef SLP_DUMP_H
#define SLP_DUMP_H

/* Writes, for each tasklet that has begun and does not run, one heading and its
 * frames, the innermost first:
 *
 *      Tasklet 2 of thread 0x00007ffff7c50740, receives from channel 0x00007ffff71b2f40
 *        File "a.py", line 3 in f
 *
 * A thread's tasklets are numbered in the order in which they began; its main
 * one is called "Main tasklet". */
void slp_dump_tasklets(int fd);

#endif
