/* SPDX-License-Identifier: MIT
 *
 * campaign.h - an exploration that outlives its processes, since all of it is in a folder.
 *
 *      DIR/campaign.json           what is explored; written once
 *      DIR/shards/2-of-8/ledger    which of the shard's schedules have been run: work_log.h
 *      DIR/shards/2-of-8/N.sketch  how many different traces process N has seen: hyperloglog.h
 *      DIR/failures/               one failure of each cause: failure_dedup.h
 *
 * The first seeds are for learning.  Of those behind them, numbered from 0, shard i of n has each
 * nth, from number i - 1 on: no shard has to know of another, and together they run what a single
 * one would.  Any number of processes may share a shard, on one machine; each takes what is free,
 * in ranges of some seconds.  A process that is killed loses only the range that it had.
 *
 * The folders of several machines are read together by sw_campaign_read().
 */
#ifndef SW_CAMPAIGN_H
#define SW_CAMPAIGN_H

#include <limits.h>
#include <stdio.h>

#include "failure_dedup.h"
#include "explore.h"
#include "work_log.h"
#include "hyperloglog.h"

/* What is explored: the same in all folders of a campaign. */
struct sw_campaign_plan {
    char program[NAME_MAX + 256]; /* "prog.py", "prog.py::test": without its folder */
    char program_hash[33], interp_hash[33]; /* xxh128 of the files */
    char arguments[1024];
    char strategy[64];
    char setting[2048]; /* as a .sched has it, in one line */
    uint64_t seed;      /* the first */
    uint64_t schedules; /* of all shards; 0: no end */
    uint32_t learning;  /* the first so many seeds */
    uint32_t shards;
    char profile[17]; /* a hash of what was learned; "" if nothing was */
};

/* 0, or -1 with *e.  profile: sw_search_profile_hash(). */
int sw_campaign_plan(const struct sw_explore *explore, uint64_t profile,
                     struct sw_campaign_plan *plan, struct sw_error *e);
/* Makes the folder; or, with resume, goes on with one that is of the same plan.  0, or -1 with
 * *e. */
int sw_campaign_begin(const char *folder, const struct sw_campaign_plan *plan, int resume,
                      struct sw_error *e);
/* How many schedules the shard has, from 1 to plan->shards; UINT64_MAX: no end. */
uint64_t sw_campaign_shard_size(const struct sw_campaign_plan *plan, uint32_t shard);
/* The seed at position 0 of the shard. */
uint64_t sw_campaign_first_seed(const struct sw_campaign_plan *plan, uint32_t shard);
/* "DIR/shards/2-of-8", followed by `behind`.  Returns buf. */
char *sw_campaign_path(const char *folder, const struct sw_campaign_plan *plan, uint32_t shard,
                       const char *behind, char *buf, size_t size);

enum { SW_CAMPAIGN_SHARDS_MAX = 10000 };

/* All that is known of a campaign. */
struct sw_campaign_summary {
    struct sw_campaign_plan plan;
    uint64_t schedules;   /* that have been run, those for learning among them */
    uint64_t in_order;    /* of them, those below the lowest seed that has not been run */
    uint64_t distinct;    /* traces, estimated */
    uint64_t ms;          /* of all processes together */
    uint32_t shards_done; /* that have run all of theirs */
    unsigned char is_done[SW_CAMPAIGN_SHARDS_MAX + 1]; /* by the shard's number */
    uint32_t missing;     /* the first shard of which nothing is there; 0: none */
    uint32_t begun;       /* the first one that was begun, and has run no range to its end; 0: none */
    int alive;            /* processes that are running it now */
    struct sw_work_log_totals totals;
    int cause_count;
    struct sw_failure_cause causes[SW_CAUSES_MAX];
    const char *folders[SW_CAUSES_MAX]; /* in which of them each cause is kept */
};

/* Reads the folders, which must be of one campaign.  0, or -1 with *e. */
int sw_campaign_read(const char *const *folders, int count, struct sw_campaign_summary *summary,
                     struct sw_error *e);
/* All that was asked for has been run. */
int sw_campaign_is_whole(const struct sw_campaign_summary *summary);

/* The exit status: 0, 1 or 3 (see explore.h).  shard: of that one alone; 0: of all. */
int sw_campaign_print_status(const struct sw_campaign_summary *summary, uint32_t shard);
/* What is to be printed. */
struct sw_campaign_report {
    const char *name;
    const struct sw_campaign_summary *summary;
    int status;        /* 0, 1, 2 or 3 */
    const char *ended; /* why it ended before the end; NULL: it did not */
};
void sw_campaign_print(FILE *out, const struct sw_campaign_report *report);
/* 0, or -1 with *e. */
int sw_campaign_print_json(const char *path, const struct sw_campaign_report *report,
                           struct sw_error *e);

/* Explores explore->campaign.  Returns the exit status. */
int sw_campaign_explore(struct sw_explore *explore);

#endif
