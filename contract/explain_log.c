/* SPDX-License-Identifier: MIT */
#include "explain_log.h"

#include <string.h>

#include "fnv.h"

/* A table that is full enough to be slow is left: a text that is not found is stored again. */
enum { PROBES_MAX = 64 };

void sw_explain_log_begin(struct sw_explain_log *log)
{
    memset(log->slots, 0, sizeof log->slots);
    log->count = log->lost = log->text_lost = 0;
    log->text_used = 1; /* offset 0 is the empty text */
    log->text[0] = '\0';
}

static int is_at(const struct sw_explain_log *log, uint32_t offset, const char *text, size_t length)
{
    return offset + length < log->text_used && log->text[offset + length] == '\0' &&
           memcmp(log->text + offset, text, length) == 0;
}

static uint32_t store(struct sw_explain_log *log, const char *text, size_t length)
{
    uint32_t offset = log->text_used;

    if (length >= SW_EXPLAIN_TEXT_MAX - offset) {
        log->text_lost++;
        return 0;
    }
    memcpy(log->text + offset, text, length);
    log->text[offset + length] = '\0';
    log->text_used = offset + (uint32_t)length + 1;
    return offset;
}

uint32_t sw_explain_log_text(struct sw_explain_log *log, const char *text, size_t length)
{
    uint32_t hash = SW_FNV_32;

    if (length == 0 || log->text_used == 0)
        return 0;
    for (size_t i = 0; i < length; i++)
        hash = sw_fnv_32(hash, (unsigned char)text[i]);
    uint32_t *slot = &log->slots[hash % SW_EXPLAIN_SLOTS];
    for (int i = 0; i < PROBES_MAX && *slot != 0; i++) {
        if (is_at(log, *slot, text, length))
            return *slot;
        slot = &log->slots[(hash + (uint32_t)i + 1) % SW_EXPLAIN_SLOTS];
    }
    uint32_t offset = store(log, text, length);
    if (*slot == 0)
        *slot = offset;
    return offset;
}

struct sw_explain_entry *sw_explain_log_add(struct sw_explain_log *log,
                                            const struct sw_explain_entry *entry)
{
    if (log->count >= SW_EXPLAIN_ENTRIES_MAX) {
        log->lost++;
        return NULL;
    }
    /* The count follows: a crash in between leaves the log whole. */
    log->entries[log->count] = *entry;
    return &log->entries[log->count++];
}

const char *sw_explain_log_read(const struct sw_explain_log *log, uint32_t offset)
{
    if (offset >= SW_EXPLAIN_TEXT_MAX ||
        memchr(log->text + offset, '\0', SW_EXPLAIN_TEXT_MAX - offset) == NULL)
        return "";
    return log->text + offset;
}
