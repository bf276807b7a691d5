/* SPDX-License-Identifier: MIT
 *
 * oracle.h - for the fuzz targets: what must hold of any input.
 *
 * A target is a function that libFuzzer calls with bytes, in one process, millions of times.  It
 * has found a bug when the process dies: by a sanitizer, by an assertion in the harness, or by an
 * oracle here.  All of them abort with a line on stderr; none returns a verdict.
 */
#ifndef SW_ORACLE_H
#define SW_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"
#include "harness/formats/sched/sched.h"

/* "oracle: WHAT", and abort(). */
_Noreturn void sw_oracle_fail(const char *what, const char *detail);
#define SW_ORACLE(condition) \
    ((condition) ? (void)0 : sw_oracle_fail(#condition, __FILE__))

/* A refusal of a text: its path is that one, its place is inside of the text, and what it
 * says is one line of valid UTF-8 that is not empty. */
void sw_oracle_refusal(const struct sw_error *e, const char *path, const uint8_t *bytes,
                       size_t size);
/* The same of something without lines: only what it says. */
void sw_oracle_message(const struct sw_error *e, const char *path);

/* The two have the same in all their fields. */
void sw_oracle_same_sched(const struct sw_sched *one, const struct sw_sched *other);
/* As sw_sched_write_text() writes it; the caller frees it. */
char *sw_oracle_text_of(const struct sw_sched *sched, size_t *size);
/* A schedule that was accepted: what is written of it is accepted, is the same schedule, and
 * is written the same again. */
void sw_oracle_round_trip(const struct sw_sched *sched);

/* A file without a name, with these bytes: a path that can be opened as often as wanted, until
 * sw_oracle_close_file().  One at a time. */
const char *sw_oracle_open_file(const uint8_t *bytes, size_t size);
void sw_oracle_close_file(void);

#endif
