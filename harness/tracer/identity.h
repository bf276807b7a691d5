/* SPDX-License-Identifier: MIT
 *
 * identity.h - what an object is called in the announcements of one schedule.
 *
 * Memory is used again: two objects of one address, one after the other, are not one.  An object
 * gets its number where it is announced for the first time, and loses it with its memory, so that
 * no two objects of a schedule have the same.
 *
 * Memory is given back through the allocator of objects, and by lists and dicts also to lists of
 * their own (3.11's); both are looked at.
 */
#ifndef SW_IDENTITY_H
#define SW_IDENTITY_H

/* Once, with the GIL. */
void sw_identity_begin(void);
/* The number as an address; NULL of NULL.  With the GIL. */
const void *sw_identity_of(const void *object);

/* Has another thread named it?  Or any? */
int sw_identity_is_of_others(const void *object);
int sw_identity_is_named(const void *object);

#endif
