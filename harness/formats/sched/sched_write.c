/* SPDX-License-Identifier: MIT
 *
 * sched_write.c - a schedule as text.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "harness/formats/files/atomic_files.h"
#include "sched.h"
#include "sched_word.h"
#include "settings_table.h"

/* A word that sw_sched_lex_word() gives back: quoted where it would end too early, or would not be
 * seen. */
static void write_word(FILE *out, const char *word)
{
    size_t plain = 0;

    while (sw_sched_is_plain((unsigned char)word[plain]))
        plain++;
    if (plain > 0 && word[plain] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('"', out);
    for (; *word != '\0'; word++) {
        if (sw_sched_is_plain((unsigned char)*word) || *word == ' ' || (unsigned char)*word >= 0x80)
            fputc(*word, out);
        else
            fprintf(out, "\\x%02x", (unsigned char)*word);
    }
    fputc('"', out);
}

/* Keywords are padded to 8, and a blank: what they say stands in one column. */
static void write_words(FILE *out, const char *keyword, char *const *words, int count)
{
    if (count == 0)
        return;
    fprintf(out, "%-8s", keyword);
    for (int i = 0; i < count; i++) {
        fputc(' ', out);
        write_word(out, words[i]);
    }
    fputc('\n', out);
}

void sw_sched_write_setting(FILE *out, const struct sw_settings *setting)
{
    char text[SW_FAULT_SET_TEXT_MAX];

    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (row->type == SW_SETTINGS_ENVIRONMENT)
            write_words(out, row->key, setting->variables, setting->variable_count);
        else if (sw_settings_table_is_set(setting, row))
            fprintf(out, "%-8s %s\n", row->key,
                    sw_settings_table_format(setting, row, ' ', text, sizeof text));
    }
}

/* By its version, where it has one. */
static void write_file(FILE *out, const char *keyword, const char *path, const char *version,
                       const char *hash)
{
    fprintf(out, "%-8s ", keyword);
    write_word(out, path);
    fprintf(out, "  %s%s\n", version != NULL ? "" : "xxh128 ", version != NULL ? version : hash);
}

static void write_reads(FILE *out, const struct sw_sched *sched)
{
    for (uint32_t i = 0; i < sched->read_count; i++) {
        const struct sw_sched_read *read = &sched->reads[i];
        fputs("reads    ", out);
        write_word(out, read->path);
        if (read->is_folder)
            fprintf(out, "  %u names", read->name_count);
        else if (read->file_count > 0)
            fprintf(out, "  %u files", read->file_count);
        fprintf(out, "%s  %s %s", read->is_compiled ? "  compiled" : "",
                read->is_folder ? "fnv64" : "xxh128", read->hash);
        for (uint32_t k = 0; read->names != NULL && k < read->name_count + read->later_count; k++)
            fprintf(out, "%s%08x", k == 0 ? "  " : " ", read->names[k]);
        fputc('\n', out);
    }
    if (sched->has_unnoted)
        fputs("unnoted  files\n", out);
    const struct sw_printed *printed = sched->printed;
    if (sched->has_printed && sched->format != 2)
        fprintf(out, "printed  %llu %016llx  %llu %016llx\n", (unsigned long long)printed[0].size,
                (unsigned long long)printed[0].hash, (unsigned long long)printed[1].size,
                (unsigned long long)printed[1].hash);
}

static void write_header(FILE *out, const struct sw_sched *sched)
{
    fprintf(out, "spillway schedule %u\nwriter   spillway ",
            sched->format != 0 ? sched->format : SW_SCHED_VERSION);
    write_word(out, sched->writer);
    fputc('\n', out);
    write_file(out, "program", sched->program, sched->program_version, sched->program_hash);
    write_words(out, "args", sched->args, sched->arg_count);
    if (sched->input != NULL)
        write_file(out, "input", sched->input, NULL, sched->input_hash);
    if (sched->folder != NULL)
        write_words(out, "folder", &sched->folder, 1);
    write_file(out, "interp", sched->interp, sched->interp_version, sched->interp_hash);
    struct sw_settings setting = sched->setting; /* lent */
    if (sched->format != 0 && sched->format < SW_SCHED_FIRST_WITH_HASHES)
        setting.hashes = SW_HASHES_NUMBER; /* the version says it */
    sw_sched_write_setting(out, &setting);
    fprintf(out, "found    %s\noutcome  %s\n", sched->found, sched->outcome);
    write_reads(out, sched);
}

/* The widths are those of the longest usual number, name and place; the reader takes any number of
 * blanks, but one schedule has one text, since its check is over it. */
static void write_deviation(FILE *out, const struct sw_sched *sched,
                            const struct sw_deviation *deviation)
{
    char word[SW_DECISION_TEXT];

    fprintf(out, "%8llu  T%u %-9s %-18s %s %s of", (unsigned long long)deviation->index,
            deviation->thread, deviation->thread == 0 ? "main" : "thread",
            sw_decision_place(deviation->place), sw_decision_verb(deviation->kind),
            sw_decision_format(deviation->kind, deviation->choice, word, sizeof word));
    for (uint32_t i = 0; i < deviation->count; i++)
        fprintf(out, " %s",
                sw_decision_format(deviation->kind, sched->pool[deviation->first + i], word,
                                   sizeof word));
    fputc('\n', out);
}

char *sw_sched_write_text(const struct sw_sched *sched, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    if (out == NULL)
        return NULL;
    write_header(out, sched);
    fputs(SW_SCHED_RULE "\n", out);
    for (uint32_t i = 0; i < sched->deviation_count; i++)
        write_deviation(out, sched, &sched->deviations[i]);
    fprintf(out, SW_SCHED_RULE "\ndecisions %llu  hash %016llx\n",
            (unsigned long long)sched->decision_count, (unsigned long long)sched->hash);
    /* The check is of the text as it is written, so that needs the text in memory first. */
    if (fflush(out) == 0)
        fprintf(out, "check %016llx\n", (unsigned long long)XXH3_64bits(text, *size));
    int failed = ferror(out);
    failed |= fclose(out) != 0;
    if (!failed)
        return text;
    free(text);
    return NULL;
}

int sw_sched_write(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    size_t size = 0;
    char *text = sw_sched_write_text(sched, &size);
    int status = text != NULL ? sw_atomic_files_write(path, text, size, e)
                              : sw_error_set(e, path, 0, 0, "out of memory");

    free(text);
    return status;
}
