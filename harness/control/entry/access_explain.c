/* SPDX-License-Identifier: MIT */
#include "access_explain.h"

#include <string.h>

#include "access.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/explain.h"
#include "harness/control/engine/real.h"

SW_EXPORT int spillway_wants_notes(void)
{
    return sw_engine.shm != NULL && sw_engine.shm->explain_wanted == SW_EXPLAIN_ACCESSES;
}

SW_EXPORT int spillway_explains(void)
{
    const struct sw_thread *self = sw_engine_self();

    return self != NULL && self->pinned == 0 && sw_explain_is_on() && sw_engine.next_ordinal > 1;
}

SW_EXPORT int spillway_only_notes(void)
{
    return spillway_wants_notes() && sw_engine.shm->grain == SW_GRAIN_CALL;
}

SW_EXPORT void spillway_next_check(enum sw_next_check check)
{
    struct sw_thread *self = sw_engine_self();

    if (self != NULL)
        self->next_check = check;
}

static uint32_t text_of(const char *text)
{
    return text != NULL ? sw_explain_log_text(&sw_engine.shm->explain, text, strlen(text)) : 0;
}

static uint16_t cut(uint32_t column)
{
    return column <= UINT16_MAX ? (uint16_t)column : 0;
}

SW_EXPORT void spillway_note(const struct spillway_note *note)
{
    if (!spillway_explains())
        return;
    uint32_t object = note->address != NULL ? sw_access_noted(note->address, note->part) : 0;
    struct sw_explain_entry entry = {
        .step = sw_engine.shm->decision_count,
        .kind = note->kind,
        .thread = sw_engine.current->ordinal,
        .other = SW_EXPLAIN_NOBODY,
        .object_kind = object != 0 ? SW_TIMELINE_VARIABLE : SW_TIMELINE_NO_OBJECT,
        .object = object,
        .name = text_of(note->name),
        .line = note->line,
        .column = cut(note->column),
        .column_end = cut(note->column_end),
        .file = text_of(note->file),
        .function = text_of(note->function),
        .text = text_of(note->text),
        .before = text_of(note->before),
        .after = text_of(note->after),
    };
    sw_explain_log_add(&sw_engine.shm->explain, &entry);
}
