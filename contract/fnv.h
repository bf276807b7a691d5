/* SPDX-License-Identifier: MIT
 *
 * fnv.h - FNV-1a, one part at a time: short texts, where no library is at hand.
 */
#ifndef SW_FNV_H
#define SW_FNV_H

#include <stdint.h>

/* What a hash begins with: from 0 on, parts that are 0 would change nothing. */
#define SW_FNV_32 UINT32_C(2166136261)
#define SW_FNV_64 UINT64_C(0xcbf29ce484222325)

static inline uint32_t sw_fnv_32(uint32_t hash, uint32_t part)
{
    return (hash ^ part) * UINT32_C(16777619);
}

static inline uint64_t sw_fnv_64(uint64_t hash, uint64_t part)
{
    return (hash ^ part) * UINT64_C(0x100000001b3);
}

static inline uint64_t sw_fnv_64_text(const char *text)
{
    uint64_t hash = SW_FNV_64;

    for (; *text != '\0'; text++)
        hash = sw_fnv_64(hash, (unsigned char)*text);
    return hash;
}

#endif
