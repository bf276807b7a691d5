/* SPDX-License-Identifier: MIT
 *
 * mutate_schedz.h - changes to an archive that keep its checks right.
 *
 * Each record of a .schedz has two hashes, and most are compressed: of bytes that are changed
 * blindly nearly all are refused by the first check, and what lies behind is never reached.
 * So the bytes are taken apart into records, one of them is changed, and they are written again.
 */
#ifndef SW_MUTATE_SCHEDZ_H
#define SW_MUTATE_SCHEDZ_H

#include <stddef.h>
#include <stdint.h>

/* How the bytes themselves are changed: libFuzzer's own.  Returns their number, at most room. */
typedef size_t sw_mutate_bytes(uint8_t *bytes, size_t size, size_t room);

/* As LLVMFuzzerCustomMutator(): changes the bytes in place, to at most room of them; returns
 * how many there are.  The same seed and the same mutate make the same of the same bytes. */
size_t sw_mutate_schedz(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                        sw_mutate_bytes *mutate);

#endif
