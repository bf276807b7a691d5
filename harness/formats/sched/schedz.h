/* SPDX-License-Identifier: MIT
 *
 * schedz.h - a .schedz: many schedules of one program in few bytes; what a campaign keeps.
 *
 * The magic line "spillway schedz 1", then records (schedz_records.h) of these types:
 *      H   the header, once and first: the text that sw_sched_write_text() prints above
 *          the first ----, of the first schedule
 *      N   sites that are new here, a line each: "run gil.release"
 *      S   as many schedules as the record's count says: of each its length and
 *          what schedz_delta.h says, against the header's found and outcome and the
 *          sites of all N above
 *
 * All schedules of an archive have the same header but for their found and
 * outcome; what was read (reads) is not kept.  Apart from that, a schedule that is read
 * is, as text, byte for byte what was packed.
 *
 * Adding writes behind what is there and never changes it.  A process that dies while
 * it adds leaves a last record that is cut off.  That record is counted, it keeps nobody
 * from reading the others, and the next that adds removes it.  Two processes may add at
 * once: one waits for the other.
 *
 * Limits: schedz_records.h.
 *
 * All functions return 0, or -1 with *e: its path is the archive's, its text begins
 * with the offset where that is known ("byte 120: ...").
 */
#ifndef SW_SCHEDZ_H
#define SW_SCHEDZ_H

#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"
#include "sched.h"

enum { SW_SCHEDZ_VERSION = 1 };

/* Does the name end in .schedz? */
int sw_schedz_is_archive(const char *path);

/* Adds them, in this order; all or, when it fails, none.  Creates the archive.  The
 * schedules are valid (sched.h) and stay the caller's.  Those of one call share
 * records, which makes them smaller.  *first, if first is not NULL, is the number of
 * the first of them. */
int sw_schedz_append(const char *path, const struct sw_sched *const *scheds, size_t count,
                   uint64_t *first, struct sw_error *e);

/* May a schedule with this header be added?  To be asked before a run whose schedule is
 * to be added: all but found, outcome and decisions must be there, and without interp_version
 * that is not compared.  Yes, where there is no archive yet. */
int sw_schedz_admits(const char *path, const struct sw_sched *sched, struct sw_error *e);

/* Reads one; numbers are from 1.  Only what is read of the archive need be sound.
 * *out is the caller's: sw_sched_free(). */
int sw_schedz_load(const char *path, uint64_t number, struct sw_sched **out, struct sw_error *e);

/* How many are whole, and how many at the end are cut off (at least; 1 if that too
 * is cut off).  Checks every byte. */
int sw_schedz_count(const char *path, uint64_t *whole, uint64_t *cut_off, struct sw_error *e);

#endif
