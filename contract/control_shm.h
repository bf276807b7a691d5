/* SPDX-License-Identifier: MIT
 *
 * control_shm.h - the memory that the runner and the engine in a controlled process share.
 *
 *      runner                           child: any interpreter + libspillway.so
 *      writes order, starts child ----> maps it from SPILLWAY_CONTROL_FD, obeys
 *      reads after the child is gone <- appends deviations, counts, a verdict
 *
 * Its size is the same in every run, so that no address in the child depends on
 * the length of a schedule.  Until the child has ended, only the child writes below
 * the line; but for end and exit_status, which the runner sets back with an order.
 * The runner checks what it reads there, since a crashing interpreter may have
 * scribbled on it.
 */
#ifndef SW_CONTROL_SHM_H
#define SW_CONTROL_SHM_H

#include <stdint.h>
#include <string.h>

#include "child_wait.h"
#include "decision.h"
#include "explain_log.h"
#include "fault_set.h"
#include "place_name.h"
#include "thread_profile.h"
#include "trace.h"

#define SW_CONTROL_SHM_MAGIC 0x53505742u /* "SPWB" */
#define SW_CONTROL_SHM_VERSION 12u
#define SW_CONTROL_SHM_ENV "SPILLWAY_CONTROL_FD"
/* The process that gets it from the runner prints its stacks and ends: watchdog_dump.h. */
#define SW_ALARM_SIGNAL (SIGRTMAX - 1)

/* All of it takes 217 MiB of address space: 64 for each of the two lists of deviations (2 ** 20 of
 * 32 bytes, and 8 candidates for each), 32 for results, 26 for what explains a run, 16 for the trace
 * and 14 for the log.  Pages
 * that nobody touches cost nothing.  The sizes were chosen freely; the members called `lost` say
 * that something did not fit. */
enum {
    SW_DEVIATIONS_MAX = 1 << 20,
    SW_POOL_MAX = 1 << 23, /* candidates of all deviations */
    SW_REPORT_MAX = 1 << 14,
    SW_LEFT_MAX = 1 << 12,
    SW_UNCONTROLLED_MAX = 32,
    SW_UNCONTROLLED_TEXT = 120,
    SW_RECENT_MAX = 1 << 12, /* a power of two */
    SW_ENVIRONMENT_MAX = 1 << 16,
    SW_RESULTS_MAX = 1 << 20,
    SW_SHOWN_THREADS = 2,
    SW_INTERP_VERSION_TEXT = 32,
    SW_REFUSAL_TEXT = 512,
    SW_STRATEGY_NAME = 32, /* bytes of a strategy's name, its NUL among them */
};

enum sw_control_shm_strategy {
    SW_STRATEGY_DEFAULT,
    SW_STRATEGY_RANDOM,
    SW_STRATEGY_REPLAY,
    SW_STRATEGY_SWITCH, /* the default, but not at decision number seed */
    SW_STRATEGY_NAMED, /* strategy_name (strategies.h) */
};

/* Where decisions are asked for at all. */
enum sw_control_shm_grain {
    SW_GRAIN_CALL, /* where the interpreter itself could be interrupted */
    SW_GRAIN_ACCESS, /* before each access to what threads can share (access.h): finer than the
                        real interpreter in places; what is asked elsewhere gets its default */
};

/* What the hash of an object follows, unless its class says otherwise
 * (harness/control/python/object_hash.h). */
enum sw_control_shm_hashes { SW_HASHES_NUMBER, SW_HASHES_ADDRESS };

/* What carries the threads; the decisions are the same (carrier.h). */
enum sw_control_shm_engine { SW_ENGINE_THREADS, SW_ENGINE_FIBERS, SW_ENGINE_POOL, SW_ENGINE_COUNT };

/* Where the process is kept, and gone back to for each schedule: harness/control/checkpoint. */
enum sw_control_shm_checkpoint { SW_CHECKPOINT_NONE, SW_CHECKPOINT_LATE, SW_CHECKPOINT_EARLY };

/* How the engine ended the process; NONE: it did not, the program ended by itself. */
enum sw_control_shm_end {
    SW_END_NONE,
    SW_END_DEADLOCK,
    SW_END_DIVERGED,
    SW_END_BUDGET, /* more decisions than the order allows */
    SW_END_ERROR, /* of the engine itself */
    SW_END_VALUE, /* a value was lost, or the like: contract/watches_values.h */
    SW_END_COUNT
};

/* A list of deviations: the one to follow, or the one that was taken. */
struct sw_control_shm_list {
    uint32_t count;
    uint32_t pool_used;
    struct sw_deviation deviations[SW_DEVIATIONS_MAX];
    uint32_t pool[SW_POOL_MAX];
};

/* What a run follows apart from its schedule. */
enum {
    SW_FOLLOWS_CHANCE = 1, /* it has drawn a random number (chance.h) */
    SW_FOLLOWS_LAYOUT = 2, /* it has gone over a set whose order is another in another layout
                              (layout.h) */
};

enum { SW_PREFIX_MAX = SW_TRACE_EVENTS_MAX, SW_SLEEPERS_MAX = 256 };

/* For strategy "prefix" (harness/control/drivers/prefix.c), at grain "access": whose operations
 * come first, and which threads sleep before the event number sleeping_at: they are not chosen
 * until something is done that concerns what they stand before. */
struct sw_control_shm_prefix {
    uint32_t count;
    uint32_t sleeping_at;
    uint32_t sleeping_count;
    uint32_t sleeping[SW_SLEEPERS_MAX];
    uint32_t threads[SW_PREFIX_MAX];
};

/* Something that could make a run differ from its replay, and that nobody
 * controls: a subprocess, a foreign socket, a raw futex.  A run in which there
 * was such a thing proves nothing by not failing. */
struct sw_uncontrolled {
    uint64_t count;
    char what[SW_UNCONTROLLED_TEXT]; /* "a subprocess", "a socket to 10.0.0.1:80"; NUL-terminated */
};

/* One of the last decisions, as a livelock's report shows them.  kind
 * SW_DECISION_KINDS: the end of a look outside (readiness.h). */
struct sw_recent {
    uint32_t kind;
    uint32_t place;
    uint32_t thread;
    uint32_t object;
    uint32_t choice;
};

enum sw_loop_outcome { SW_LOOP_PASSED, SW_LOOP_FAILED, SW_LOOP_SKIPPED };

enum { SW_LOG_MAX = 1 << 18, SW_LOG_POOL_MAX = 1 << 20 };

/* One decision, as a search wants it: with what else could have been. */
struct sw_logged {
    uint64_t index;
    uint32_t kind; /* enum sw_decision_kind */
    uint32_t place; /* as in struct sw_decision */
    uint32_t thread;
    uint32_t choice, fallback; /* candidates, not indices */
    uint32_t first, count; /* of its candidates, in the pool */
};

/* All decisions of a schedule, from the order's log_from on. */
struct sw_control_shm_log {
    uint32_t count;
    uint32_t pool_used;
    uint32_t lost; /* 1: there were more */
    struct sw_logged decisions[SW_LOG_MAX];
    uint32_t pool[SW_LOG_POOL_MAX];
};

/* One schedule of many in one process (schedule_loop.h). */
struct sw_result {
    uint64_t seed;
    uint64_t decision_count;
    uint64_t hash;
    uint32_t outcome; /* enum sw_loop_outcome */
    uint32_t signature; /* FAILED: of the exception and where it was raised; 0: nobody says */
};

enum { SW_INPUTS_MAX = 4096, SW_INPUTS_TEXT_MAX = 1 << 18, SW_LISTINGS_MAX = 512 };
/* Names that are kept of all listings together, and of one folder at most; and what a replay is told
 * of them. */
enum {
    SW_LISTED_NAMES_MAX = 1 << 14,
    SW_LISTED_NAMES_EACH = 1 << 10,
    SW_AS_RECORDED_FOLDERS_MAX = 64,
    SW_AS_RECORDED_SOURCES_MAX = 1 << 10,
};
enum { SW_PROJECT_MAX = 512, SW_TEMP_PATH_MAX = 32, SW_SHARED_FILE_MAX = 96 };

/* What the program has found in a folder when it listed it first. */
struct sw_listing {
    uint32_t name_count;
    uint64_t sum; /* of the names' FNV-64, whatever their order */
    uint64_t order; /* FNV-64 of these, in their order */
    uint32_t first; /* of the names, one after the other ... */
    uint32_t is_unnamed; /* ... unless this is 1 */
};

/* In place of a name: the upper half of its FNV-64. */
static inline uint32_t sw_listed_name(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* What it has found there later, and not at first. */
struct sw_listed_later {
    uint32_t listing, name;
};

/* What a replay is to find as it was recorded (harness/control/io/as_recorded.h). */
struct sw_as_recorded_folder {
    uint64_t path; /* FNV-64 of the real one */
    /* Of its names: those that were found when it was listed first, and then those found later. */
    uint32_t first, count, later_count;
};
struct sw_as_recorded {
    uint32_t folder_count, source_count, name_count;
    struct sw_as_recorded_folder folders[SW_AS_RECORDED_FOLDERS_MAX];
    uint64_t sources[SW_AS_RECORDED_SOURCES_MAX]; /* as path */
    uint32_t names[SW_LISTED_NAMES_MAX];
};

/* What was written to a standard file. */
struct sw_printed {
    uint64_t size;
    uint64_t hash; /* FNV-64 of the bytes, and 0 of none */
};

/* The files that were opened: 'r' or 'w', the name, a NUL; and the folders that were listed, 'l'
 * instead, each with the next of the listings. */
struct sw_inputs {
    uint32_t count;
    uint32_t used;
    uint32_t lost; /* 1: there were more */
    uint32_t listing_count;
    struct sw_listing listings[SW_LISTINGS_MAX];
    uint32_t name_count;
    uint32_t names[SW_LISTED_NAMES_MAX];
    uint32_t later_count;
    struct sw_listed_later later[SW_LISTED_NAMES_EACH];
    char text[SW_INPUTS_TEXT_MAX];
};

struct sw_control_shm {
    uint32_t magic;
    uint32_t version;
    /* The executable that is meant: not valgrind, a debugger or a shell on the
     * way to it.  The first process that runs it takes the control memory.  0: an
     * interpreter with an agent is, which claims the control memory (agent_api.h). */
    uint64_t interp_device;
    uint64_t interp_inode;
    uint64_t strategy; /* enum sw_control_shm_strategy */
    uint64_t seed;
    char strategy_name[SW_STRATEGY_NAME];
    uint64_t strategy_argument;
    uint32_t grain; /* enum sw_control_shm_grain */
    uint64_t decisions_max; /* 0: no limit */
    /* how many schedules the program begins itself (schedule_loop.h); 0: one, from its start */
    uint64_t loop_count;
    uint32_t from; /* 1 or more: the line of the program's file where the first one begins */
    uint64_t loop_step; /* each has the seed of the one before, and so much more */
    /* For who wants to see where a schedule turns: before this decision the stacks of these
     * threads are printed on stderr, and the process stands still (halted) until the runner has
     * looked at it, too (resumed); both are futex words. */
    uint32_t shows;
    uint64_t shown;
    uint32_t shown_threads[SW_SHOWN_THREADS]; /* ordinals */
    uint32_t resumed;
    /* 1: a debugger started it, and wants it to stop before the decision stop_at and at its end
     * (debug_stop.h).  It changes both while the program stands still. */
    uint32_t debugged;
    uint64_t stop_at; /* UINT64_MAX: nowhere */
    uint32_t log_wanted; /* 1: log is filled in, from the decision log_from on */
    uint64_t log_from;
    uint32_t explain_wanted; /* not 0: explain is filled in (explain_log.h) */
    uint32_t ordered; /* 1: before each it waits for an order (below) */
    uint32_t checkpoint; /* enum sw_control_shm_checkpoint; then each schedule has an order */
    uint32_t spares; /* threads to have at hand then; with POOL */
    uint32_t engine; /* enum sw_control_shm_engine */
    uint32_t real_network; /* 1: sockets on loopback are the kernel's own (net.h) */
    uint32_t early_max; /* how many early time-outs a strategy may choose */
    uint32_t fail_max; /* how many FAIL actions a strategy may choose; with points */
    struct sw_fault_set steps; /* FAULT actions to be asked for; with points */
    uint32_t anyway; /* 1: a replay that does not fit any more goes on with the defaults */
    /* Which random numbers the program gets (contract/chance.h): that chance, or
     * the one of the seed. */
    uint32_t chance;
    uint32_t chance_how; /* enum sw_chance_how */
    /* Where its objects lie (contract/layout.h): that layout, or the one of the seed. */
    uint32_t layout;
    uint32_t layouts; /* how many there are for seeds; 0: as by default */
    uint32_t layout_how; /* enum sw_chance_how */
    uint32_t hashes; /* enum sw_control_shm_hashes */
    uint32_t calm; /* 1: checks of the eval breaker are no decisions (gil.h) */
    uint32_t values_wanted; /* 1: the interpreter is to watch values (watches_values.h) */
    uint32_t points; /* 1: ACT decisions at the interpreter's points, where it has any */
    uint32_t
        events_fd; /* of an event memory, for an agent in a program's process; 0: there is none */
    uint32_t
        temp_fd; /* of its folder for temporary files (harness/runner/temp_folder.h); 0: none */
    /* NAME=VALUE, each with its NUL; an empty one ends them */
    char environment[SW_ENVIRONMENT_MAX];
    char temp_path[SW_TEMP_PATH_MAX]; /* of temp_fd; "": there is none */
    char project[SW_PROJECT_MAX]; /* that the program runs in; NUL-terminated */
    struct sw_thread_profile profile; /* for the strategies */
    struct sw_control_shm_list wanted;
    /* With `ordered` the runner writes seed, strategy, prefix and wanted, and then adds 1 to
     * posted, a futex word; the child waits for that before each schedule.  Its answer, another
     * one, is served: as many as have ended. */
    uint32_t posted;
    uint32_t posted_last; /* 1: there will be none any more */
    /* From a checkpoint, of a test: how many more schedules an order is for.  Each has a seed that is
     * greater by loop_step.  The child begins them itself, and serves the order after the first of
     * which there is more to tell than that it held. */
    uint32_t ahead;
    struct sw_control_shm_prefix prefix;
    struct sw_as_recorded as_recorded;
    /* ---- below this line the child writes ---- */
    uint32_t started; /* 1: the engine is in charge of a process */
    /* Why it never will be of this one, or why no schedule can begin; "": nobody has said so. */
    char refusal[SW_REFUSAL_TEXT];
    char interp_version[SW_INTERP_VERSION_TEXT]; /* "cpython 3.11.2"; "": of none that is known */
    uint32_t end; /* enum sw_control_shm_end */
    uint32_t watches_values; /* 1: the interpreter has said so */
    struct sw_inputs inputs;
    /* A file outside of temp_path that the process has changed, as it was called; "": none. */
    char shared_file[SW_SHARED_FILE_MAX];
    uint32_t left_count; /* anyway: how many deviations had been followed then */
    char left[SW_LEFT_MAX]; /* one line: at which step it went on with the defaults, and why; "" */
    uint64_t decision_count;
    uint64_t hash;
    uint64_t switch_count; /* from one thread to another; for the curious */
    uint32_t lost; /* deviations that did not fit: the answer is "inconclusive" */
    uint32_t gil; /* 1: a CPython GIL was recognised; 2: its checks are decisions too */
    /* SW_ENGINE_POOL was asked for, and threads were not pooled: report says why */
    uint32_t pool_refused;
    uint32_t uncontrolled_count;
    struct sw_uncontrolled uncontrolled[SW_UNCONTROLLED_MAX];
    struct sw_recent recent[SW_RECENT_MAX]; /* decision i is at i % SW_RECENT_MAX */
    /* How many decisions of this schedule were not only about which thread runs, and the first. */
    uint32_t beside_count;
    struct sw_recent beside;
    char report[SW_REPORT_MAX]; /* one line: why the engine ended it; NUL-terminated */
    uint32_t signature; /* of the schedule under way */
    uint32_t child_count; /* forks of this schedule that have an entry, in their order */
    struct sw_child_wait children[SW_CHILD_WAITS_MAX];
    uint32_t halted; /* 1: it stands still, and halted_tids are the kernel's of those threads */
    int32_t halted_tids[SW_SHOWN_THREADS]; /* 0: there is none */
    uint32_t served; /* see posted */
    uint32_t checkpoints; /* 1: one was taken, and served counts the schedules from it */
    uint32_t checkpoint_refused; /* 1: there was none, and checkpoint_note says why */
    char checkpoint_note[SW_UNCONTROLLED_TEXT]; /* or what an EARLY one is before */
    struct sw_printed printed[2]; /* on stdout and on stderr */
    uint32_t lives_on; /* how many threads had not ended when a schedule had passed, at most */
    /* What else than the schedule the run follows; or'ed SW_FOLLOWS_CHANCE, ... */
    uint32_t follows;
    uint32_t followed; /* what those before it did, in this process */
    uint32_t drew; /* 1: the process has drawn a random number, of use or not */
    uint32_t drew_before; /* 1: it had before its checkpoint, so that it has its chance for good */
    int32_t exit_status; /* of the schedule, where it ended by one; -1: it goes on */
    /* 1: the process that is meant has ended by exit(), with exited_with.  What stands between it and
     * the runner, like a debugger, ends with a status of its own. */
    uint32_t exited;
    int32_t exited_with;
    uint32_t loop_under_way; /* 1: a schedule has begun and not ended */
    /* from the first begin to the last end; for benches, never for a verdict */
    uint64_t loop_real_ns;
    uint64_t result_count; /* schedules that have ended; result i is at i % SW_RESULTS_MAX */
    struct sw_result results[SW_RESULTS_MAX];
    /* RUN decisions of the last schedule: whom they chose, and 1 + who made whom. */
    uint32_t chosen[SW_THREAD_PROFILE_THREADS];
    uint32_t made_by[SW_THREAD_PROFILE_THREADS];
    struct sw_place_names place_names; /* the runner has put there what it knows */
    struct sw_control_shm_list taken;
    struct sw_control_shm_log log; /* of the last schedule, if it is wanted */
    struct sw_trace trace; /* of the last schedule at grain "access" */
    struct sw_explain_log explain; /* of the last schedule, if it is wanted */
};

static inline void sw_control_shm_copy_list(struct sw_control_shm_list *to,
                                            const struct sw_control_shm_list *from)
{
    to->count = from->count <= SW_DEVIATIONS_MAX ? from->count : SW_DEVIATIONS_MAX;
    to->pool_used = from->pool_used <= SW_POOL_MAX ? from->pool_used : SW_POOL_MAX;
    memcpy(to->deviations, from->deviations, to->count * sizeof *to->deviations);
    memcpy(to->pool, from->pool, to->pool_used * sizeof *to->pool);
}

/* Of many processes, what was not controlled in the one that had most of it. */
struct sw_uncontrolled_most {
    uint32_t count;
    struct sw_uncontrolled list[SW_UNCONTROLLED_MAX];
};

/* Takes the greater. */
static inline void sw_control_shm_keep_greater(uint32_t *most, uint32_t other)
{
    *most = other > *most ? other : *most;
}

/* Takes another process's, if that had more.  A count beyond the list is nonsense that a crashing
 * process has left, and is passed over. */
static inline void sw_control_shm_keep_most(struct sw_uncontrolled_most *most,
                                            const struct sw_uncontrolled *list, uint32_t count)
{
    if (count <= most->count || count > SW_UNCONTROLLED_MAX)
        return;
    most->count = count;
    memcpy(most->list, list, count * sizeof *list);
}

#endif
