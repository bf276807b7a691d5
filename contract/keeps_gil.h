/* SPDX-License-Identifier: MIT
 *
 * keeps_gil.h - how an interpreter tells whoever controls its threads that one keeps the GIL.
 *
 * A controlled program is preempted wherever its evaluation loop looks whether somebody
 * wants the GIL.  While the running thread keeps the GIL there (an atomic tasklet, say)
 * it is not to be.  The controller defines a function of this name, and the interpreter
 * calls it if it is there.  What drops the GIL in C is another matter.
 */
#ifndef SLP_KEEPS_GIL_H
#define SLP_KEEPS_GIL_H

#define SLP_KEEPS_GIL "spillway_keeps_gil"

/* The calling thread, which has the GIL, keeps it at its checks (1), or no longer (0). */
typedef void slp_keeps_gil_function(int keeps);

#endif
