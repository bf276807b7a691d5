/* SPDX-License-Identifier: MIT */
#include "dpor_split.h"

#include <stdlib.h>
#include <string.h>

#include "dpor_path.h"

static struct sw_dpor_wakeup *skip_given(struct sw_dpor_wakeup *branch)
{
    while (branch != NULL && branch->is_given)
        branch = branch->next;
    return branch;
}

int sw_dpor_split_find(const struct sw_dpor *search, struct sw_dpor_branch *found)
{
    uint32_t at = found->branch != NULL ? found->at : search->path_count;

    if (found->branch != NULL)
        found->branch = skip_given(found->branch->next);
    while (found->branch == NULL && at-- > 0)
        *found = (struct sw_dpor_branch){at, skip_given(search->path[at].wakeup)};
    return found->branch != NULL;
}

void sw_dpor_split_give(const struct sw_dpor_branch *found)
{
    found->branch->is_given = 1;
}

void sw_dpor_split_hold(struct sw_dpor *search)
{
    if (search->path_count > 0)
        search->path[search->branch_at].wakeup->is_given = 1;
}

/* The two share the path up to the event where they part, and the node there, if it is of this
 * one. */
int sw_dpor_split_hear(struct sw_dpor *search, const struct sw_dpor *other)
{
    const struct sw_dpor_trace *view = &other->view;
    uint32_t end = 0;

    while (end < search->path_count && end < other->foreign &&
           (end == 0 || search->path[end - 1].thread == other->path[end - 1].thread))
        end++;
    if (end <= search->foreign)
        return 0;
    struct sw_dpor_sequence v = {.events = malloc((view->count + 1) * sizeof *v.events)};
    int failed = v.events == NULL;
    for (uint32_t j = search->foreign + 1; j < view->count && !failed; j++)
        for (uint32_t i = search->foreign; i < j && i < end && !failed; i++)
            if (sw_dpor_trace_is_race(view, i, j))
                failed = sw_dpor_path_reverse(view, i, j, &search->path[i], &v) < 0;
    free(v.events);
    return failed ? -1 : 0;
}

/* What will sleep where the branch begins: what sleeps there now, what is being explored, and the
 * siblings that come before it. */
static int fill_node(struct sw_dpor_node *node, const struct sw_dpor_node *from,
                     const struct sw_dpor_branch *found)
{
    int failed = sw_dpor_path_add_sleeper(node, from->thread);

    for (uint32_t i = 0; i < from->sleeping_count; i++)
        failed |= sw_dpor_path_add_sleeper(node, from->sleeping[i]);
    for (const struct sw_dpor_wakeup *b = from->wakeup; b != found->branch; b = b->next)
        failed |= sw_dpor_path_add_sleeper(node, b->thread);
    node->thread = from->thread;
    node->wakeup = sw_dpor_wakeup_copy(found->branch);
    return failed || node->wakeup == NULL ? -1 : 0;
}

struct sw_dpor *sw_dpor_split_new(const struct sw_dpor *search, const struct sw_dpor_branch *found)
{
    struct sw_dpor *part = sw_dpor_new();

    if (part == NULL || sw_dpor_path_grow((void **)&part->path, &part->path_room, found->at + 1,
                                          sizeof *part->path) < 0) {
        sw_dpor_free(part);
        return NULL;
    }
    memset(part->path, 0, (found->at + 1) * sizeof *part->path);
    for (uint32_t i = 0; i < found->at; i++)
        part->path[i].thread = search->path[i].thread;
    part->path_count = part->foreign = found->at + 1;
    part->begun = 1;
    if (fill_node(&part->path[found->at], &search->path[found->at], found) == 0)
        return part;
    sw_dpor_free(part);
    return NULL;
}

const uint32_t *sw_dpor_split_threads(const struct sw_dpor *search,
                                      const struct sw_dpor_branch *found, uint32_t *to)
{
    for (uint32_t i = 0; i < found->at; i++)
        to[i] = search->path[i].thread;
    to[found->at] = found->branch->thread;
    return to;
}

uint32_t sw_dpor_split_near(const struct sw_dpor *whole, const uint32_t *threads, uint32_t count)
{
    uint32_t i = 0;

    while (i < count && i < whole->path_count && whole->path[i].thread == threads[i])
        i++;
    return i;
}

/* Where its own nodes begin, nothing can come to it any more. */
int sw_dpor_split_is_left(const struct sw_dpor *whole, const struct sw_dpor *part)
{
    uint32_t i = 0;

    while (i < part->foreign && i < whole->path_count &&
           whole->path[i].thread == part->path[i].thread)
        i++;
    return i < part->foreign && i < whole->path_count &&
           sw_dpor_path_sleeps(&whole->path[i], part->path[i].thread);
}

int sw_dpor_split_is_passed(const struct sw_dpor *whole, const uint32_t *threads, uint32_t count)
{
    uint32_t i = sw_dpor_split_near(whole, threads, count);

    if (whole->path_count == 0)
        return 0;
    return i == count || i == whole->path_count || sw_dpor_path_sleeps(&whole->path[i], threads[i]);
}
