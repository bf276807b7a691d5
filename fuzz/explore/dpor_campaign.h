/* SPDX-License-Identifier: MIT
 *
 * dpor_campaign.h - a search by dpor that outlives its process, since all of it is in a folder.
 *
 *      DIR/campaign.json   what is explored (campaign.h)
 *      DIR/search          how far it has come; written anew each second, and at the end
 *      DIR/failing.sched   the first schedule that failed
 *
 * One process at a time works on it, in as many jobs as are wanted.  What it had run since the file
 * was written last is run again by the next one, and counts once.
 */
#ifndef SW_DPOR_CAMPAIGN_H
#define SW_DPOR_CAMPAIGN_H

#include "contract/error.h"
#include "dpor_explore.h"
#include "explore.h"

struct sw_dpor_campaign;

/* What is kept beside the search. */
struct sw_dpor_campaign_state {
    struct sw_dpor_explore *all;
    struct sw_explore_result *result; /* its failures */
    uint64_t schedules, failures;
    uint64_t confirmed; /* the number of the schedule in failing.sched; 0: there is none */
    double seconds;
};

/* Makes explore->campaign, or goes on with it.  NULL with *e. */
struct sw_dpor_campaign *sw_dpor_campaign_open(const struct sw_explore *explore,
                                               struct sw_error *e);
void sw_dpor_campaign_close(struct sw_dpor_campaign *campaign);
/* Where the failing schedule is kept. */
const char *sw_dpor_campaign_failing(const struct sw_dpor_campaign *campaign);

/* Into a new search and an empty state; the file may not be there yet.  0, or -1 with *e. */
int sw_dpor_campaign_read(const struct sw_dpor_campaign *campaign, struct sw_dpor *search,
                          struct sw_dpor_campaign_state *state, struct sw_error *e);
/* As above. */
int sw_dpor_campaign_write(const struct sw_dpor_campaign *campaign, const struct sw_dpor *search,
                           const struct sw_dpor_campaign_state *state, struct sw_error *e);

#endif
