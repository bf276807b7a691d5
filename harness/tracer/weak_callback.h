/* SPDX-License-Identifier: MIT
 *
 * weak_callback.h - weak references that call C code when their object goes away.
 *
 * That is where the last reference to it is dropped, which no bytecode tells of; and nor does one of
 * what is called, as with weakref.ref(o, gone.append).  One whose callback is in Python is seen.
 */
#ifndef SW_TRACER_WEAK_CALLBACK_H
#define SW_TRACER_WEAK_CALLBACK_H

/* Once, with the GIL: from now on it is noted when one is made. */
void sw_weak_callback_begin(void);
/* Has one been made in this schedule, or before the first? */
int sw_weak_callback_is_unseen(void);
extern const char sw_weak_callback_text[]; /* why that is refused */

#endif
