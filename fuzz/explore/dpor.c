/* SPDX-License-Identifier: MIT */
#include "dpor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "contract/search_faults.h"
#include "dpor_path.h"

struct sw_dpor *sw_dpor_new(void)
{
    return calloc(1, sizeof(struct sw_dpor));
}

void sw_dpor_path_clear(struct sw_dpor_node *node)
{
    sw_dpor_wakeup_free(node->wakeup);
    free(node->sleeping);
    *node = (struct sw_dpor_node){0};
}

void sw_dpor_free(struct sw_dpor *dpor)
{
    if (dpor == NULL)
        return;
    for (uint32_t i = 0; i < dpor->path_count; i++)
        sw_dpor_path_clear(&dpor->path[i]);
    free(dpor->path);
    free(dpor->prefix);
    sw_dpor_trace_free(&dpor->view);
    free(dpor);
}

const struct sw_dpor_counts *sw_dpor_counts(const struct sw_dpor *dpor)
{
    return &dpor->counts;
}

int sw_dpor_path_grow(void **list, uint32_t *room, uint32_t wanted, size_t size)
{
    if (wanted <= *room)
        return 0;
    uint32_t more = *room > 0 ? 2 * *room : 64;
    while (more < wanted)
        more *= 2;
    void *bigger = realloc(*list, more * size);
    if (bigger == NULL)
        return -1;
    *list = bigger;
    *room = more;
    return 0;
}

/* ---- sleep sets ---- */

int sw_dpor_path_sleeps(const struct sw_dpor_node *node, uint32_t thread)
{
    for (uint32_t i = 0; i < node->sleeping_count; i++)
        if (node->sleeping[i] == thread)
            return 1;
    return 0;
}

int sw_dpor_path_add_sleeper(struct sw_dpor_node *node, uint32_t thread)
{
    if (sw_dpor_path_sleeps(node, thread) || SW_SEARCH_FAULT(NO_SLEEP))
        return 0;
    if (sw_dpor_path_grow((void **)&node->sleeping, &node->sleeping_room, node->sleeping_count + 1,
                          sizeof *node->sleeping) < 0)
        return -1;
    node->sleeping[node->sleeping_count++] = thread;
    return 0;
}

/* A sleeper goes on sleeping behind an event that its own next one does not depend on: doing it
 * before or after that event is the same.  One that is no candidate is woken: what it would do is
 * not known. */
static int pass_sleepers(const struct sw_dpor_trace *view, uint32_t at,
                         const struct sw_dpor_node *from, struct sw_dpor_node *to)
{
    for (uint32_t i = 0; i < from->sleeping_count; i++) {
        const struct sw_pending *pending =
            sw_dpor_trace_pending(view->trace, at, from->sleeping[i]);
        int depends = pending != NULL && sw_decision_depends(*pending, view->events[at].did);
        if (SW_SEARCH_FAULT(SLEEP_FOREVER))
            depends = 0;
        if (from->sleeping[i] == from->thread || pending == NULL || depends ||
            SW_SEARCH_FAULT(SLEEP_NOT_PASSED))
            continue;
        if (sw_dpor_path_add_sleeper(to, from->sleeping[i]) < 0)
            return -1;
    }
    return 0;
}

/* ---- 1. what to run ---- */

static int push_prefix(struct sw_dpor *dpor, uint32_t thread)
{
    if (sw_dpor_path_grow((void **)&dpor->prefix, &dpor->prefix_room, dpor->prefix_count + 1,
                          sizeof *dpor->prefix) < 0)
        return -1;
    dpor->prefix[dpor->prefix_count++] = thread;
    return 0;
}

/* A branch that was given away is explored elsewhere, and sleeps here. */
static int drop_given(struct sw_dpor_node *node)
{
    while (node->wakeup != NULL && node->wakeup->is_given) {
        if (sw_dpor_path_add_sleeper(node, node->wakeup->thread) < 0)
            return -1;
        sw_dpor_wakeup_free(sw_dpor_wakeup_take_first(&node->wakeup));
    }
    return 0;
}

/* Depth first: to the deepest node where something is left to explore.  The races of all runs
 * behind a node have been seen when it is given up, so that nothing can come to its tree later. */
static int backtrack(struct sw_dpor *dpor)
{
    while (dpor->path_count > 0) {
        struct sw_dpor_node *node = &dpor->path[dpor->path_count - 1];
        if (node->wakeup != NULL && SW_SEARCH_FAULT(BACKTRACK_FAR)) {
            sw_dpor_wakeup_free(node->wakeup->next);
            node->wakeup->next = NULL;
        }
        if (drop_given(node) < 0)
            return -1;
        if (node->wakeup != NULL)
            return 1;
        sw_dpor_path_clear(node);
        dpor->path_count--;
    }
    return 0;
}

/* The path up to the node, and then the first branch of its tree down to the leaf. */
static int fill_prefix(struct sw_dpor *dpor, const struct sw_dpor_node *node)
{
    for (uint32_t i = 0; i < dpor->branch_at; i++)
        if (push_prefix(dpor, dpor->path[i].thread) < 0)
            return -1;
    for (const struct sw_dpor_wakeup *b = node->wakeup; b != NULL; b = b->child)
        if (push_prefix(dpor, b->thread) < 0)
            return -1;
    return 0;
}

int sw_dpor_next(struct sw_dpor *dpor, struct sw_dpor_run *run)
{
    *run = (struct sw_dpor_run){0};
    dpor->prefix_count = 0;
    int left = !dpor->ended && dpor->begun ? backtrack(dpor) : !dpor->ended;
    if (left < 0)
        return -1;
    if (left == 0 || (SW_SEARCH_FAULT(ONE_TRACE) && dpor->counts.traces == 2)) {
        dpor->ended = 1;
        return 0;
    }
    dpor->branch_at = dpor->path_count > 0 ? dpor->path_count - 1 : 0;
    if (dpor->begun) {
        struct sw_dpor_node *node = &dpor->path[dpor->branch_at];
        /* What was chosen here until now has been explored: from now on it sleeps here. */
        if (fill_prefix(dpor, node) < 0 || sw_dpor_path_add_sleeper(node, node->thread) < 0)
            return -1;
        run->sleeping = node->sleeping;
        run->sleeping_count = node->sleeping_count;
    }
    dpor->begun = 1;
    run->prefix = dpor->prefix;
    run->prefix_count = dpor->prefix_count;
    run->sleeping_at = dpor->branch_at;
    return 1;
}

/* ---- 2. the path becomes that of the trace ---- */

/* The branch that was taken leaves the tree of its node; returns what is below it. */
static struct sw_dpor_wakeup *take_branch(struct sw_dpor_node *node)
{
    node->thread = node->wakeup->thread;
    return sw_dpor_wakeup_take_first(&node->wakeup);
}

/* Event i is behind the branch.  *below: what of the branch is still to come; a node on it inherits
 * the siblings as its own tree, since they were inserted for the same prefix. */
static const char *add_node(struct sw_dpor *dpor, uint32_t i, struct sw_dpor_wakeup **below)
{
    struct sw_dpor_node *node = &dpor->path[i];

    *node = (struct sw_dpor_node){.thread = dpor->view.events[i].thread};
    dpor->path_count = i + 1;
    if (i > 0 && pass_sleepers(&dpor->view, i - 1, &dpor->path[i - 1], node) < 0)
        return "out of memory";
    if (*below == NULL)
        return NULL;
    if ((*below)->thread != node->thread)
        return "a schedule did not follow its prefix: the program is not the same each time";
    node->wakeup = *below;
    *below = take_branch(node);
    return NULL;
}

/* What the path had stays, up to where the run left it. */
static const char *extend_path(struct sw_dpor *dpor)
{
    uint32_t kept = dpor->path_count > 0 ? dpor->branch_at + 1 : 0;
    uint32_t real = dpor->view.trace->count;
    struct sw_dpor_wakeup *below = NULL;
    const char *why = NULL;

    if (real < dpor->prefix_count)
        return "a schedule ended before its prefix: the program is not the same each time";
    if (sw_dpor_path_grow((void **)&dpor->path, &dpor->path_room, real, sizeof *dpor->path) < 0)
        return "out of memory";
    if (kept > 0)
        below = take_branch(&dpor->path[dpor->branch_at]);
    for (uint32_t i = 0; i < real && why == NULL; i++) {
        if (i >= kept)
            why = add_node(dpor, i, &below);
        else if (dpor->path[i].thread != dpor->view.events[i].thread)
            why = "a schedule did not follow its prefix: the program is not the same each time";
    }
    sw_dpor_wakeup_free(below); /* of a run that did not follow it */
    if (real > 0 && why == NULL)
        dpor->path_count = real;
    return why;
}

/* Had it to go on with a sleeper?  Then it is equivalent to an earlier one: "sleep set blocked". */
static int is_blocked(const struct sw_dpor *dpor)
{
    for (uint32_t i = 0; i < dpor->path_count; i++)
        if (sw_dpor_path_sleeps(&dpor->path[i], dpor->path[i].thread))
            return 1;
    return 0;
}

/* ---- 3. its races ---- */

/* A sleeper that is a weak initial of v has led to v, or to something equivalent, already. */
static int is_explored(const struct sw_dpor_trace *view, const struct sw_dpor_node *node,
                       uint32_t at, const struct sw_dpor_sequence *v)
{
    if (SW_SEARCH_FAULT(EXPLORED_NONE))
        return 0;
    if (SW_SEARCH_FAULT(EXPLORED_ALL))
        return node->sleeping_count > 0;
    for (uint32_t k = 0; k < node->sleeping_count; k++)
        if (sw_dpor_wakeup_is_weak_initial(view, v, at, node->sleeping[k]))
            return 1;
    return 0;
}

int sw_dpor_path_reverse(const struct sw_dpor_trace *view, uint32_t i, uint32_t j,
                         struct sw_dpor_node *node, struct sw_dpor_sequence *v)
{
    sw_dpor_wakeup_reverse(view, i, j, v);
    return is_explored(view, node, i, v) ? 0 : sw_dpor_wakeup_insert(view, &node->wakeup, v, i);
}

/* For each race the reversal v is to be explored where its first event stands.  That is all that
 * can be missing: any class is reached from any other by reversing one race after the other, and
 * the reversal of each race of each trace that was run has been run, is covered, or is in a
 * tree. */
static int find_races(struct sw_dpor *dpor)
{
    const struct sw_dpor_trace *view = &dpor->view;
    struct sw_dpor_sequence v = {.events = malloc((view->count + 1) * sizeof *v.events)};
    int failed = v.events == NULL;

    for (uint32_t j = 1; j < view->count && !failed; j++) {
        for (uint32_t i = 0; i < j && i < view->trace->count && !failed; i++) {
            if (!sw_dpor_trace_is_race(view, i, j) || SW_SEARCH_FAULT(NO_RACES))
                continue;
            dpor->counts.races++;
            if (i >= dpor->foreign)
                failed = sw_dpor_path_reverse(view, i, j, &dpor->path[i], &v) < 0;
        }
    }
    free(v.events);
    return failed ? -1 : 0;
}

/* ---- a run that could not be ---- */

/* Did it want a thread, behind the path, that could not run?  A reversal is computed from what the
 * trace says; that a thread waits for something which is no object (a join, a timer) can be missing
 * there.  On the path itself it would mean that the program is not the same each time. */
static int is_infeasible(const struct sw_dpor *dpor, const struct sw_trace *trace)
{
    for (uint32_t i = 0; i < dpor->prefix_count && i < trace->count; i++)
        if (trace->events[i].thread != dpor->prefix[i])
            return i >= dpor->branch_at && sw_dpor_trace_pending(trace, i, dpor->prefix[i]) == NULL;
    return 0;
}

static void drop_branch(struct sw_dpor *dpor)
{
    sw_dpor_wakeup_free(sw_dpor_wakeup_take_first(&dpor->path[dpor->branch_at].wakeup));
}

int sw_dpor_observe(struct sw_dpor *dpor, const struct sw_trace *trace, const char **why)
{
    assert(dpor->begun);
    *why = sw_dpor_trace_take(&dpor->view, trace);
    if (*why == NULL && is_infeasible(dpor, trace)) {
        dpor->counts.infeasible++;
        drop_branch(dpor);
        return 0;
    }
    if (*why == NULL)
        *why = extend_path(dpor);
    if (*why != NULL)
        return -1;
    dpor->counts.traces++;
    dpor->counts.blocked += (uint64_t)is_blocked(dpor);
    if (find_races(dpor) < 0) {
        *why = "out of memory";
        return -1;
    }
    return 0;
}
