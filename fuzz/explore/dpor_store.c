/* SPDX-License-Identifier: MIT */
#include "dpor_store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dpor_path.h"

/* ---- writing ---- */

static void write_tree(const struct sw_dpor_wakeup *tree, uint32_t depth, FILE *out)
{
    for (; tree != NULL; tree = tree->next) {
        fprintf(out, "branch %u %u %u %u %u\n", depth, tree->thread, tree->did.op, tree->did.object,
                tree->known);
        write_tree(tree->child, depth + 1, out);
    }
}

void sw_dpor_store_write(const struct sw_dpor *search, FILE *out)
{
    const struct sw_dpor_counts *counts = &search->counts;

    fprintf(out, "counts %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %d\n", counts->traces,
            counts->blocked, counts->infeasible, counts->races, search->begun, search->ended);
    for (uint32_t i = 0; i < search->path_count; i++) {
        const struct sw_dpor_node *node = &search->path[i];
        fprintf(out, "node %u\n", node->thread);
        if (node->sleeping_count > 0)
            fprintf(out, "sleeps");
        for (uint32_t k = 0; k < node->sleeping_count; k++)
            fprintf(out, " %u", node->sleeping[k]);
        if (node->sleeping_count > 0)
            fprintf(out, "\n");
        write_tree(node->wakeup, 1, out);
    }
}

/* ---- reading ---- */

static int read_counts(struct sw_dpor *search, const char *line)
{
    struct sw_dpor_counts *counts = &search->counts;

    return sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %d %d", &counts->traces,
                  &counts->blocked, &counts->infeasible, &counts->races, &search->begun,
                  &search->ended) == 6
               ? 1
               : -1;
}

static int read_node(struct sw_dpor *search, const char *line)
{
    struct sw_dpor_node node = {0};

    if (sscanf(line, "%" SCNu32, &node.thread) != 1 || node.thread >= SW_DPOR_THREADS_MAX ||
        sw_dpor_path_grow((void **)&search->path, &search->path_room, search->path_count + 1,
                          sizeof *search->path) < 0)
        return -1;
    search->path[search->path_count++] = node;
    return 1;
}

static int read_sleepers(struct sw_dpor_node *node, const char *line)
{
    char *end;

    for (const char *at = line; *at != '\0'; at = end) {
        unsigned long thread = strtoul(at, &end, 10);
        if (end == at || thread >= SW_DPOR_THREADS_MAX ||
            sw_dpor_path_add_sleeper(node, (uint32_t)thread) < 0)
            return -1;
    }
    return 1;
}

/* At the end of the list at that depth, which begins below the last branch of the one above. */
static int read_branch(struct sw_dpor_node *node, const char *line)
{
    struct sw_dpor_wakeup branch = {0}, **place = &node->wakeup;
    uint32_t depth;

    if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32, &depth,
               &branch.thread, &branch.did.op, &branch.did.object, &branch.known) != 5 ||
        depth == 0 || branch.thread >= SW_DPOR_THREADS_MAX)
        return -1;
    for (; depth > 1; depth--) {
        if (*place == NULL)
            return -1;
        while ((*place)->next != NULL)
            place = &(*place)->next;
        place = &(*place)->child;
    }
    while (*place != NULL)
        place = &(*place)->next;
    *place = sw_dpor_wakeup_copy(&branch);
    return *place != NULL ? 1 : -1;
}

int sw_dpor_store_read_line(struct sw_dpor *search, const char *line)
{
    struct sw_dpor_node *last =
        search->path_count > 0 ? &search->path[search->path_count - 1] : NULL;

    if (strncmp(line, "counts ", 7) == 0)
        return read_counts(search, line + 7);
    if (strncmp(line, "node ", 5) == 0)
        return read_node(search, line + 5);
    if (strncmp(line, "sleeps ", 7) == 0)
        return last != NULL ? read_sleepers(last, line + 7) : -1;
    if (strncmp(line, "branch ", 7) == 0)
        return last != NULL ? read_branch(last, line + 7) : -1;
    return 0;
}
