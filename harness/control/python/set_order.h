/* SPDX-License-Identifier: MIT
 *
 * set_order.h - does the program go over sets whose order follows addresses or hashes of texts?
 *
 * Then another layout (contract/layout.h) may be another run, and the control memory says so.  What
 * is seen is each iteration over a set, and each pop(), in CPython from 3.6 on: of at least two
 * members that are neither all plain integers nor all locks (threading itself goes over a set of its
 * threads' locks whenever it starts one).  What is not seen: a program that compares or prints id(),
 * and the dicts of 2.7.
 */
#ifndef SW_SET_ORDER_H
#define SW_SET_ORDER_H

/* Before the interpreter has begun. */
void sw_set_order_start(void);

#endif
