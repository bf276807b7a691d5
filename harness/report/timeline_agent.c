/* SPDX-License-Identifier: MIT
 *
 * timeline_agent.c - what the agent of slpython-lab tells in an explaining run: the C stacks that
 * it has taken where something went wrong, the points of the interpreter that were visited, and which
 * events are the hops of why.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/runner/stack_symbols.h"
#include "timeline_build.h"
#include "why_hop_text.h"
#include "why_judge.h"
#include "why_path.h"

static const char *read_stack(struct sw_timeline *timeline, const struct sw_event_shm *event_shm,
                              uint32_t stack)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    sw_stack_symbols_print(out, event_shm, stack, "");
    const char *kept = fclose(out) == 0 ? sw_timeline_keep(timeline, text) : NULL;
    free(text);
    return kept;
}

/* In words, without the name that they begin with: whoever tells of an entry begins with that. */
static const char *read_words(struct sw_timeline *timeline, const struct sw_event_shm *event_shm,
                              const struct sw_event *event)
{
    char buf[SW_WHY_TEXT_MAX];
    const char *who = sw_event_shm_text(event_shm, event->who);
    size_t length = strlen(who);

    if (!sw_why_hop_text_write(event_shm, event, buf, sizeof buf))
        return sw_timeline_keep(timeline, sw_event_shm_text(event_shm, event->text));
    int begins = length > 0 && strncmp(buf, who, length) == 0 && buf[length] == ' ';
    return sw_timeline_keep(timeline, begins ? buf + length + 1 : buf);
}

int sw_timeline_agent_add(struct sw_timeline *timeline, const struct sw_process *run)
{
    const struct sw_event_shm *event_shm = run->spec.event_shm;

    for (uint32_t i = 0; event_shm != NULL && i < timeline->entry_count; i++) {
        struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->event == 0 || entry->event > event_shm->event_count)
            continue;
        const struct sw_event *event = &event_shm->events[entry->event - 1];
        if (event->kind == SW_EVENT_VISIT) {
            entry->is_point = 1;
            entry->text = read_words(timeline, event_shm, event);
        }
        if (event->stack != 0)
            entry->stack = read_stack(timeline, event_shm, event->stack);
        if (entry->text == NULL || (event->stack != 0 && entry->stack == NULL))
            return -1;
    }
    return 0;
}

/* What was followed has its events; a failure that no event tells of is one of threads. */
void sw_timeline_agent_mark_hops(struct sw_timeline *timeline, const struct sw_process *run,
                                 const struct sw_sched *sched)
{
    const struct sw_event_shm *event_shm = run->spec.event_shm;
    struct sw_why *why = event_shm != NULL ? calloc(1, sizeof *why) : NULL;
    const struct sw_why_wanted what_failed = {.number = 0};
    struct sw_error e;

    if (why != NULL)
        sw_why_judge(run, sched, &why->verdict);
    if (why != NULL && why->verdict.kind != SW_AS_EXPECTED &&
        (run->spec.spec != NULL || why->verdict.event != 0) &&
        sw_why_path_find(why, event_shm, &what_failed, &e) == 0)
        for (uint32_t i = 0; i < why->hop_count; i++)
            for (uint32_t k = 0; k < timeline->entry_count; k++)
                timeline->entries[k].is_hop |=
                    timeline->entries[k].event == 1 + (why->hops[i].event - event_shm->events);
    free(why);
}
