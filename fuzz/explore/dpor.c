/* SPDX-License-Identifier: MIT */
#include "dpor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- wakeup trees ---- */

/* An ordered tree of threads; a node owns its children, the first of which is explored first. */
struct branch {
    uint32_t thread;
    struct sw_pending did; /* in the trace that it comes from: see depends_on_branch() */
    struct branch *child; /* the first */
    struct branch *next; /* the sibling behind it */
};

static void branch_free(struct branch *branch)
{
    while (branch != NULL) {
        struct branch *next = branch->next;
        branch_free(branch->child);
        free(branch);
        branch = next;
    }
}

/* ---- the search ---- */

/* One event of the path that is being explored. */
struct node {
    uint32_t thread; /* that was chosen here */
    struct branch *wakeup; /* what else is to be explored here; owned */
    uint32_t *sleeping; /* explored here already, or asleep since before; owned */
    uint32_t sleeping_count, sleeping_room;
};

/* The trace under observation, as it is looked at. */
struct view {
    const struct sw_trace *trace;
    uint32_t count; /* of events, those that are blocked at a deadlock behind the real ones */
    struct sw_trace_event *events;
    uint32_t threads;
    uint32_t *clocks; /* [count][threads]: how many events of each happen before it, and itself */
    uint32_t *pre_clocks; /* the same without what the lock that it takes brings */
    uint32_t *numbers; /* [count]: its number among its thread's, from 1 */
};

struct sw_dpor {
    struct node *path;
    uint32_t path_count, path_room;
    uint32_t *prefix;
    uint32_t prefix_count, prefix_room;
    uint32_t branch_at; /* where the next run leaves the path */
    int begun, ended;
    struct sw_dpor_counts counts;
    struct view view;
    size_t view_room;
};

struct sw_dpor *sw_dpor_new(void)
{
    return calloc(1, sizeof(struct sw_dpor));
}

static void node_clear(struct node *node)
{
    branch_free(node->wakeup);
    free(node->sleeping);
    *node = (struct node){0};
}

void sw_dpor_free(struct sw_dpor *dpor)
{
    if (dpor == NULL)
        return;
    for (uint32_t i = 0; i < dpor->path_count; i++)
        node_clear(&dpor->path[i]);
    free(dpor->path);
    free(dpor->prefix);
    free(dpor->view.events);
    free(dpor->view.clocks);
    free(dpor->view.pre_clocks);
    free(dpor->view.numbers);
    free(dpor);
}

const struct sw_dpor_counts *sw_dpor_counts(const struct sw_dpor *dpor)
{
    return &dpor->counts;
}

/* ---- sleeping ---- */

static int sleeps(const struct node *node, uint32_t thread)
{
    for (uint32_t i = 0; i < node->sleeping_count; i++)
        if (node->sleeping[i] == thread)
            return 1;
    return 0;
}

static int add_sleeper(struct node *node, uint32_t thread)
{
    if (sleeps(node, thread))
        return 0;
    if (node->sleeping_count == node->sleeping_room) {
        uint32_t room = node->sleeping_room > 0 ? 2 * node->sleeping_room : 4;
        uint32_t *bigger = realloc(node->sleeping, room * sizeof *bigger);
        if (bigger == NULL)
            return -1;
        node->sleeping = bigger;
        node->sleeping_room = room;
    }
    node->sleeping[node->sleeping_count++] = thread;
    return 0;
}

/* What the thread would have done at that event; NULL: it could not have run. */
static const struct sw_pending *pending_at(const struct view *view, uint32_t at, uint32_t thread)
{
    const struct sw_trace_event *event = &view->events[at];

    for (uint32_t i = 0; i < event->count; i++)
        if (view->trace->pool[event->first + i].thread == thread)
            return &view->trace->pool[event->first + i].pending;
    return NULL;
}

/* Who sleeps before the next event: whom this one does not concern. */
static int pass_sleepers(const struct view *view, uint32_t at, const struct node *from,
                         struct node *to)
{
    for (uint32_t i = 0; i < from->sleeping_count; i++) {
        const struct sw_pending *pending = pending_at(view, at, from->sleeping[i]);
        if (from->sleeping[i] == from->thread || pending == NULL ||
            sw_decision_depends(*pending, view->events[at].did))
            continue;
        if (add_sleeper(to, from->sleeping[i]) < 0)
            return -1;
    }
    return 0;
}

/* ---- what happens before what ---- */

static int same_operation(struct sw_pending a, struct sw_pending b)
{
    return a.op == b.op && a.object == b.object;
}

static uint32_t *clock_of(uint32_t *clocks, const struct view *view, uint32_t event)
{
    return clocks + (size_t)event * view->threads;
}

static void join(uint32_t *clock, const uint32_t *other, uint32_t threads)
{
    for (uint32_t i = 0; i < threads; i++)
        if (other[i] > clock[i])
            clock[i] = other[i];
}

/* Does event a happen before the one whose clock that is? */
static int is_before(const struct view *view, uint32_t a, const uint32_t *clock)
{
    return clock[view->events[a].thread] >= view->numbers[a];
}

/* A release lets the next acquisition happen; that is no race. */
static int is_hand_over(struct sw_pending earlier, struct sw_pending later)
{
    return later.op == SW_OP_ACQUIRE && later.object == earlier.object &&
           (earlier.op == SW_OP_RELEASE || earlier.op == SW_OP_ACQUIRE);
}

static void fill_clocks(struct view *view)
{
    uint32_t last[SW_DPOR_THREADS_MAX] = {0}; /* 1 + the thread's last event */

    for (uint32_t j = 0; j < view->count; j++) {
        const struct sw_trace_event *event = &view->events[j];
        uint32_t *pre = clock_of(view->pre_clocks, view, j),
                 *clock = clock_of(view->clocks, view, j);
        memset(pre, 0, view->threads * sizeof *pre);
        if (last[event->thread] > 0)
            memcpy(pre, clock_of(view->clocks, view, last[event->thread] - 1),
                   view->threads * sizeof *pre);
        if (event->after > 0 && event->after <= j)
            join(pre, clock_of(view->clocks, view, event->after - 1), view->threads);
        view->numbers[j] = last[event->thread] > 0 ? view->numbers[last[event->thread] - 1] + 1 : 1;
        last[event->thread] = j + 1;
        memcpy(clock, pre, view->threads * sizeof *clock);
        for (uint32_t i = j; i-- > 0;) {
            if (is_before(view, i, clock) || !sw_decision_depends(view->events[i].did, event->did))
                continue;
            join(clock, clock_of(view->clocks, view, i), view->threads);
            if (!is_hand_over(view->events[i].did, event->did))
                join(pre, clock_of(view->clocks, view, i), view->threads);
        }
        clock[event->thread] = view->numbers[j];
    }
}

static int is_last_holder(const struct view *view, uint32_t i, uint32_t j)
{
    for (uint32_t k = i + 1; k < j; k++)
        if (same_operation(view->events[k].did, view->events[j].did) && k < view->trace->count)
            return 0;
    return 1;
}

/* Could i and j, which are dependent, have come in the other order? */
static int is_race(const struct view *view, uint32_t i, uint32_t j)
{
    const struct sw_trace_event *a = &view->events[i], *b = &view->events[j];
    int taken = is_hand_over(a->did, b->did);

    if (a->thread == b->thread || !sw_decision_depends(a->did, b->did))
        return 0;
    if (taken && a->did.op == SW_OP_RELEASE)
        return 0;
    if (b->did.op == SW_OP_RELEASE && a->did.op == SW_OP_ACQUIRE)
        return 0;
    const uint32_t *limit = b->did.op == SW_OP_ACQUIRE ? clock_of(view->pre_clocks, view, j)
                                                       : clock_of(view->clocks, view, j);
    if (taken)
        return is_last_holder(view, i, j) && !is_before(view, i, limit);
    for (uint32_t k = i + 1; k < j; k++)
        if (is_before(view, i, clock_of(view->clocks, view, k)) && is_before(view, k, limit))
            return 0;
    return !(b->after > 0 && is_before(view, i, clock_of(view->clocks, view, b->after - 1)));
}

/* ---- sequences ---- */

/* v: events of the view, of which the last is raced for. */
struct sequence {
    uint32_t *events;
    uint32_t count;
};

/* Does the event a of v have to come before the later one b? */
static int is_needed(const struct view *view, uint32_t a, uint32_t b)
{
    const struct sw_trace_event *earlier = &view->events[a], *later = &view->events[b];

    return earlier->thread == later->thread || sw_decision_depends(earlier->did, later->did) ||
           (later->after > 0 &&
            (later->after - 1 == a ||
             is_before(view, a, clock_of(view->clocks, view, later->after - 1))));
}

/* The place in v of the thread's first event, or count. */
static uint32_t first_of(const struct view *view, const struct sequence *v, uint32_t thread)
{
    uint32_t i = 0;

    while (i < v->count && view->events[v->events[i]].thread != thread)
        i++;
    return i;
}

/* The branch comes from another trace, which has its beginning in common with this one, up to
 * the event at.  Objects have their numbers as they come into sight, so those that were in sight
 * there are the same in both; of later ones nobody knows. */
static int depends_on_branch(const struct view *view, const struct sequence *v, uint32_t at,
                             const struct branch *branch)
{
    uint32_t known = view->events[at].objects;

    for (uint32_t i = 0; i < v->count; i++) {
        struct sw_pending did = view->events[v->events[i]].did;
        if (did.object > known && branch->did.object > known)
            did.object = branch->did.object;
        if (sw_decision_depends(did, branch->did))
            return 1;
    }
    return 0;
}

/* Can v begin with that thread, as far as the order within v matters?  at: before
 * which event of the trace v stands; later: the thread has done something since, and
 * then that; or NULL. */
static int is_weak_initial(const struct view *view, const struct sequence *v, uint32_t at,
                           uint32_t thread, const struct branch *later)
{
    uint32_t place = first_of(view, v, thread);

    if (place < v->count) {
        for (uint32_t i = 0; i < place; i++)
            if (is_needed(view, v->events[i], v->events[place]))
                return 0;
        return 1;
    }
    if (later != NULL)
        return !depends_on_branch(view, v, at, later);
    const struct sw_pending *pending = pending_at(view, at, thread);
    if (pending == NULL)
        return 0;
    for (uint32_t i = 0; i < v->count; i++)
        if (sw_decision_depends(*pending, view->events[v->events[i]].did))
            return 0;
    return 1;
}

static void remove_at(struct sequence *v, uint32_t place)
{
    v->count--;
    memmove(v->events + place, v->events + place + 1, (v->count - place) * sizeof *v->events);
}

/* Everything behind i that does not depend on it, behind j too, and then j. */
static void make_reversal(const struct view *view, uint32_t i, uint32_t j, struct sequence *v)
{
    v->count = 0;
    for (uint32_t k = i + 1; k < view->trace->count; k++)
        if (k != j && !is_before(view, i, clock_of(view->clocks, view, k)))
            v->events[v->count++] = k;
    v->events[v->count++] = j;
}

static struct branch *append_branch(struct branch **list, const struct sw_trace_event *event)
{
    struct branch *branch = calloc(1, sizeof *branch);

    if (branch == NULL)
        return NULL;
    branch->thread = event->thread;
    branch->did = event->did;
    while (*list != NULL)
        list = &(*list)->next;
    *list = branch;
    return branch;
}

/* Sees to it that the tree has a sequence that v is a beginning of, in some order. */
static int insert(const struct view *view, struct branch **tree, struct sequence *v, uint32_t at)
{
    struct branch *child = *tree;
    unsigned char has_run[SW_DPOR_THREADS_MAX] = {0};

    while (child != NULL) {
        if (!is_weak_initial(view, v, at, child->thread, has_run[child->thread] ? child : NULL)) {
            child = child->next;
            continue;
        }
        has_run[child->thread] = 1;
        uint32_t place = first_of(view, v, child->thread);
        if (place < v->count)
            remove_at(v, place);
        if (child->child == NULL || v->count == 0)
            return 0; /* a leaf: whatever comes behind it will be found there */
        tree = &child->child;
        child = *tree;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        struct branch *branch = append_branch(tree, &view->events[v->events[i]]);
        if (branch == NULL)
            return -1;
        tree = &branch->child;
    }
    return 0;
}

/* ---- a run ---- */

static int grow(void **list, uint32_t *room, uint32_t wanted, size_t size)
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

static int push_prefix(struct sw_dpor *dpor, uint32_t thread)
{
    if (grow((void **)&dpor->prefix, &dpor->prefix_room, dpor->prefix_count + 1,
             sizeof *dpor->prefix) < 0)
        return -1;
    dpor->prefix[dpor->prefix_count++] = thread;
    return 0;
}

/* The deepest node where something is left to explore; those behind it are done. */
static int backtrack(struct sw_dpor *dpor)
{
    while (dpor->path_count > 0) {
        struct node *node = &dpor->path[dpor->path_count - 1];
        if (node->wakeup != NULL)
            return 1;
        node_clear(node);
        dpor->path_count--;
    }
    return 0;
}

int sw_dpor_next(struct sw_dpor *dpor, struct sw_dpor_run *run)
{
    *run = (struct sw_dpor_run){0};
    dpor->prefix_count = 0;
    if (dpor->ended || (dpor->begun && !backtrack(dpor))) {
        dpor->ended = 1;
        return 0;
    }
    dpor->branch_at = dpor->path_count > 0 ? dpor->path_count - 1 : 0;
    if (dpor->begun) {
        struct node *node = &dpor->path[dpor->branch_at];
        for (uint32_t i = 0; i < dpor->branch_at; i++)
            if (push_prefix(dpor, dpor->path[i].thread) < 0)
                return 0;
        for (const struct branch *b = node->wakeup; b != NULL; b = b->child)
            if (push_prefix(dpor, b->thread) < 0)
                return 0;
        if (add_sleeper(node, node->thread) < 0)
            return 0;
        run->sleeping = node->sleeping;
        run->sleeping_count = node->sleeping_count;
    }
    dpor->begun = 1;
    run->prefix = dpor->prefix;
    run->prefix_count = dpor->prefix_count;
    run->sleeping_at = dpor->branch_at;
    return 1;
}

/* ---- the trace of a run ---- */

static int room_for_view(struct sw_dpor *dpor, uint32_t count, uint32_t threads)
{
    struct view *view = &dpor->view;
    size_t cells = (size_t)count * threads;

    view->threads = threads;
    view->count = count;
    if (cells <= dpor->view_room && view->events != NULL)
        return 0;
    dpor->view_room = 2 * cells + 1024;
    free(view->events);
    free(view->clocks);
    free(view->pre_clocks);
    free(view->numbers);
    view->events = malloc(dpor->view_room * sizeof *view->events);
    view->clocks = malloc(dpor->view_room * sizeof *view->clocks);
    view->pre_clocks = malloc(dpor->view_room * sizeof *view->pre_clocks);
    view->numbers = malloc(dpor->view_room * sizeof *view->numbers);
    if (view->events != NULL && view->clocks != NULL && view->pre_clocks != NULL &&
        view->numbers != NULL)
        return 0;
    dpor->view_room = 0;
    return -1;
}

static const char *check(const struct sw_trace *trace, uint32_t *threads)
{
    *threads = 1;
    if (trace->lost || trace->count > SW_TRACE_EVENTS_MAX || trace->pool_used > SW_TRACE_POOL_MAX ||
        trace->blocked_first > trace->pool_used ||
        trace->blocked_count > trace->pool_used - trace->blocked_first)
        return "the trace did not fit: too many operations in a schedule";
    for (uint32_t i = 0; i < trace->count; i++) {
        const struct sw_trace_event *event = &trace->events[i];
        if (event->first > trace->pool_used || event->count > trace->pool_used - event->first)
            return "the trace is damaged";
        if (event->thread >= SW_DPOR_THREADS_MAX)
            return "too many threads in a schedule";
        if (event->thread >= *threads)
            *threads = event->thread + 1;
    }
    for (uint32_t i = 0; i < trace->blocked_count; i++) {
        uint32_t thread = trace->pool[trace->blocked_first + i].thread;
        if (thread >= SW_DPOR_THREADS_MAX)
            return "too many threads in a schedule";
        if (thread >= *threads)
            *threads = thread + 1;
    }
    return NULL;
}

static int look(struct sw_dpor *dpor, const struct sw_trace *trace, uint32_t threads)
{
    struct view *view = &dpor->view;

    if (room_for_view(dpor, trace->count + trace->blocked_count, threads) < 0)
        return -1;
    view->trace = trace;
    memcpy(view->events, trace->events, trace->count * sizeof *view->events);
    for (uint32_t i = 0; i < trace->blocked_count; i++) {
        const struct sw_trace_candidate *blocked = &trace->pool[trace->blocked_first + i];
        view->events[trace->count + i] =
            (struct sw_trace_event){.thread = blocked->thread, .did = blocked->pending};
    }
    fill_clocks(view);
    return 0;
}

/* Makes the path that of the trace: what it had before stays, up to where the run left it. */
static const char *extend_path(struct sw_dpor *dpor)
{
    const struct view *view = &dpor->view;
    uint32_t kept = dpor->path_count > 0 ? dpor->branch_at + 1 : 0, real = view->trace->count;

    if (real < dpor->prefix_count)
        return "a schedule ended before its prefix: the program is not the same each time";
    if (grow((void **)&dpor->path, &dpor->path_room, real, sizeof *dpor->path) < 0)
        return "out of memory";
    struct branch *subtree = NULL;
    if (kept > 0) { /* the branch that was taken leaves the tree of its node */
        struct node *node = &dpor->path[dpor->branch_at];
        struct branch *taken = node->wakeup;
        node->wakeup = taken->next;
        node->thread = taken->thread;
        subtree = taken->child;
        free(taken);
    }
    for (uint32_t i = 0; i < real; i++) {
        uint32_t thread = view->events[i].thread;
        if (i < kept && dpor->path[i].thread != thread)
            return "a schedule did not follow its prefix: the program is not the same each time";
        if (i < kept)
            continue;
        struct node *node = &dpor->path[i];
        *node = (struct node){.thread = thread};
        dpor->path_count = i + 1;
        if (i > 0 && pass_sleepers(view, i - 1, &dpor->path[i - 1], node) < 0)
            return "out of memory";
        if (subtree != NULL) {
            struct branch *taken = subtree;
            if (taken->thread != thread)
                return "a schedule did not follow its prefix: the program is not the same each "
                       "time";
            node->wakeup = taken->next;
            subtree = taken->child;
            free(taken);
        }
    }
    if (real > 0)
        dpor->path_count = real;
    return NULL;
}

/* Had it to go on with somebody who slept: has it been seen before? */
static int goes_on_asleep(const struct sw_dpor *dpor)
{
    for (uint32_t i = 0; i < dpor->path_count; i++)
        if (sleeps(&dpor->path[i], dpor->path[i].thread))
            return 1;
    return 0;
}

static int find_races(struct sw_dpor *dpor)
{
    const struct view *view = &dpor->view;
    struct sequence v = {malloc((view->count + 1) * sizeof *v.events), 0};
    int failed = v.events == NULL;

    for (uint32_t j = 1; j < view->count && !failed; j++) {
        for (uint32_t i = 0; i < j && i < view->trace->count && !failed; i++) {
            if (!is_race(view, i, j))
                continue;
            dpor->counts.races++;
            make_reversal(view, i, j, &v);
            int known = 0;
            const struct node *node = &dpor->path[i];
            for (uint32_t k = 0; k < node->sleeping_count && !known; k++)
                known = is_weak_initial(view, &v, i, node->sleeping[k], NULL);
            if (!known)
                failed = insert(view, &dpor->path[i].wakeup, &v, i) < 0;
        }
    }
    free(v.events);
    return failed ? -1 : 0;
}

static int is_candidate(const struct sw_trace *trace, uint32_t at, uint32_t thread)
{
    const struct sw_trace_event *event = &trace->events[at];

    for (uint32_t i = 0; i < event->count; i++)
        if (trace->pool[event->first + i].thread == thread)
            return 1;
    return 0;
}

/* Did it want a thread, behind the path, that could not run? */
static int left_prefix(const struct sw_dpor *dpor, const struct sw_trace *trace)
{
    for (uint32_t i = 0; i < dpor->prefix_count && i < trace->count; i++)
        if (trace->events[i].thread != dpor->prefix[i])
            return i >= dpor->branch_at && !is_candidate(trace, i, dpor->prefix[i]);
    return 0;
}

/* The branch that was tried cannot be: it is dropped. */
static void drop_branch(struct sw_dpor *dpor)
{
    struct node *node = &dpor->path[dpor->branch_at];
    struct branch *taken = node->wakeup;

    node->wakeup = taken->next;
    taken->next = NULL;
    branch_free(taken);
}

int sw_dpor_observe(struct sw_dpor *dpor, const struct sw_trace *trace, const char **why)
{
    uint32_t threads;

    assert(dpor->begun);
    *why = check(trace, &threads);
    if (*why == NULL && left_prefix(dpor, trace)) {
        dpor->counts.infeasible++;
        drop_branch(dpor);
        return 0;
    }
    if (*why == NULL && look(dpor, trace, threads) < 0)
        *why = "out of memory";
    if (*why == NULL)
        *why = extend_path(dpor);
    if (*why != NULL)
        return -1;
    dpor->counts.traces++;
    dpor->counts.blocked += (uint64_t)goes_on_asleep(dpor);
    if (find_races(dpor) < 0) {
        *why = "out of memory";
        return -1;
    }
    return 0;
}
