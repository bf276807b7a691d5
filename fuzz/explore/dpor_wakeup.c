/* SPDX-License-Identifier: MIT */
#include "dpor_wakeup.h"

#include <stdlib.h>
#include <string.h>

#include "contract/search_faults.h"

void sw_dpor_wakeup_free(struct sw_dpor_wakeup *tree)
{
    while (tree != NULL) {
        struct sw_dpor_wakeup *next = tree->next;
        sw_dpor_wakeup_free(tree->child);
        free(tree);
        tree = next;
    }
}

struct sw_dpor_wakeup *sw_dpor_wakeup_copy(const struct sw_dpor_wakeup *branch)
{
    struct sw_dpor_wakeup *copy = malloc(sizeof *copy), **to = copy != NULL ? &copy->child : NULL;

    if (copy == NULL)
        return NULL;
    *copy = *branch;
    copy->child = copy->next = NULL;
    for (const struct sw_dpor_wakeup *child = branch->child; child != NULL; child = child->next) {
        *to = sw_dpor_wakeup_copy(child);
        if (*to == NULL) {
            sw_dpor_wakeup_free(copy);
            return NULL;
        }
        to = &(*to)->next;
    }
    return copy;
}

struct sw_dpor_wakeup *sw_dpor_wakeup_take_first(struct sw_dpor_wakeup **tree)
{
    struct sw_dpor_wakeup *first = *tree, *below = first->child;

    *tree = first->next;
    free(first);
    return below;
}

/* ---- sequences ---- */

/* In the paper: v = notdep(i, E) . j.  What follows i and does not happen after it could have
 * happened without i.  All of it is kept, to the end of the trace and not only what j needs: so a
 * run along v does what this one did in everything that the race is not about, and no run is begun
 * that would turn out to be equivalent to an earlier one. */
void sw_dpor_wakeup_reverse(const struct sw_dpor_trace *view, uint32_t i, uint32_t j,
                            struct sw_dpor_sequence *v)
{
    v->count = 0;
    for (uint32_t k = i + 1; k < view->trace->count; k++)
        if (k != j && (!sw_dpor_trace_is_before(view, i, k) || SW_SEARCH_FAULT(REVERSE_ALL)) &&
            !SW_SEARCH_FAULT(REVERSE_SHORT) && (k < j || !SW_SEARCH_FAULT(REVERSE_UP_TO)))
            v->events[v->count++] = k;
    v->events[v->count++] = j;
    v->raced = j;
    v->raced_did = view->events[j].did;
    if (v->raced_did.op == SW_OP_MISS && v->raced_did.object == view->events[i].did.object)
        v->raced_did.op = SW_OP_WRITE;
}

static struct sw_pending did(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v,
                             uint32_t place)
{
    return v->events[place] == v->raced ? v->raced_did : view->events[v->events[place]].did;
}

/* Does the event at place x of v have to come before the later one at place y? */
static int is_needed(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v, uint32_t x,
                     uint32_t y)
{
    uint32_t a = v->events[x], b = v->events[y];
    const struct sw_trace_event *earlier = &view->events[a], *later = &view->events[b];

    return earlier->thread == later->thread ||
           sw_decision_depends(did(view, v, x), did(view, v, y)) ||
           sw_dpor_trace_is_cause(view, a, b);
}

/* The place in v of the thread's first event, or count. */
static uint32_t first_of(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v,
                         uint32_t thread)
{
    uint32_t i = 0;

    while (i < v->count && view->events[v->events[i]].thread != thread)
        i++;
    return i;
}

static int can_be_first(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v,
                        uint32_t place)
{
    if (SW_SEARCH_FAULT(INITIALS_ALL) || SW_SEARCH_FAULT(INITIALS_NONE))
        return place == 0 || SW_SEARCH_FAULT(INITIALS_ALL);
    for (uint32_t i = 0; i < place; i++)
        if (is_needed(view, v, i, place))
            return 0;
    return 1;
}

/* Does nothing in v depend on what the thread is about to do where event at stands? */
static int is_beside(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v,
                     uint32_t at, uint32_t thread)
{
    const struct sw_pending *pending = sw_dpor_trace_pending(view->trace, at, thread);

    if (pending == NULL) /* it cannot run there */
        return 0;
    if (SW_SEARCH_FAULT(BESIDE_ALL))
        return 1;
    for (uint32_t i = 0; i < v->count; i++)
        if (sw_decision_depends(*pending, did(view, v, i)))
            return 0;
    return 1;
}

int sw_dpor_wakeup_is_weak_initial(const struct sw_dpor_trace *view,
                                   const struct sw_dpor_sequence *v, uint32_t at, uint32_t thread)
{
    uint32_t place = first_of(view, v, thread);

    return place < v->count ? can_be_first(view, v, place) : is_beside(view, v, at, thread);
}

/* ---- inserting ---- */

/* The branch comes from another trace, which has its beginning in common with this one, up to the
 * event that the branch was inserted at; the node may have come down the path since.  Objects are
 * numbered as they come into sight: those that were in sight there are the same in both, and of
 * later ones it is not known whether they are.  They count as the same. */
static int depends_on_branch(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v,
                             const struct sw_dpor_wakeup *branch)
{
    for (uint32_t i = 0; i < v->count; i++) {
        struct sw_pending one = did(view, v, i);
        if (one.object > branch->known && branch->did.object > branch->known)
            one.object = branch->did.object;
        if (sw_decision_depends(one, branch->did))
            return 1;
    }
    return 0;
}

/* Is the branch's thread a weak initial of what is left of v?  has_run: it had an event higher up
 * in the tree.  Then what it was about to do at `at` is over, and the branch says what is next. */
static int leads_to(const struct sw_dpor_trace *view, const struct sw_dpor_sequence *v, uint32_t at,
                    const struct sw_dpor_wakeup *branch, int has_run)
{
    if (has_run && first_of(view, v, branch->thread) == v->count)
        return !depends_on_branch(view, v, branch);
    return sw_dpor_wakeup_is_weak_initial(view, v, at, branch->thread);
}

static void remove_at(struct sw_dpor_sequence *v, uint32_t place)
{
    v->count--;
    memmove(v->events + place, v->events + place + 1, (v->count - place) * sizeof *v->events);
}

static struct sw_dpor_wakeup *append(struct sw_dpor_wakeup **list, uint32_t thread,
                                     struct sw_pending did, uint32_t known)
{
    struct sw_dpor_wakeup *branch = calloc(1, sizeof *branch);

    if (branch == NULL)
        return NULL;
    branch->thread = thread;
    branch->did = did;
    branch->known = known;
    while (*list != NULL)
        list = &(*list)->next;
    *list = branch;
    return branch;
}

/* Behind its siblings: the paper's order, on which it depends that no run is begun in vain. */
static int append_all(const struct sw_dpor_trace *view, struct sw_dpor_wakeup **tree,
                      const struct sw_dpor_sequence *v, uint32_t known)
{
    for (uint32_t i = 0; i < v->count; i++) {
        struct sw_dpor_wakeup *branch =
            append(tree, view->events[v->events[i]].thread, did(view, v, i), known);
        if (branch == NULL)
            return -1;
        tree = &branch->child;
        if (SW_SEARCH_FAULT(INSERT_ONE))
            break;
    }
    return 0;
}

/* Goes down from the root along the first child that is a weak initial of v, and takes its event
 * out of v: the tree's branch and v begin alike, up to the order of independent events.
 *
 *      v is empty      all of it is in the tree
 *      no child fits   the rest of v becomes a new branch here
 *      at a leaf       the rest of v becomes its continuation
 *
 * The paper leaves a leaf as it is, since whatever follows it is explored freely and its races lead
 * to the rest of v.  That holds as long as no sleeper is a weak initial of the leaf's sequence,
 * which here cannot be known: a branch whose objects count as the same may have been inserted
 * although it is covered.  Behind such a leaf everything that the sleeper also leads to is left
 * out, and what the sleeper's own races want would be lost in the leaf.  So it is written down. */
int sw_dpor_wakeup_insert(const struct sw_dpor_trace *view, struct sw_dpor_wakeup **tree,
                          struct sw_dpor_sequence *v, uint32_t at)
{
    struct sw_dpor_wakeup *child = *tree;
    unsigned char has_run[SW_DPOR_THREADS_MAX] = {0};

    if (SW_SEARCH_FAULT(INSERT_FIRST) && child != NULL)
        return 0;
    while (child != NULL) {
        if (SW_SEARCH_FAULT(INSERT_ANEW) || !leads_to(view, v, at, child, has_run[child->thread])) {
            child = child->next;
            continue;
        }
        if (child->is_given) /* whoever has it is not told: it is a part, and not the whole */
            return 0;
        has_run[child->thread] = 1;
        uint32_t place = first_of(view, v, child->thread);
        if (place < v->count)
            remove_at(v, place);
        if (v->count == 0)
            return 0;
        tree = &child->child;
        child = *tree;
    }
    return append_all(view, tree, v, view->events[at].objects);
}
