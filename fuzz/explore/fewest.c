/* SPDX-License-Identifier: MIT */
#include "fewest.h"

#include <stdio.h>
#include <string.h>

#include "bounded.h"

/* On an idle core an engine makes about a million decisions a second, goes back to a checkpoint in
 * half a millisecond, and starts a process in 50 of them (harness/docs/performance.md).  So in
 * microseconds; a proof is worth no more than a second of an idle core. */
enum { WORK_MAX = 1000000, WORK_SCHEDULE = 500, WORK_PROCESS = 50000 };

uint64_t sw_fewest_budget(const struct sw_reduce *reduce)
{
    uint64_t each = reduce->decision_count + (reduce->is_cold ? WORK_PROCESS : WORK_SCHEDULE);

    return WORK_MAX / each + 1;
}

struct search {
    struct sw_reduce *reduce;
    uint64_t otherwise;
    char why_not[96]; /* it was ended here; "" */
    int found;
    uint32_t cost; /* of the last one */
};

/* ---- a run ---- */

static int stop(struct search *search, const char *why)
{
    snprintf(search->why_not, sizeof search->why_not, "%s", why);
    return 1;
}

static int on_run(void *context, const struct sw_batch_result *result,
                  const struct sw_control_shm *shm, uint32_t cost)
{
    struct search *search = context;
    struct sw_reduce *reduce = search->reduce;
    struct sw_reproduce *reproducer = reduce->reproducer;

    search->cost = cost;
    reproducer->runs++;
    if (reduce->on_run != NULL)
        reduce->on_run(reduce->context);
    if (result->end->kind == SW_ENDED_WATCHDOG)
        return stop(search, "one did not end in time");
    search->found = sw_reproduce_is_wanted(reproducer, result);
    if (search->found) {
        /* The log of such a run begins behind its last deviation (bounded.c); only its list of
         * deviations is whole.  It is run again for the log. */
        sw_control_shm_copy_list(reproducer->list, &shm->taken);
        return stop(search, "it is found");
    }
    search->otherwise += sw_run_end_is_failure(result->end) != 0;
    if (sw_reproduce_is_over(reproducer))
        return stop(search, reproducer->over);
    return 0;
}

/* ---- what is said of it ---- */

static const char *why_unproven(const struct search *search, const struct sw_bounded *all,
                                char *buf, size_t size)
{
    if (search->why_not[0] != '\0')
        return search->why_not;
    if (!all->complete)
        return all->why_not;
    if (all->uncontrolled.count == 0)
        return NULL;
    snprintf(buf, size, "not all is controlled: %.*s", SW_UNCONTROLLED_TEXT - 1,
             all->uncontrolled.list[0].what);
    return buf;
}

static void tell(struct sw_fewest *fewest, const struct search *search,
                 const struct sw_bounded *all, uint64_t fewer)
{
    char why[SW_UNCONTROLLED_TEXT + 64], otherwise[64] = "";
    /* Found: all of a lower cost were run. */
    const char *unproven = search->found && all->uncontrolled.count == 0
                               ? NULL
                               : why_unproven(search, all, why, sizeof why);

    if (search->otherwise > 0)
        snprintf(otherwise, sizeof otherwise, ", of which %llu fail%s otherwise",
                 (unsigned long long)search->otherwise, search->otherwise == 1 ? "s" : "");
    fewest->proven = unproven == NULL;
    snprintf(fewest->tried, sizeof fewest->tried, "schedules with fewer: %llu%s run%s%s%s%s",
             (unsigned long long)fewer, fewest->proven ? ", all" : "", otherwise,
             (all->follows & SW_FOLLOWS_CHANCE) != 0 ? ", with the same random numbers" : "",
             fewest->proven ? "" : ", and ", fewest->proven ? "" : unproven);
}

/* ---- the whole ---- */

/* Runs again what was found.  As sw_reproduce_run(). */
static int take_found(struct sw_reduce *reduce, struct sw_error *e)
{
    int status = sw_reproduce_run_list(reduce->reproducer, e);

    return status == 1 && sw_reduce_keep(reduce, e) < 0 ? -1 : status;
}

static int search_fewer(struct sw_fewest *fewest, struct search *search, struct sw_error *e)
{
    static struct sw_bounded all;
    struct sw_reduce *reduce = search->reduce;
    uint32_t bound = fewest->preemptions - 1;
    struct sw_bounded_order order = {.session = reduce->reproducer->order,
                                     .kind = SW_BOUND_PREEMPTIONS,
                                     .bound = bound < SW_BOUNDED_MAX ? bound : SW_BOUNDED_MAX,
                                     .schedules_max = fewest->budget,
                                     .whole_costs = 1,
                                     .goes_on = 1,
                                     .on_run = on_run,
                                     .context = search};
    int status = sw_bounded_run(&order, &all, e);

    if (status < 0 && sw_reproduce_is_over(reduce->reproducer))
        stop(search, reduce->reproducer->over);
    if (status == 0 && search->found) {
        status = take_found(reduce, e);
        search->found = status == 1;
        if (status == 0)
            stop(search, "one failed so, and run again it did not");
    }
    if (search->found)
        fewest->preemptions = sw_relative_schedule_preemptions(&reduce->best);
    if (bound > SW_BOUNDED_MAX && all.complete && !search->found)
        snprintf(search->why_not, sizeof search->why_not, "none with more than %d preemptions",
                 SW_BOUNDED_MAX);
    tell(fewest, search, &all, all.schedules - (search->found ? all.of_cost[search->cost] : 0));
    return status < 0 ? -1 : 0;
}

int sw_fewest_run(struct sw_fewest *fewest, struct sw_reduce *reduce, struct sw_error *e)
{
    struct search search = {.reduce = reduce};

    fewest->preemptions = sw_relative_schedule_preemptions(&reduce->best);
    fewest->proven = fewest->preemptions == 0;
    if (fewest->proven)
        return 0;
    if (fewest->budget == 0) {
        snprintf(fewest->tried, sizeof fewest->tried, "schedules with fewer: none run");
        return 0;
    }
    return search_fewer(fewest, &search, e);
}

char *sw_fewest_print(const struct sw_fewest *fewest, const struct sw_relative_schedule *best,
                      char *buf, size_t size)
{
    uint32_t now = sw_relative_schedule_preemptions(best);
    /* What was proven is proven of this number, whatever else the schedule does. */
    int proven = fewest->proven && now == fewest->preemptions;

    if (now == 0)
        snprintf(buf, size, "no preemption: there cannot be fewer");
    else
        snprintf(buf, size, "%u preemption%s, %sproven least (%s)", now, now == 1 ? "" : "s",
                 proven ? "" : "not ", fewest->tried);
    return buf;
}
