/* SPDX-License-Identifier: MIT
 *
 * hostile.h - hostile mode (SLP_HOSTILE=1): whatever points into a spilled stack shows.
 *
 * The stack is spilled at every frame, and spilled and brought back at every
 * point; what a spill leaves behind is overwritten.  So a pointer into a stack
 * that has been moved reads nonsense at once, and not once in a thousand runs.
 *
 * In slpython, which is not the lab build, it is off and the calls are nothing.
 */
#ifndef SLP_HOSTILE_H
#define SLP_HOSTILE_H

#ifdef SLP_LAB
extern int slp_hostile_on;
/* Reads SLP_HOSTILE.  Returns slp_hostile_on. */
int slp_hostile_init(void);
/* Called on an empty stack: overwrites what the spilled one has left there, from
 * that address up to the caller's frame. */
void slp_hostile_overwrite(char *from, char *frame);
/* One spill and back with nothing in between, if a spill is possible here. */
void slp_hostile_shake(void);
#else
static inline int slp_hostile_init(void)
{
    return 0;
}

static inline void slp_hostile_overwrite(char *from, char *frame)
{
    (void)from, (void)frame;
}
#endif

#endif
