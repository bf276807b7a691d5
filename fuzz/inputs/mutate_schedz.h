/* SPDX-License-Identifier: MIT
 *
 * mutate_schedz.h - mutates an archive and keeps its checks right.
 *
 * Each record of a .schedz has two hashes, and most are compressed.  If its bytes are changed
 * blindly, nearly all results are refused by the first check, and the code behind it is never
 * reached.  So the bytes are taken apart into records, one of them is changed, and all are written
 * again, with new hashes.
 */
#ifndef SW_MUTATE_SCHEDZ_H
#define SW_MUTATE_SCHEDZ_H

#include "input_mutate.h"

/* As LLVMFuzzerCustomMutator(): see input_mutate.h. */
size_t sw_mutate_schedz(uint8_t *bytes, size_t size, size_t room, unsigned seed,
                        sw_input_mutate_bytes *mutate);

#endif
