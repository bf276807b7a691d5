/* SPDX-License-Identifier: MIT
 *
 * inputs.h - which files the program opens: what it reads from the disk is an input of the run, and
 * no decision.
 *
 * Only the names are noted, each once, in the control memory; the runner looks at the files when
 * the run has ended.
 */
#ifndef SW_INPUTS_H
#define SW_INPUTS_H

/* It has been opened, from that folder (AT_FDCWD), to read or to write.  Keeps errno. */
void sw_inputs_note(int folder, const char *path, int writes);

#endif
