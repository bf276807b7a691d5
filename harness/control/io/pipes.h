/* SPDX-License-Identifier: MIT
 *
 * pipes.h - pipes that the program makes, and who has their other ends.
 *
 * When a child has been given the end to write to, and the program has closed its own, then what
 * comes out of the other end comes from children alone: settle.h waits for that.
 */
#ifndef SW_PIPES_H
#define SW_PIPES_H

/* Is it an end to read from, and have children the only ends to write to? */
int sw_pipes_is_childs(int fd);

#endif
