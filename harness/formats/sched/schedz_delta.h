/* SPDX-License-Identifier: MIT
 *
 * schedz_delta.h - a schedule's decisions in few bytes: what schedz.h puts into records.
 *
 *      found      length of what it has in common with the base's, length and bytes of the rest
 *      outcome    the same
 *      decisions  number; hash: 8 bytes, the lowest first
 *      deviations how many, then for each of them:
 *          distance from the deviation before; 0: the decision right behind it
 *          control byte:
 *              bits 0-1  candidates: 0 those of the last deviation of this kind,
 *                        1 one more, 2 one fewer, 3 others
 *              bit 2     another site than the last deviation's
 *              bits 3-4  who asked: 0 who asked at the last one of this kind,
 *                        1 the first candidate, 2 the second, 3 another
 *              bits 5-7  what was chosen: the candidate's index; 7: another
 *          [site] [the candidate that is more | index of the one that is fewer |
 *          how many, and each] [thread] [index of the choice]
 *
 * All numbers are as in bytes.h.  A candidate is rotated left by one bit, so that
 * SW_EARLY costs none.  A site is a kind and a place, numbered as they come first
 * in the archive, which lists them by name: places may be renumbered.  The
 * actions may not: their numbers are in archives.
 */
#ifndef SW_SCHEDZ_DELTA_H
#define SW_SCHEDZ_DELTA_H

#include "contract/bytes.h"
#include "sched.h"

enum { SW_SCHEDZ_DELTA_SITES_MAX = 1024 };

struct sw_schedz_delta_sites {
    unsigned count;
    struct {
        uint32_t kind;
        uint32_t place;
    } list[SW_SCHEDZ_DELTA_SITES_MAX];
};

/* The site's number, -1 if it has none. */
int sw_schedz_delta_find(const struct sw_schedz_delta_sites *sites, unsigned kind, unsigned place);
/* Gives those of the schedule's sites numbers that have none.  0, or -1 when there are too many. */
int sw_schedz_delta_survey(struct sw_schedz_delta_sites *sites, const struct sw_sched *sched);

/* What a schedule is written against; the same must be given to read it. */
struct sw_schedz_delta_base {
    const char *found;
    const char *outcome;
    const struct sw_schedz_delta_sites *sites;
};

/* The schedule must be valid (sched.h), and surveyed. */
void sw_schedz_delta_write(struct sw_bytes *out, const struct sw_sched *sched,
                      const struct sw_schedz_delta_base *base);

/* Reads all that is left of the walk.  Fills found, outcome, deviations, pool,
 * decision_count and hash of a schedule in which they are 0; whatever comes, it
 * owns them.  0, or -1 with walk->wrong.  Memory is safe with any bytes, but only
 * sw_sched_read() can say that the schedule is valid. */
int sw_schedz_delta_read(struct sw_bytes_walk *walk, const struct sw_schedz_delta_base *base,
                    struct sw_sched *sched);

#endif
