/* SPDX-License-Identifier: MIT */
#include "critical_pair.h"

#include <stdlib.h>
#include <string.h>

#include "bounded.h"
#include "contract/decision_kind.h"

enum {
    /* How far a preemption is moved: a run each, and a run of a program may take a second.  A
     * deviation that still has not turned then is given up, and the next one is tried. */
    TURNS_MAX = 200,
    /* Schedules with one delay: as many as the decisions of a small test have other choices. */
    NEIGHBOURS_MAX = 300,
};

/* The search.  `base` is a schedule which at decision `at` stops thread `moved`; a schedule in
 * which `moved` makes one more step there first has the opposite end. */
struct turn {
    struct sw_reproduce *reproducer;
    struct sw_error *error;
    struct sw_relative_schedule base;
    int fails; /* does the base? */
    uint32_t moved;
    struct sw_logged *log; /* of base; owned */
    uint32_t log_count;
    uint32_t at;
    uint32_t *places; /* in the log, behind at: where moved could run instead; owned */
    uint32_t place_count;
};

static int refuse_memory(struct sw_error *e)
{
    return sw_error_set(e, NULL, 0, 0, "out of memory");
}

/* ---- lists of deviations ---- */

static uint32_t find_entry(const struct sw_relative_schedule *schedule, uint32_t thread,
                           uint64_t number)
{
    uint32_t i = 0;

    while (i < schedule->count &&
           (!sw_decision_kind(schedule->list[i].kind)->is_schedule ||
            schedule->list[i].thread != thread || schedule->list[i].index != number))
        i++;
    return i;
}

/* When that thread has been asked number times whom to run, choice runs next: in place of what the
 * schedule says there, or beside it. */
static int set_entry(struct sw_relative_schedule *schedule, uint32_t kind, uint32_t thread,
                     uint64_t number, uint32_t choice)
{
    struct sw_deviation entry = {.index = number, .kind = kind, .thread = thread, .choice = choice};
    uint32_t i = find_entry(schedule, thread, number);

    if (i == schedule->count)
        return sw_relative_schedule_append(schedule, &entry);
    schedule->list[i] = entry;
    return 0;
}

/* ---- the base ---- */

/* How often the thread was asked whom to run before that place in the log. */
static uint64_t count_asked(const struct turn *turn, uint32_t thread, uint32_t before)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < before; i++)
        count += sw_decision_kind(turn->log[i].kind)->is_schedule && turn->log[i].thread == thread;
    return count;
}

/* The reproducer's last run becomes the base. */
static int take_base(struct turn *turn)
{
    const struct sw_control_shm_log *log = &turn->reproducer->shm->log;

    if (sw_relative_schedule_take(&turn->base, turn->reproducer->shm) < 0)
        return sw_error_set(turn->error, NULL, 0, 0, "too many decisions to bisect");
    struct sw_logged *copy = realloc(turn->log, (log->count + 1) * sizeof *copy);
    if (copy == NULL)
        return refuse_memory(turn->error);
    memcpy(copy, log->decisions, log->count * sizeof *copy);
    turn->log = copy;
    turn->log_count = log->count;
    return 0;
}

static int set_at(struct turn *turn, uint32_t thread, uint64_t number)
{
    uint64_t asked = 0;

    for (uint32_t i = 0; i < turn->log_count; i++) {
        const struct sw_logged *logged = &turn->log[i];
        if (!sw_decision_kind(logged->kind)->is_schedule || logged->thread != thread ||
            asked++ != number)
            continue;
        turn->at = i;
        turn->moved = logged->fallback;
        return logged->choice != logged->fallback && (logged->choice & SW_EARLY) == 0 &&
               (logged->fallback & SW_EARLY) == 0;
    }
    return 0;
}

/* ---- one step of moved, somewhere ---- */

/* At that place in the log moved runs, and when it is asked again whom the base chose there. */
static int run_with_step(struct turn *turn, uint32_t place)
{
    const struct sw_logged *logged = &turn->log[place];
    struct sw_relative_schedule changed = {0};
    int status = -1;

    if (sw_relative_schedule_copy(&changed, &turn->base) < 0 ||
        set_entry(&changed, logged->kind, logged->thread, count_asked(turn, logged->thread, place),
                  turn->moved) < 0 ||
        set_entry(&changed, logged->kind, turn->moved, count_asked(turn, turn->moved, place + 1),
                  logged->choice) < 0)
        refuse_memory(turn->error);
    else
        status = sw_reproduce_run(turn->reproducer, &changed, NULL, turn->error);
    sw_relative_schedule_free(&changed);
    return status;
}

/* Step 1.  The deviation stops `moved` and lets another thread run.  Let `moved` make one operation
 * before that; if the schedule ends as before, that operation is not what decides: it becomes part
 * of the base, and the next one is tried.
 *
 * 1: with one more operation it ends otherwise; 0: it never does. */
static int find_turn(struct turn *turn, uint32_t thread, uint64_t number)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        if (!set_at(turn, thread, number))
            return 0;
        int fails = run_with_step(turn, turn->at);
        if (fails < 0 || fails != turn->fails)
            return fails < 0 ? -1 : 1;
        /* The deviation is now the one that stops `moved` when it is asked again. */
        number = count_asked(turn, turn->moved, turn->at + 1);
        thread = turn->moved;
        if (take_base(turn) < 0)
            return -1;
    }
    return 0;
}

/* Step 2.  Behind `at` there is a block of operations of other threads, until `moved` runs again.
 * At which of its decisions could `moved` have made its operation instead? */
static int find_places(struct turn *turn)
{
    const struct sw_control_shm_log *log = &turn->reproducer->shm->log;

    if (sw_reproduce_run(turn->reproducer, &turn->base, NULL, turn->error) < 0)
        return -1;
    turn->places = calloc(turn->log_count + 1, sizeof *turn->places);
    if (turn->places == NULL)
        return refuse_memory(turn->error);
    for (uint32_t i = turn->at + 1; i < log->count && i < turn->log_count; i++) {
        const struct sw_logged *logged = &log->decisions[i];
        if (logged->thread == turn->moved || logged->choice == turn->moved)
            break;
        for (uint32_t k = 0; sw_decision_kind(logged->kind)->is_schedule && k < logged->count; k++)
            if (log->pool[logged->first + k] == turn->moved)
                turn->places[turn->place_count++] = i;
    }
    return 0;
}

/* The places in their order: 0 is `at`, then come places[], then where it ran in the base. */
static uint32_t log_place(const struct turn *turn, uint32_t place)
{
    return place == 0 ? turn->at : turn->places[place - 1];
}

static int run_place(struct turn *turn, uint32_t place)
{
    return place > turn->place_count
               ? sw_reproduce_run(turn->reproducer, &turn->base, NULL, turn->error)
               : run_with_step(turn, log_place(turn, place));
}

/* Of a failure as much as is the same in every schedule that has it: "exit 3", "deadlock". */
static void name_end(const struct sw_end *end, char buf[SW_END_WORD_MAX])
{
    if (!sw_run_end_is_failure(end))
        buf[0] = '\0';
    else if (end->kind == SW_ENDED_EXITED)
        sw_run_end_format(end, buf, SW_END_WORD_MAX);
    else
        sw_run_end_word(end, buf);
}

/* Step 3.  With the operation at place `low` the schedule ends otherwise than the base, at `high`
 * as the base does: true at first (0 by step 1, and the last is the base), and kept by each
 * halving.  When the two are neighbours, the schedules differ in the order of that operation and
 * the one that was chosen at `low`: the critical pair.  Which pair it is if there are several
 * depends on where the halving goes; each is one.
 *
 * The failing one of the two is run last, so that it is what the reproducer holds. */
static int bisect(struct turn *turn, struct sw_critical_pair *critical)
{
    uint32_t low = 0, high = turn->place_count + 1;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        int fails = run_place(turn, middle);
        if (fails < 0)
            return -1;
        if (fails == turn->fails)
            high = middle;
        else
            low = middle;
    }
    /* In the base the chosen one comes first, and then `moved`: if the base is what fails, that is
     * the failing order. */
    const struct sw_logged *logged = &turn->log[log_place(turn, low)];
    critical->decision = logged->index;
    critical->threads[turn->fails ? 0 : 1] = logged->choice;
    critical->threads[turn->fails ? 1 : 0] = turn->moved;
    if (run_place(turn, turn->fails ? low : high) < 0)
        return -1;
    name_end(&turn->reproducer->end, critical->otherwise);
    return run_place(turn, turn->fails ? high : low);
}

/* ---- the whole ---- */

static int take_failing(const struct sw_reproduce *reproducer, struct sw_critical_pair *critical,
                        struct sw_error *e)
{
    critical->failing = calloc(1, sizeof *critical->failing);
    if (critical->failing == NULL)
        return refuse_memory(e);
    sw_control_shm_copy_list(critical->failing, &reproducer->shm->taken);
    critical->found = 1;
    return 0;
}

/* From the base's deviation i on.  1: found. */
static int try_deviation(struct turn *turn, uint32_t i, struct sw_critical_pair *critical)
{
    const struct sw_deviation *deviation = &turn->base.list[i];
    int status = !sw_decision_kind(deviation->kind)->is_schedule
                     ? 0
                     : find_turn(turn, deviation->thread, deviation->index);

    if (status > 0 && (find_places(turn) < 0 || (status = bisect(turn, critical)) < 0))
        return -1;
    if (status <= 0)
        return status;
    return take_failing(turn->reproducer, critical, turn->error) < 0 ? -1 : 1;
}

static void free_turn(struct turn *turn)
{
    sw_relative_schedule_free(&turn->base);
    free(turn->log);
    free(turn->places);
}

/* From the last deviation to the first: the last one that matters is the nearest to the failure,
 * and so the easiest to understand.  fails: does the schedule?  1: found. */
static int try_all(struct sw_reproduce *reproducer, const struct sw_relative_schedule *best,
                   int fails, struct sw_critical_pair *critical, struct sw_error *e)
{
    int status = 0;

    for (uint32_t i = best->count; i-- > 0 && status == 0;) {
        struct turn turn = {.reproducer = reproducer, .error = e, .fails = fails};
        status = sw_reproduce_run(reproducer, best, NULL, e);
        if (status >= 0)
            status = take_base(&turn);
        if (status == 0 && i < turn.base.count)
            status = try_deviation(&turn, i, critical);
        free_turn(&turn);
    }
    return status;
}

/* ---- from the other side ---- */

struct neighbour {
    struct sw_reproduce *reproducer;
    int found;
};

static int on_neighbour(void *context, const struct sw_batch_result *result,
                        const struct sw_control_shm *shm, uint32_t cost)
{
    struct neighbour *neighbour = context;

    if (cost == 0 || sw_reproduce_is_wanted(neighbour->reproducer, result))
        return 0;
    sw_control_shm_copy_list(neighbour->reproducer->list, &shm->taken);
    neighbour->found = 1;
    return 1;
}

/* The default schedule itself fails, and has no deviation to be moved.  So a schedule that does not
 * fail is looked for, one delay away, and its deviation is moved until it does. */
static int try_neighbour(struct sw_reproduce *reproducer, struct sw_critical_pair *critical,
                         struct sw_error *e)
{
    static struct sw_bounded all;
    struct neighbour neighbour = {.reproducer = reproducer};
    struct sw_bounded_order order = {.session = reproducer->order,
                                     .kind = SW_BOUND_DELAYS,
                                     .bound = 1,
                                     .schedules_max = NEIGHBOURS_MAX,
                                     .goes_on = 1,
                                     .on_run = on_neighbour,
                                     .context = &neighbour};
    struct sw_relative_schedule passing = {0};

    if (sw_bounded_run(&order, &all, e) < 0)
        return -1;
    reproducer->runs += all.schedules;
    if (!neighbour.found) {
        snprintf(critical->why_not, sizeof critical->why_not,
                 "the default schedule fails so, and so do %llu schedules with one delay",
                 (unsigned long long)all.schedules);
        return 0;
    }
    int status = sw_reproduce_run_list(reproducer, e);
    if (status == 0 && sw_relative_schedule_take(&passing, reproducer->shm) == 0)
        status = try_all(reproducer, &passing, 0, critical, e);
    sw_relative_schedule_free(&passing);
    return status;
}

int sw_critical_pair_find(struct sw_reproduce *reproducer, const struct sw_relative_schedule *best,
                          struct sw_critical_pair *critical, struct sw_error *e)
{
    *critical = (struct sw_critical_pair){0};
    snprintf(critical->why_not, sizeof critical->why_not,
             "no exchange of two operations alone changes how it ends");
    int status = best->count > 0 ? try_all(reproducer, best, 1, critical, e)
                                 : try_neighbour(reproducer, critical, e);
    return status < 0 ? -1 : 0;
}

/* ---- looking at it ---- */

int sw_critical_pair_look(const struct sw_reproduce *reproducer, struct sw_critical_pair *critical,
                          struct sw_error *e)
{
    return sw_reproduce_look(reproducer, critical->failing, critical->decision, critical->threads,
                             &critical->seen, e);
}

void sw_critical_pair_free(struct sw_critical_pair *critical)
{
    sw_stack_snapshot_free(&critical->seen);
    free(critical->failing);
    *critical = (struct sw_critical_pair){0};
}
