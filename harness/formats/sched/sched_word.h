/* SPDX-License-Identifier: MIT
 *
 * sched_word.h - which characters of a .sched need no quotes; its reader and its writer agree.
 */
#ifndef SW_SCHED_WORD_H
#define SW_SCHED_WORD_H

static inline int sw_sched_is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

#define SW_SCHED_RULE "----"

#endif
