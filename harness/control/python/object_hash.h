/* SPDX-License-Identifier: MIT
 *
 * object_hash.h - an object's hash does not follow its address.
 *
 * CPython hashes an object by its address, unless its class says otherwise.  Where it lies follows
 * from all that has been allocated before: the lengths of paths and of the environment, whether a
 * .pyc was there, the packages that were looked for.  So one schedule, in another folder, would have
 * its sets in another order.  Here the hash follows from three things instead: the name of the
 * object's class, how many of that name have been hashed before it, and the layout
 * (contract/layout.h).
 *
 *      {waiter A, waiter B}    hash(A) = mix("Waiter", 0, layout)
 *                              hash(B) = mix("Waiter", 1, layout)
 *
 * A class counts by its own name, too.  The number is the object's from the first time that it is
 * hashed until its memory is freed, which the interpreter's allocator of objects tells.
 *
 * So it is for all that inherits its hash from object, for context variables, and for methods that
 * are bound to an object.  It is not for what a program makes of id(), nor for a NaN, nor for a type of an
 * extension that hashes addresses by itself.
 *
 * It works with CPython from 3.6 on.  2.7 has no allocator that could be replaced, and PyPy's sets
 * have the order in which they were filled: nothing is done there.
 *
 * Everything here is called with the GIL, and by one controlled thread at a time.
 */
#ifndef SW_OBJECT_HASH_H
#define SW_OBJECT_HASH_H

#include "contract/control_shm.h"

/* Before the interpreter has begun, and after sw_object_layout_start(). */
void sw_object_hash_start(const struct sw_control_shm *shm);

#endif
