/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/utf8.h"

void sw_oracle_fail(const char *what, const char *detail)
{
    fprintf(stderr, "oracle: %s (%s)\n", what, detail);
    abort();
}

/* ---- refusals ---- */

/* A message goes to a terminal, and quotes the input: nothing of that may move the cursor or break
 * the line. */
void sw_oracle_message(const struct sw_error *e, const char *path)
{
    const char *end = e->text + strlen(e->text);

    SW_ORACLE(strcmp(e->path, path) == 0);
    SW_ORACLE(e->text[0] != '\0');
    for (const char *at = e->text; at < end;) {
        size_t length = sw_utf8_printable(at, end);
        if (length == 0)
            sw_oracle_fail("a message is one line of valid UTF-8", e->text);
        at += length;
    }
}

/* As contract/error.h counts: characters, and what is none byte by byte or as one. */
static size_t column_max(const uint8_t *bytes, size_t size, unsigned line)
{
    size_t at = 0, column = 1;

    for (unsigned i = 1; i < line; i++)
        at += (size_t)((const uint8_t *)memchr(bytes + at, '\n', size - at) - (bytes + at)) + 1;
    while (at < size && bytes[at] != '\n') {
        size_t length = sw_utf8_length((const char *)bytes + at, (const char *)bytes + size);
        at += length > 0 ? length : 1;
        column++;
    }
    return column;
}

void sw_oracle_refusal(const struct sw_error *e, const char *path, const uint8_t *bytes,
                       size_t size)
{
    unsigned lines = 1;

    sw_oracle_message(e, path);
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    SW_ORACLE(e->line >= 1 && e->line <= lines);
    SW_ORACLE(e->column >= 1);
    SW_ORACLE(e->column <= column_max(bytes, size, e->line));
}

/* ---- schedules ---- */

/* No text and an empty text are not the same. */
static int same_text(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static int same_texts(char *const *one, int one_count, char *const *other, int other_count)
{
    int same = one_count == other_count;

    for (int i = 0; same && i < one_count; i++)
        same = same_text(one[i], other[i]);
    return same;
}

static void same_reads(const struct sw_sched *one, const struct sw_sched *other)
{
    SW_ORACLE(one->read_count == other->read_count);
    for (uint32_t i = 0; i < one->read_count; i++) {
        SW_ORACLE(same_text(one->reads[i].path, other->reads[i].path));
        SW_ORACLE(same_text(one->reads[i].hash, other->reads[i].hash));
        SW_ORACLE(one->reads[i].file_count == other->reads[i].file_count);
        SW_ORACLE(one->reads[i].is_compiled == other->reads[i].is_compiled);
        SW_ORACLE(one->reads[i].is_folder == other->reads[i].is_folder);
        SW_ORACLE(one->reads[i].name_count == other->reads[i].name_count);
        SW_ORACLE((one->reads[i].names == NULL) == (other->reads[i].names == NULL));
    }
}

static void same_deviations(const struct sw_sched *one, const struct sw_sched *other)
{
    SW_ORACLE(one->deviation_count == other->deviation_count);
    for (uint32_t i = 0; i < one->deviation_count; i++) {
        const struct sw_deviation *a = &one->deviations[i], *b = &other->deviations[i];
        SW_ORACLE(a->index == b->index && a->kind == b->kind && a->place == b->place);
        SW_ORACLE(a->thread == b->thread && a->choice == b->choice && a->count == b->count);
        SW_ORACLE(a->first <= one->pool_used && a->count <= one->pool_used - a->first);
        SW_ORACLE(b->first <= other->pool_used && b->count <= other->pool_used - b->first);
        SW_ORACLE(memcmp(one->pool + a->first, other->pool + b->first,
                         a->count * sizeof *one->pool) == 0);
    }
}

/* Field by field, and not as text: the writer itself may be what drops a field. */
void sw_oracle_same_sched(const struct sw_sched *one, const struct sw_sched *other)
{
    SW_ORACLE(same_text(one->writer, other->writer));
    SW_ORACLE(same_text(one->program, other->program));
    SW_ORACLE(one->format == other->format);
    SW_ORACLE(same_text(one->program_version, other->program_version));
    SW_ORACLE(same_text(one->program_hash, other->program_hash));
    SW_ORACLE(same_texts(one->args, one->arg_count, other->args, other->arg_count));
    SW_ORACLE(same_text(one->input, other->input));
    SW_ORACLE(same_text(one->input_hash, other->input_hash));
    SW_ORACLE(same_text(one->folder, other->folder));
    SW_ORACLE(same_text(one->interp, other->interp));
    SW_ORACLE(same_text(one->interp_version, other->interp_version));
    SW_ORACLE(same_text(one->interp_hash, other->interp_hash));
    SW_ORACLE(sw_settings_equal(&one->setting, &other->setting));
    SW_ORACLE(same_text(one->found, other->found));
    SW_ORACLE(same_text(one->outcome, other->outcome));
    same_reads(one, other);
    SW_ORACLE(memcmp(one->printed, other->printed, sizeof one->printed) == 0);
    same_deviations(one, other);
    SW_ORACLE(one->decision_count == other->decision_count);
    SW_ORACLE(one->hash == other->hash);
}

char *sw_oracle_text_of(const struct sw_sched *sched, size_t *size)
{
    char *text = sw_sched_write_text(sched, size);

    SW_ORACLE(text != NULL);
    return text;
}

/* What is written of a schedule is a normal form: read and written again it does not change,
 * whatever blanks and quotes the input had. */
void sw_oracle_round_trip(const struct sw_sched *sched)
{
    struct sw_sched *again;
    struct sw_error e;
    size_t size, again_size;
    char *text = sw_oracle_text_of(sched, &size);

    if (sw_sched_read("written.sched", text, size, &again, &e) < 0)
        sw_oracle_fail("what is written is accepted", e.text);
    sw_oracle_same_sched(sched, again);
    char *again_text = sw_oracle_text_of(again, &again_size);
    SW_ORACLE(size == again_size && memcmp(text, again_text, size) == 0);
    free(again_text);
    free(text);
    sw_sched_free(again);
}

/* ---- files ---- */

static int file = -1;

/* In memory: a million executions make no file, and one that crashes leaves none. */
const char *sw_oracle_open_file(const uint8_t *bytes, size_t size)
{
    static char path[40];

    SW_ORACLE(file < 0);
    file = memfd_create("input", MFD_CLOEXEC);
    SW_ORACLE(file >= 0);
    SW_ORACLE(write(file, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

void sw_oracle_close_file(void)
{
    SW_ORACLE(file >= 0 && close(file) == 0);
    file = -1;
}
