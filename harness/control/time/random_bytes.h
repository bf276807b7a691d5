/* SPDX-License-Identifier: MIT
 *
 * random_bytes.h - random bytes that follow from the run's chance alone (contract/chance.h).
 *
 * So two schedules of one chance differ in nothing but the schedule.  They replace what
 * getrandom(), getentropy(), arc4random(), /dev/urandom and /dev/random give.
 */
#ifndef SW_RANDOM_BYTES_H
#define SW_RANDOM_BYTES_H

#include <stdint.h>
#include <sys/types.h>

/* What the kernel has given the process with its arguments (AT_RANDOM) is the same in each one from
 * now on, whatever the chance: that somebody reads it is seen by nobody.  Before the program's
 * first instruction, and behind the C library's, which has had of it what it needs. */
void sw_random_bytes_start(void);
/* Returns size. */
ssize_t sw_random_bytes_fill(void *buf, size_t size);
/* Where the sequence is, 0: not begun; and it goes on from there, once more.  Never from its
 * beginning: a name that is made there would be one that the program has made before. */
uint64_t sw_random_bytes_state(void);
void sw_random_bytes_restart(uint64_t state);
/* From now on without control, too, from the beginning: a fork that is controlled goes on. */
void sw_random_bytes_prepare(void);

#endif
