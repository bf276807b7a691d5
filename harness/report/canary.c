/* SPDX-License-Identifier: MIT */
#include "canary.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "canary_kept.h"
#include "harness/runner/watchdog.h"
#include "run_once.h"

/* The programs' text travels in the runner, so that there is nothing to find. */
__asm__(".section .rodata\n"
        ".globl sw_canary_source\n"
        "sw_canary_source: .incbin \"harness/report/canary.py\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char sw_canary_source[];

enum {
    LOST_STATUS = 41, /* of canary.py, when an update was lost */
    TRIES_MAX = 200,
    KEPT_MAX = 64,
};

static const struct {
    const char *name, *text;
} grains[] = {
#define GRAIN(id, name, text) {name, text},
    SW_CANARY_GRAINS(GRAIN)
#undef GRAIN
};

const char *sw_canary_text(enum sw_canary_grain grain)
{
    assert(grain < SW_CANARY_COUNT);
    return grains[grain].text;
}

/* ---- one run ---- */

enum sw_ending { ENDED_WELL, LOST_AN_UPDATE, DEADLOCKED, OTHERWISE };

struct result {
    enum sw_ending ending;
    char outcome[256];
    uint64_t decision_count, hash;
    int gil;
};

struct trial {
    const char *interp;
    const char *what; /* "race" or "deadlock" */
    enum sw_canary_grain grain;
    struct sw_canary *canary;
    struct sw_error *e;
    /* Decisions of the default schedule at which a thread but the first was
     * asked: what is to be broken is in these threads. */
    uint32_t places[SW_RECENT_MAX];
    uint32_t place_count;
    char uncontrolled[SW_UNCONTROLLED_TEXT]; /* the first thing that was noted, or "" */
};

static enum sw_ending ending_of(const struct sw_end *end)
{
    if (end->kind == SW_ENDED_DEADLOCK)
        return DEADLOCKED;
    if (end->kind != SW_ENDED_EXITED)
        return OTHERWISE;
    if (end->code == LOST_STATUS)
        return LOST_AN_UPDATE;
    return end->code == 0 ? ENDED_WELL : OTHERWISE;
}

static void collect_places(struct trial *trial, const struct sw_control_shm *shm)
{
    uint64_t count = shm->decision_count;

    trial->place_count = 0;
    /* The ring has all of them only if there are no more than fit. The first thread makes the
     * others and waits for them: a switch away from it breaks nothing. */
    for (uint64_t i = 0; i < count && count <= SW_RECENT_MAX; i++)
        if (shm->recent[i].thread != 0)
            trial->places[trial->place_count++] = (uint32_t)i;
}

/* 0; -1 with *e when nothing can be run at all; 1 with *e when it was not under control. */
static int run_in(struct sw_process *run, struct trial *trial,
                  enum sw_control_shm_strategy strategy, uint64_t seed, struct result *result)
{
    char *args[] = {(char *)"-S",
                    (char *)"-c",
                    (char *)sw_canary_source,
                    (char *)trial->what,
                    (char *)grains[trial->grain].name,
                    NULL};
    struct sw_process_order order = {.interp = trial->interp,
                                     .program = "-E",
                                     .args = args,
                                     .silent = 1,
                                     .watchdog_s = SW_WATCHDOG_CANARY_S};
    const struct sw_schedule_order schedule = {
        .strategy = strategy, .seed = seed, .decisions_max = SW_DECISIONS_CANARY_MAX};

    trial->canary->runs++;
    if (sw_run_once_run(run, &order, &schedule, trial->e) < 0)
        return run->shm == NULL ? -1 : 1;
    result->ending = ending_of(&run->end);
    sw_run_end_format(&run->end, result->outcome, sizeof result->outcome);
    result->decision_count = run->shm->decision_count;
    result->hash = run->shm->hash;
    result->gil = (int)run->shm->gil;
    /* From the default schedule follow the places at which the others turn. */
    if (strategy == SW_STRATEGY_DEFAULT) {
        collect_places(trial, run->shm);
        memcpy(trial->uncontrolled, run->shm->uncontrolled[0].what, SW_UNCONTROLLED_TEXT - 1);
    }
    return 0;
}

static int run_once(struct trial *trial, enum sw_control_shm_strategy strategy, uint64_t seed,
                    struct result *result)
{
    struct sw_process run;

    *result = (struct result){.ending = OTHERWISE};
    int failed = run_in(&run, trial, strategy, seed, result);
    sw_process_close(&run);
    return failed;
}

/* ---- what it must show ---- */

/* Not controlled, for that reason.  Returns 1. */
__attribute__((format(printf, 2, 3))) static int refuse(struct trial *trial, const char *format,
                                                        ...)
{
    struct sw_canary *canary = trial->canary;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(canary->why_not, sizeof canary->why_not, format, arguments);
    va_end(arguments);
    return 1;
}

static int run_or_refuse(struct trial *trial, enum sw_control_shm_strategy strategy, uint64_t seed,
                         struct result *result)
{
    int failed = run_once(trial, strategy, seed, result);

    return failed == 1 ? refuse(trial, "%s", trial->e->text) : failed;
}

/* The same decisions: the same hash and end.  0 if so, 1 refused, -1 with *e. */
static int check_again(struct trial *trial, enum sw_control_shm_strategy strategy, uint64_t seed,
                       const struct result *before)
{
    struct result again;
    /* A strategy that decides by anything but the decisions before it would show here. */
    int failed = run_or_refuse(trial, strategy, seed, &again);

    if (failed != 0)
        return failed;
    if (again.hash != before->hash || again.decision_count != before->decision_count ||
        strcmp(again.outcome, before->outcome) != 0)
        return refuse(trial,
                      "the same decisions gave another run: %s, %llu decisions, hash %016llx, and "
                      "then %s, %llu, %016llx",
                      before->outcome, (unsigned long long)before->decision_count,
                      (unsigned long long)before->hash, again.outcome,
                      (unsigned long long)again.decision_count, (unsigned long long)again.hash);
    return 0;
}

static int check_default(struct trial *trial)
{
    struct result result;
    int failed = run_or_refuse(trial, SW_STRATEGY_DEFAULT, 0, &result);

    if (failed != 0)
        return failed;
    /* The threads ran, but never asked: the interpreter's locks are not those that are
     * controlled. */
    if (result.decision_count == 0)
        return refuse(trial, "its threads made no decision%s%s",
                      *trial->uncontrolled != '\0' ? ": there was " : "", trial->uncontrolled);
    if (result.ending != ENDED_WELL)
        return refuse(trial, "the default schedule of the %s ended with %s", trial->what,
                      result.outcome);
    return 0;
}

/* Another decision at one place after the other.  *tries: 0 if it never came to that end. */
static int search(struct trial *trial, enum sw_ending wanted, int *tries)
{
    struct result result;

    *tries = 0;
    /* One switch is enough for both programs, so that trying each place once is trying all. 200 are
     * more than their schedules have. */
    for (uint32_t i = 0; i < trial->place_count && i < TRIES_MAX; i++) {
        uint64_t place = trial->places[i];
        int failed = run_or_refuse(trial, SW_STRATEGY_SWITCH, place, &result);
        if (failed != 0)
            return failed;
        if (result.ending == wanted) {
            *tries = (int)i + 1;
            return check_again(trial, SW_STRATEGY_SWITCH, place, &result);
        }
    }
    return 0;
}

static int check_race(struct trial *trial)
{
    struct sw_canary *canary = trial->canary;
    int failed = 0;

    trial->what = "race";
    /* From the finest on: the first at which the race shows is how finely threads can be let in. */
    for (trial->grain = 0; trial->grain < SW_CANARY_COUNT; trial->grain++) {
        failed = check_default(trial);
        if (failed == 0)
            failed = search(trial, LOST_AN_UPDATE, &canary->race_tries);
        if (failed != 0 || canary->race_tries > 0)
            break;
    }
    canary->grain = trial->grain;
    if (failed == 0 && canary->race_tries == 0)
        return refuse(trial, "no schedule made its race lose an update, not even with a system "
                             "call in it");
    return failed;
}

static int check_deadlock(struct trial *trial)
{
    struct sw_canary *canary = trial->canary;

    trial->what = "deadlock";
    /* A deadlock needs a switch between two locks: canary.py's has a call there at least. */
    if (trial->grain == SW_CANARY_BYTECODE)
        trial->grain = SW_CANARY_CALL;
    int failed = check_default(trial);
    if (failed == 0)
        failed = search(trial, DEADLOCKED, &canary->deadlock_tries);
    if (failed == 0 && canary->deadlock_tries == 0)
        return refuse(trial, "no schedule made its two threads deadlock on two locks");
    return failed;
}

/* ---- what is known already ---- */

struct identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, status_changed;
};

static struct kept {
    struct identity interp, library;
    struct sw_canary canary;
} kept[KEPT_MAX];
static int kept_count;

static struct identity identify(const char *path)
{
    struct stat status;

    if (path == NULL || stat(path, &status) != 0)
        return (struct identity){0};
    return (struct identity){status.st_dev, status.st_ino, status.st_size, status.st_mtim,
                             status.st_ctim};
}

static int are_same(const struct identity *a, const struct identity *b)
{
    /* A file that is written again, or gets other rights, has other times; one that is replaced
     * another inode. */
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->status_changed.tv_sec == b->status_changed.tv_sec &&
           a->status_changed.tv_nsec == b->status_changed.tv_nsec;
}

static struct kept *find_kept(const struct identity *interp, const struct identity *library)
{
    for (int i = 0; i < kept_count; i++)
        if (are_same(&kept[i].interp, interp) && are_same(&kept[i].library, library))
            return &kept[i];
    return NULL;
}

static int try_all(const char *interp, struct sw_canary *out, struct sw_error *e)
{
    struct trial trial = {.interp = interp, .canary = out, .e = e};
    int failed;

    *out = (struct sw_canary){0};
    failed = check_race(&trial);
    if (failed == 0)
        failed = check_deadlock(&trial);
    out->controlled = failed == 0;
    return failed < 0 ? -1 : 0;
}

static void name_of(const struct identity *interp, const struct identity *library,
                    char name[static SW_CANARY_KEPT_NAME])
{
    const struct identity *const both[] = {interp, library};
    int length = 0;

    for (int i = 0; i < 2; i++)
        length +=
            snprintf(name + length, (size_t)(SW_CANARY_KEPT_NAME - length),
                     "%s%llx-%llx-%llx-%llx.%lx-%llx.%lx", i == 0 ? "" : "+",
                     (unsigned long long)both[i]->device, (unsigned long long)both[i]->inode,
                     (unsigned long long)both[i]->size, (unsigned long long)both[i]->changed.tv_sec,
                     both[i]->changed.tv_nsec, (unsigned long long)both[i]->status_changed.tv_sec,
                     both[i]->status_changed.tv_nsec);
}

/* With others: what another process has found is believed, and told to others. */
static int check(const char *interp, int others, struct sw_canary *out, struct sw_error *e)
{
    struct sw_process run;
    char name[SW_CANARY_KEPT_NAME];

    if (sw_process_open(&run, e) < 0)
        return -1;
    struct identity of_interp = identify(interp), of_library = identify(run.library);
    sw_process_close(&run);
    /* All of it takes about a second. */
    const struct kept *known = find_kept(&of_interp, &of_library);
    if (known != NULL) {
        *out = known->canary;
        return 0;
    }
    others = others && of_interp.inode != 0 && of_library.inode != 0;
    name_of(&of_interp, &of_library, name);
    int found = others && sw_canary_kept_find(name, out);
    if (!found && try_all(interp, out, e) < 0)
        return -1;
    if (others && !found)
        sw_canary_kept_add(name, out);
    if (kept_count < KEPT_MAX && of_interp.inode != 0)
        kept[kept_count++] = (struct kept){of_interp, of_library, *out};
    return 0;
}

int sw_canary_check(const char *interp, struct sw_canary *out, struct sw_error *e)
{
    return check(interp, 0, out, e);
}

int sw_canary_check_or_know(const char *interp, struct sw_canary *out, struct sw_error *e)
{
    return check(interp, 1, out, e);
}
