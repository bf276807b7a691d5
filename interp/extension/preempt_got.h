/* SPDX-License-Identifier: MIT
 *
 * preempt_got.h - finds out how a stock interpreter's loop makes its checks.
 */
#ifndef SLP_PREEMPT_GOT_H
#define SLP_PREEMPT_GOT_H

/* Once, when the module is imported.  0, or -1 with an exception.  If it is not found
 * out, run(timeout) raises NotImplementedError, and an exception that another thread
 * throws into a running tasklet waits for that tasklet's next switch. */
int slp_preempt_learn(void);

#endif
