/* SPDX-License-Identifier: MIT
 *
 * inputs.h - which files the program opens: what it reads from the disk is an input of the run, and
 * no decision.
 *
 * Only the names are noted, each once, in the control memory; the runner looks at the files when
 * the run has ended.  Of a folder that is listed there is also a digest of the names, as the program
 * has found them the first time, up to its end or to where it stopped.  What is listed through a
 * descriptor (fdopendir()) is not noted.
 */
#ifndef SW_INPUTS_H
#define SW_INPUTS_H

/* It has been opened, from that folder (AT_FDCWD), to read or to write.  Keeps errno. */
void sw_inputs_note(int folder, const char *path, int writes);

/* The folder (a DIR *, NULL: it could not be opened) of that path has been opened, to be listed... */
void sw_inputs_begin_listing(const char *path, const void *folder);
/* ... a name that has come to it since it was recorded is not found (as_recorded.h) ... */
int sw_inputs_hides(const void *folder, const char *name);
/* ... and this name was found there; NULL: there are no more. */
void sw_inputs_list(const void *folder, const char *name);

#endif
