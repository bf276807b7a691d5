/* SPDX-License-Identifier: MIT
 *
 * explore.h - many schedules of one program, until one fails.
 *
 *      explore_strategy.c    which strategies there are
 *      search.h              runs the schedules of a strategy that samples, in several processes
 *      explore.c             what may be said afterwards
 *      explore_coverage.c    the same for strategy coverage
 *      explore_exhaustive.c  the same for a strategy that tries all there are
 *      explore_report.c      says it, to people and as JSON
 *      explore_many.c        does all of that for several tests
 *
 * Each schedule begins from the same state (harness/runner/session.h).  Whatever fails is run once
 * more by its decisions, in a process of its own, and only that is
 * believed.  That nothing was found is believed only of an interpreter that the canary says is
 * under control.
 */
#ifndef SW_EXPLORE_H
#define SW_EXPLORE_H

#include "harness/runner/session.h"
#include "harness/formats/sched/settings.h"
#include "harness/report/trial.h"
#include "search.h"

/* Who chooses the schedules; all but the first two end when there is nothing left. */
enum sw_explore_method {
    SW_EXPLORE_SAMPLES,  /* each follows from its seed: search.h */
    SW_EXPLORE_COVERAGE, /* each from what those before have shown: explore_coverage.c */
    SW_EXPLORE_DPOR,
    SW_EXPLORE_PREEMPTIONS,
    SW_EXPLORE_DELAYS,
};

/* Whether some schedules are kept for grain access, and run where none fails at grain call. */
enum sw_explore_closer {
    SW_EXPLORE_CLOSER_NOT,
    SW_EXPLORE_CLOSER_WHERE_POSSIBLE, /* what the interpreter cannot do is no news then */
    SW_EXPLORE_CLOSER_ASKED,          /* --grain both */
};

struct json_object;

/* What came of it, for whoever explores several: explore_many.h. */
struct sw_explore_told {
    struct sw_verdict verdict;
    char *story, *errors; /* as a trial has them; owned, or NULL */
    struct json_object *results; /* a list that gets what the file "json" else has; borrowed */
};

struct sw_explore {
    struct sw_search_order search; /* what is run; its texts are the command line's */
    struct sw_settings setting;     /* owned */
    char strategy[64];             /* as it was named: "pct:3" */
    char name[32];                 /* "pct" */
    int time_s;                    /* 0: no limit */
    int count_given;
    enum sw_explore_method method;
    uint32_t bound;   /* of preemptions or delays */
    int goes_on;      /* after a failure */
    int tells_why;    /* DPOR: what it has taken for independent (why_all.h) */
    enum sw_explore_closer closer;
    int is_cold;      /* a process for each schedule */
    const char *json; /* a file; NULL: none */
    const char *junit; /* the same; explore_many.h writes it */
    const char *campaign; /* a folder: campaign.h; NULL: none */
    int resumes;
    const char *corpus; /* a folder, of strategy coverage: corpus.h; NULL: none */
    uint32_t shard, shards; /* of a campaign; 1 of 1 */
    char *target;     /* prog.py::test or prog.py, as it was given */
    char *file;       /* of a target; owned */
    struct sw_explore_told *told; /* NULL: nobody wants to be told */
    char *from_file;  /* that the line of the setting "from" is said to be in; owned, or NULL */
};

/* What came of it. */
enum sw_explore_end {
    SW_EXPLORE_NOTHING,      /* found */
    SW_EXPLORE_FOUND,        /* and there again in a process of its own */
    SW_EXPLORE_ERROR,        /* of the harness */
    SW_EXPLORE_INCONCLUSIVE, /* why says why */
};

/* One kind of failure, by its outcome's text. */
struct sw_explore_failure {
    char text[256];
    uint64_t count;
    uint64_t seed; /* the lowest */
};

enum { SW_EXPLORE_FAILURES_MAX = 64 };

struct sw_explore_result {
    enum sw_explore_end end;
    char why[1024]; /* one line, if it is not NOTHING */
    char claim[512]; /* of all methods but SAMPLES: what has been shown */
    char other[700]; /* what has been shown at the other grain; "": it was not tried */
    struct sw_search_totals totals;
    uint64_t distinct;
    uint64_t features; /* of strategy coverage */
    struct sw_trial trial; /* of the lowest failing seed, cold; valid if there is one */
    int has_trial;
    uint64_t seed; /* that one */
    struct sw_explore_failure failures[SW_EXPLORE_FAILURES_MAX];
    uint32_t failure_count;
    /* Failures that did not happen again: they are kept, told, and the search goes on. */
    uint64_t unconfirmed;
    char unconfirmed_why[1024]; /* the first one: why */
    char *unconfirmed_story; /* and where it is; owned, or NULL */
    int lost; /* its schedule could not be written */
};

/* Names the strategy, "pct:3".  0, or -1 with *e (no place), which lists all. */
int sw_explore_strategy_set(struct sw_explore *explore, const char *text, struct sw_error *e);
/* The exit status: 0 nothing found, 1 found, 2 a harness error, 3 inconclusive. */
int sw_explore_run(struct sw_explore *explore);

/* ---- its parts ---- */

/* Strategy coverage; fills in the result. */
void sw_explore_coverage(struct sw_explore *explore, struct sw_explore_result *result);
/* A session that runs schedules one by one, so that each can depend on the last result.  args:
 * room; it has to live as long as the order. */
struct sw_session_order sw_explore_exhaustive_session(const struct sw_explore *explore,
                                                      char *args[SW_TRIAL_ARGS]);
/* All schedules, or all within the bound; fills in the result. */
void sw_explore_exhaustive(const struct sw_explore *explore, struct sw_explore_result *result);
void sw_explore_add_failure(struct sw_explore_result *result, uint64_t seed, const char *text);
/* How far a search has come; what is 0 is not told. */
struct sw_explore_progress {
    uint64_t schedules, failures;
    uint64_t wanted;   /* schedules */
    uint64_t open;     /* schedules that are known and have not been run; there may be more */
    uint64_t distinct; /* traces, estimated */
    uint64_t features; /* coverage.h */
    int causes;
    double seconds;
    int limit_s;
};
/* Prints a line to stderr, if it is time for one.  *told: when the last was printed, in seconds. */
void sw_explore_report_progress(const struct sw_explore_progress *progress, double *told);
void sw_explore_report_end_progress(void);
/* Nothing was found: may that be said?  Decides otherwise if something was not under control. */
void sw_explore_judge_nothing(const struct sw_explore *explore, struct sw_explore_result *result);
/* Nothing could be run: one more run, whose output is shown, says why. */
void sw_explore_judge_error(const struct sw_search *search, const struct sw_error *e,
                            struct sw_explore_result *result);
void sw_explore_decide(struct sw_explore_result *result, enum sw_explore_end end,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Runs a schedule that has failed once more, by its decisions, in a process of its own.  1: it
 * fails there, too, and the result says so; 0: it does not, which is noted, and it is kept. */
int sw_explore_confirm_schedule(struct sw_trial_order *trial,
                                const struct sw_trial_schedule *schedule, const char *name,
                                struct sw_explore_result *result);
/* Nothing that was found has been confirmed: decides so, if there was anything.  1: there was. */
int sw_explore_judge_unconfirmed(struct sw_explore_result *result);
/* Runs a schedule that has failed once more, in a process of its own, and decides.  failing: how it
 * failed; name: what it is called in messages. */
void sw_explore_confirm(struct sw_trial_order *trial, const char *failing, const char *name,
                        struct sw_explore_result *result);
/* The same for the decisions in a list. */
void sw_explore_confirm_list(struct sw_trial_order *trial, const struct sw_control_shm_list *list,
                             const char *failing, const char *name,
                             struct sw_explore_result *result);

/* "1,000 schedules of pct:3, seeds 1 to 1000, ...": exactly what has been shown. */
char *sw_explore_report_claim(const struct sw_explore *explore,
                              const struct sw_explore_result *result, char *buf, size_t size);
void sw_explore_report_print(const struct sw_explore *explore,
                             const struct sw_explore_result *result);
/* Where it is wanted: as the file, or told.  0, or -1 after a line on stderr. */
int sw_explore_report_json(const struct sw_explore *explore,
                           const struct sw_explore_result *result);

#endif
