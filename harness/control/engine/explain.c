/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <string.h>

#include "contract/decision_kind.h"
#include "engine_state.h"

enum { WORDS = 160 };
#define NO_PLACE UINT32_MAX

/* Of a program that begins its schedules itself, what is outside of them is none of theirs. */
int sw_explain_is_on(void)
{
    const struct sw_control_shm *shm = sw_engine.shm;

    return shm != NULL && shm->explain_wanted != 0 && (shm->loop_count == 0 || shm->loop_under_way);
}

static struct sw_explain_log *log_of(void)
{
    return &sw_engine.shm->explain;
}

void sw_explain_begin(void)
{
    if (sw_engine.shm->explain_wanted != 0)
        sw_explain_log_begin(log_of());
}

static uint32_t text_of(const char *text)
{
    return sw_explain_log_text(log_of(), text, strlen(text));
}

static void set_site(struct sw_explain_entry *entry)
{
    struct sw_explain_site site;

    sw_engine.hooks->where(&site);
    if (site.line == 0)
        return;
    entry->file = text_of(site.file);
    entry->function = text_of(site.function);
    entry->line = site.line;
    entry->column = site.column;
    entry->column_end = site.column_end;
}

/* Of the running thread, at its place. */
static struct sw_explain_entry begin(enum sw_timeline_kind kind, unsigned place, uint32_t object,
                                     uint32_t other)
{
    struct sw_explain_entry entry = {.step = sw_engine.shm->decision_count,
                                     .kind = kind,
                                     .thread = sw_engine.current->ordinal,
                                     .other = other,
                                     .object_kind =
                                         object != 0 ? SW_TIMELINE_SYNC : SW_TIMELINE_NO_OBJECT,
                                     .object = object};

    if (place < UINT16_MAX) /* none, or one with a name, is greater */
        entry.place = (uint16_t)(place + 1);
    set_site(&entry);
    return entry;
}

/* An import takes and gives back hundreds of locks of its own. */
static int is_imports(const struct sw_explain_entry *entry)
{
    return (entry->kind == SW_TIMELINE_LOCK || entry->kind == SW_TIMELINE_UNLOCK) &&
           strncmp(sw_explain_log_read(log_of(), entry->file), "<frozen", 7) == 0;
}

void sw_explain_note(enum sw_timeline_kind kind, enum sw_place place, uint32_t object,
                     uint32_t other)
{
    if (!sw_explain_is_on())
        return;
    const struct sw_explain_entry entry = begin(kind, place, object, other);
    if (!is_imports(&entry))
        sw_explain_log_add(log_of(), &entry);
}

void sw_explain_note_lock(enum sw_timeline_kind kind, enum sw_place place, struct sw_object *object)
{
    /* Whether somebody explains or not: it names the lock, and a run that is explained has the
     * names, and the hash, of the one that is not. */
    uint32_t ordinal = sw_sync_objects_noted(object);

    if (ordinal == 0 && sw_explain_is_on()) {
        object->is_noted = 1;
        ordinal = SW_EXPLAIN_UNNAMED | object->born;
    }
    sw_explain_note(kind, place, ordinal, SW_EXPLAIN_NOBODY);
}

void sw_explain_named(uint32_t born, uint32_t ordinal)
{
    struct sw_explain_log *log = log_of();

    for (uint32_t i = 0; i < log->count; i++)
        if (log->entries[i].object_kind == SW_TIMELINE_SYNC &&
            log->entries[i].object == (SW_EXPLAIN_UNNAMED | born))
            log->entries[i].object = ordinal;
}

/* The GIL comes to everybody in turn, and a thread that is at an operation waits for nothing. */
static int is_dull(const struct sw_wait *wait)
{
    return wait->place == SW_AT_GIL_WAIT || wait->clause->orders_nothing;
}

static void note_wait(enum sw_timeline_kind kind, const struct sw_wait *wait)
{
    char words[WORDS] = "";

    if (!sw_explain_is_on() || is_dull(wait))
        return;
    struct sw_explain_entry entry = begin(kind, wait->place, wait->object, SW_EXPLAIN_NOBODY);
    if (sw_engine.current->wait.clause != NULL) {
        wait->clause->describe(sw_engine.current, words, sizeof words);
        if (wait->clause->holder != NULL)
            entry.other = wait->clause->holder(wait);
    }
    entry.text = text_of(words);
    sw_explain_log_add(log_of(), &entry);
}

void sw_explain_block(const struct sw_wait *wait)
{
    note_wait(SW_TIMELINE_BLOCK, wait);
}

void sw_explain_timeout(const struct sw_wait *wait)
{
    note_wait(SW_TIMELINE_TIMEOUT, wait);
}

void sw_explain_event(uint32_t number)
{
    if (!sw_explain_is_on() || number == 0)
        return;
    struct sw_explain_entry entry = begin(SW_TIMELINE_EVENT, NO_PLACE, 0, SW_EXPLAIN_NOBODY);
    entry.event = number;
    sw_explain_log_add(log_of(), &entry);
}

/* ---- decisions ---- */

static int is_candidate(const struct sw_decision *decision, uint32_t thread)
{
    for (uint32_t i = 0; i < decision->count; i++)
        if (decision->candidates[i] == thread)
            return 1;
    return 0;
}

static enum sw_timeline_kind kind_of(const struct sw_decision *decision, uint32_t chosen)
{
    if ((chosen & SW_EARLY) != 0)
        return SW_TIMELINE_EARLY;
    if (chosen == decision->thread)
        return SW_TIMELINE_CONTINUE;
    return is_candidate(decision, decision->thread) ? SW_TIMELINE_PREEMPT : SW_TIMELINE_RUN;
}

/* That a thread goes on as by default is nothing to tell: of ten thousand decisions most are so. */
void sw_explain_decision(const struct sw_decision *decision, uint32_t choice)
{
    uint32_t chosen = decision->candidates[choice];
    int deviates = choice != decision->fallback, is_run = decision->kind == SW_DECIDE_RUN;
    char words[SW_DECISION_TEXT];

    if (!sw_explain_is_on() || (!deviates && (!is_run || chosen == decision->thread)))
        return;
    enum sw_timeline_kind kind = is_run                             ? kind_of(decision, chosen)
                                 : decision->kind == SW_DECIDE_WAKE ? SW_TIMELINE_WAKE
                                                                    : SW_TIMELINE_DECIDE;
    int is_thread = kind != SW_TIMELINE_DECIDE;
    struct sw_explain_entry entry = begin(kind, decision->place, decision->object,
                                          is_thread ? chosen & ~SW_EARLY : SW_EXPLAIN_NOBODY);
    entry.flags = deviates ? SW_EXPLAIN_DEVIATES : 0;
    if (deviates && decision->place == SW_AT_GIL_RELEASE &&
        sw_engine.current->next_check == SW_CHECK_IS_COLD)
        entry.flags |= SW_EXPLAIN_COLD;
    if (!is_thread)
        entry.text = text_of(sw_decision_format(decision->kind, chosen, words, sizeof words));
    sw_explain_log_add(log_of(), &entry);
}
