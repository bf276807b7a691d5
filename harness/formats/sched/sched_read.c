/* SPDX-License-Identifier: MIT
 *
 * sched_read.c - text as a schedule, or the line and column of what is wrong with it.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "contract/decision_kind.h"
#include "sched.h"
#include "sched_lex.h"
#include "sched_word.h"
#include "settings_table.h"

/* Top to bottom, once; each function takes a line or a part of one, and the first that is wrong
 * ends it.  What stays is in sched from the start, so that one free is enough. */
struct reader {
    struct sw_sched_lex lex;
    struct sw_sched *sched;
    size_t room, pool_room; /* in its deviations, and its pool */
};

/* ---- reading: the header ---- */

static int read_version(struct reader *r)
{
    uint64_t version;

    if (sw_sched_lex_next_line(&r->lex, "'spillway schedule'") < 0 ||
        sw_sched_lex_keyword(&r->lex, "spillway") < 0 ||
        sw_sched_lex_keyword(&r->lex, "schedule") < 0 ||
        sw_sched_lex_number(&r->lex, 1000000, &version, "a version") < 0)
        return -1;
    if (version < SW_SCHED_VERSION_OLDEST || version > SW_SCHED_VERSION)
        return sw_sched_lex_fail(&r->lex, "version %llu; this spillway reads versions %d to %d",
                                 (unsigned long long)version, SW_SCHED_VERSION_OLDEST,
                                 SW_SCHED_VERSION);
    r->sched->format = (uint32_t)version;
    return sw_sched_lex_end_of_line(&r->lex);
}

/* What has a version in place of a hash: the first alone as a program, all as an interpreter. */
static const char *const kinds[] = {"spillway", "cpython", "slpython", "pypy", NULL};

static int is_word(const struct sw_sched_lex *lex, const char *word)
{
    size_t length = sw_sched_lex_word_length(lex);

    return strlen(word) == length && memcmp(lex->at, word, length) == 0;
}

/* KIND VERSION.  1: it has been read; 0: it is none of so many kinds; -1. */
static int read_kind(struct reader *r, size_t kind_count, char **version)
{
    struct sw_sched_lex *lex = &r->lex;

    sw_sched_lex_skip_blanks(lex);
    for (size_t i = 0; i < kind_count && kinds[i] != NULL; i++) {
        if (!is_word(lex, kinds[i]))
            continue;
        lex->at += strlen(kinds[i]);
        sw_sched_lex_skip_blanks(lex);
        size_t length = sw_sched_lex_word_length(lex);
        if (length == 0)
            return sw_sched_lex_fail(lex, "a version expected");
        if (asprintf(version, "%s %.*s", kinds[i], (int)length, lex->at) < 0)
            return sw_sched_lex_fail(lex, "out of memory");
        lex->at += length;
        return 1;
    }
    return 0;
}

/* KEYWORD PATH, and "xxh128" HASH or, if it is of one of so many kinds, KIND VERSION. */
static int read_file_of(struct reader *r, const char *keyword, size_t kind_count, char **path,
                        char **version, char hash[33])
{
    if (sw_sched_lex_keyword(&r->lex, keyword) < 0 ||
        sw_sched_lex_word(&r->lex, path, "a path") < 0)
        return -1;
    int is_kind = r->sched->format == 2 ? 0 : read_kind(r, kind_count, version);
    if (is_kind < 0 || (!is_kind && (sw_sched_lex_keyword(&r->lex, "xxh128") < 0 ||
                                     sw_sched_lex_hex(&r->lex, 32, hash) < 0)))
        return -1;
    return sw_sched_lex_end_of_line(&r->lex);
}

static int read_hashed_file(struct reader *r, const char *keyword, char **path, char hash[33])
{
    return read_file_of(r, keyword, 0, path, NULL, hash);
}

/* ---- reading: the settings ---- */

/* Of an ENVIRONMENT or FAULTS: as many words as there are. */
static int read_setting_words(struct reader *r, const struct sw_settings_row *row)
{
    enum { MAX = SW_FAULT_SET_MAX }; /* of variables the table of settings allows fewer */
    char *words[MAX] = {NULL};
    int count = 0, failed = sw_sched_lex_words(&r->lex, row->key, words, MAX, &count);
    struct sw_error e;

    for (int i = 0; i < count; i++) {
        if (failed == 0 && sw_settings_table_add(&r->sched->setting, row, words[i], &e) < 0)
            failed = sw_sched_lex_fail(&r->lex, "%s", e.text);
        free(words[i]);
    }
    return failed;
}

/* The keyword, and one word that the table of settings judges. */
static int read_setting_spill(struct reader *r, const struct sw_settings_row *row)
{
    char *text = NULL;
    struct sw_error e;
    int failed = sw_sched_lex_keyword(&r->lex, row->key) < 0 ||
                         sw_sched_lex_word(&r->lex, &text, "a time to spill") < 0
                     ? -1
                     : 0;

    if (failed == 0 && sw_settings_table_add(&r->sched->setting, row, text, &e) < 0)
        failed = sw_sched_lex_fail(&r->lex, "%s", e.text);
    free(text);
    return failed < 0 ? -1 : sw_sched_lex_end_of_line(&r->lex);
}

static int read_setting_number(struct reader *r, const struct sw_settings_row *row)
{
    uint64_t number;

    if (sw_sched_lex_keyword(&r->lex, row->key) < 0 ||
        sw_sched_lex_number(&r->lex, UINT32_MAX, &number, "a number") < 0)
        return -1;
    sw_settings_table_set_number(&r->sched->setting, row, (uint32_t)number);
    return sw_sched_lex_end_of_line(&r->lex);
}

/* Not the first of its words: what has its default has no line. */
static int read_setting_word(struct reader *r, const struct sw_settings_row *row)
{
    if (sw_sched_lex_keyword(&r->lex, row->key) < 0)
        return -1;
    sw_sched_lex_skip_blanks(&r->lex);
    size_t length = sw_sched_lex_word_length(&r->lex);
    int index = sw_settings_table_find_word(row, r->lex.at, length);
    if (index < 1)
        return sw_sched_lex_fail(&r->lex, "'%s' expected", row->words[1]);
    r->lex.at += length;
    sw_settings_table_set_number(&r->sched->setting, row, (uint32_t)index);
    return sw_sched_lex_end_of_line(&r->lex);
}

/* Lines that may be missing, in the order of the table; the reader stands on the one behind
 * them. */
static int read_setting(struct reader *r)
{
    static int (*const read[])(struct reader *, const struct sw_settings_row *) = {
        [SW_SETTINGS_ENVIRONMENT] = read_setting_words, [SW_SETTINGS_SPILL] = read_setting_spill,
        [SW_SETTINGS_FAULTS] = read_setting_words,      [SW_SETTINGS_NUMBER] = read_setting_number,
        [SW_SETTINGS_WORD] = read_setting_word,
    };

    int follows_address = r->sched->format < SW_SCHED_FIRST_WITH_HASHES;

    r->sched->setting.hashes = follows_address ? SW_HASHES_ADDRESS : SW_HASHES_NUMBER;
    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (!(follows_address && strcmp(row->key, "hashes") == 0) &&
            sw_sched_lex_begins(&r->lex, row->key) &&
            (read[row->type](r, row) < 0 || sw_sched_lex_next_line(&r->lex, "'found'") < 0))
            return -1;
    }
    return 0;
}

static int read_writer(struct reader *r)
{
    return sw_sched_lex_next_line(&r->lex, "'writer'") < 0 ||
                   sw_sched_lex_keyword(&r->lex, "writer") < 0 ||
                   sw_sched_lex_keyword(&r->lex, "spillway") < 0 ||
                   sw_sched_lex_word(&r->lex, &r->sched->writer, "a version") < 0
               ? -1
               : sw_sched_lex_end_of_line(&r->lex);
}

/* Where the program ran.  Of a file, where that was is not known from here: no check. */
static int read_folder(struct reader *r)
{
    if (r->sched->format == 2 || !sw_sched_lex_begins(&r->lex, "folder"))
        return 0;
    return sw_sched_lex_keyword(&r->lex, "folder") < 0 ||
                   sw_sched_lex_word(&r->lex, &r->sched->folder, "a folder") < 0 ||
                   sw_sched_lex_end_of_line(&r->lex) < 0
               ? -1
               : sw_sched_lex_next_line(&r->lex, "'interp'");
}

/* Three lines may be missing: so each "next line" names all that may stand there. */
static int read_program(struct reader *r)
{
    struct sw_sched *sched = r->sched;

    if (sw_sched_lex_next_line(&r->lex, "'program'") < 0 ||
        read_file_of(r, "program", 1, &sched->program, &sched->program_version,
                     sched->program_hash) < 0 ||
        sw_sched_lex_next_line(&r->lex, "'args' or 'interp'") < 0)
        return -1;
    if (sw_sched_lex_begins(&r->lex, "args") &&
        (sw_sched_lex_words(&r->lex, "args", sched->args, SW_SCHED_ARGS_MAX, &sched->arg_count) <
             0 ||
         sw_sched_lex_next_line(&r->lex, "'input' or 'interp'") < 0))
        return -1;
    if (sw_sched_lex_begins(&r->lex, "input") &&
        (read_hashed_file(r, "input", &sched->input, sched->input_hash) < 0 ||
         sw_sched_lex_next_line(&r->lex, "'interp'") < 0))
        return -1;
    return read_folder(r);
}

static int read_sentence(struct reader *r, const char *keyword, char **out)
{
    return sw_sched_lex_keyword(&r->lex, keyword) < 0 ? -1 : sw_sched_lex_rest(&r->lex, out);
}

/* COUNT files, or COUNT names */
static int read_count(struct sw_sched_lex *lex, struct sw_sched_read *read)
{
    uint64_t count = 0;

    if (sw_sched_lex_number(lex, UINT32_MAX, &count, "'xxh128', or a number of files") < 0)
        return -1;
    sw_sched_lex_skip_blanks(lex);
    read->is_folder = (uint32_t)is_word(lex, "names");
    *(read->is_folder ? &read->name_count : &read->file_count) = (uint32_t)count;
    return sw_sched_lex_keyword(lex, read->is_folder ? "names" : "files");
}

static int read_listed(struct reader *r, uint32_t *name)
{
    char digits[9];

    if (sw_sched_lex_hex(&r->lex, 8, digits) < 0)
        return -1;
    *name = (uint32_t)strtoul(digits, NULL, 16);
    sw_sched_lex_skip_blanks(&r->lex);
    return 0;
}

/* Of a folder: none, or all of its names, and more that were found later. */
static int read_names(struct reader *r, struct sw_sched_read *read)
{
    enum { MAX = SW_LISTED_NAMES_EACH };
    uint32_t count = 0;

    sw_sched_lex_skip_blanks(&r->lex);
    if (!read->is_folder || sw_sched_lex_word_length(&r->lex) == 0)
        return 0;
    read->names = calloc(2 * (size_t)MAX, sizeof *read->names);
    if (read->names == NULL)
        return sw_sched_lex_fail(&r->lex, "out of memory");
    for (; sw_sched_lex_word_length(&r->lex) > 0; count++)
        if (count == 2 * MAX)
            return sw_sched_lex_fail(&r->lex, "more than %d names", 2 * MAX);
        else if (read_listed(r, &read->names[count]) < 0)
            return -1;
    if (count < read->name_count)
        return sw_sched_lex_fail(&r->lex, "%u names expected", read->name_count);
    read->later_count = count - read->name_count;
    return 0;
}

/* reads PATH [compiled | COUNT files] xxh128 HASH, or reads PATH COUNT names fnv64 HASH */
static int read_one_read(struct reader *r, struct sw_sched_read *read)
{
    struct sw_sched_lex *lex = &r->lex;

    if (sw_sched_lex_keyword(lex, "reads") < 0 || sw_sched_lex_word(lex, &read->path, "a path") < 0)
        return -1;
    sw_sched_lex_skip_blanks(lex);
    read->is_compiled = (uint32_t)is_word(lex, "compiled");
    if (read->is_compiled ? sw_sched_lex_keyword(lex, "compiled") < 0
                          : !is_word(lex, "xxh128") && read_count(lex, read) < 0)
        return -1;
    return sw_sched_lex_keyword(lex, read->is_folder ? "fnv64" : "xxh128") < 0 ||
                   sw_sched_lex_hex(lex, 32, read->hash) < 0 || read_names(r, read) < 0
               ? -1
               : sw_sched_lex_end_of_line(lex);
}

/* As many as there are; the reader stands on the line behind them. */
static int read_reads(struct reader *r)
{
    struct sw_sched *sched = r->sched;

    while (sched->format != 2 && sw_sched_lex_begins(&r->lex, "reads")) {
        if (sched->read_count == SW_SCHED_READS_MAX)
            return sw_sched_lex_fail(&r->lex, "more than %d files", SW_SCHED_READS_MAX);
        struct sw_sched_read *more =
            realloc(sched->reads, (sched->read_count + 1) * sizeof *sched->reads);
        if (more == NULL)
            return sw_sched_lex_fail(&r->lex, "out of memory");
        sched->reads = more;
        more[sched->read_count] = (struct sw_sched_read){0};
        if (read_one_read(r, &more[sched->read_count++]) < 0 ||
            sw_sched_lex_next_line(&r->lex, "'reads' or '" SW_SCHED_RULE "'") < 0)
            return -1;
    }
    return 0;
}

static int read_unnoted(struct reader *r)
{
    if (r->sched->format == 2 || !sw_sched_lex_begins(&r->lex, "unnoted"))
        return 0;
    r->sched->has_unnoted = 1;
    return sw_sched_lex_keyword(&r->lex, "unnoted") < 0 ||
                   sw_sched_lex_keyword(&r->lex, "files") < 0 ||
                   sw_sched_lex_end_of_line(&r->lex) < 0 ||
                   sw_sched_lex_next_line(&r->lex, "'" SW_SCHED_RULE "'") < 0
               ? -1
               : 0;
}

static int read_printed(struct reader *r)
{
    struct sw_sched *sched = r->sched;
    char digits[17];

    if (sched->format == 2 || !sw_sched_lex_begins(&r->lex, "printed"))
        return 0;
    if (sw_sched_lex_keyword(&r->lex, "printed") < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        if (sw_sched_lex_number(&r->lex, UINT64_MAX, &sched->printed[i].size, "a number of bytes") <
                0 ||
            sw_sched_lex_hex(&r->lex, 16, digits) < 0)
            return -1;
        sched->printed[i].hash = strtoull(digits, NULL, 16);
    }
    sched->has_printed = 1;
    return sw_sched_lex_end_of_line(&r->lex) < 0
               ? -1
               : sw_sched_lex_next_line(&r->lex, "'" SW_SCHED_RULE "'");
}

static int read_rule(struct reader *r)
{
    return sw_sched_lex_keyword(&r->lex, SW_SCHED_RULE) < 0 ? -1
                                                            : sw_sched_lex_end_of_line(&r->lex);
}

static int read_header(struct reader *r)
{
    struct sw_sched *sched = r->sched;

    if (read_version(r) < 0 || read_writer(r) < 0 || read_program(r) < 0 ||
        read_file_of(r, "interp", sizeof kinds / sizeof *kinds, &sched->interp,
                     &sched->interp_version, sched->interp_hash) < 0 ||
        sw_sched_lex_next_line(&r->lex, "'found'") < 0 || read_setting(r) < 0 ||
        read_sentence(r, "found", &sched->found) < 0 ||
        sw_sched_lex_next_line(&r->lex, "'outcome'") < 0 ||
        read_sentence(r, "outcome", &sched->outcome) < 0 ||
        sw_sched_lex_next_line(&r->lex, "'" SW_SCHED_RULE "'") < 0 || read_reads(r) < 0 ||
        read_unnoted(r) < 0 || read_printed(r) < 0)
        return -1;
    return read_rule(r);
}

/* ---- reading: the deviations ----
 *
 * Whoever is given a schedule relies on what is checked here (sched.h): numbers ascend, candidates
 * ascend and are as many as the kind has, and the choice is one of them. */

static int read_candidate(struct reader *r, const struct sw_deviation *deviation, uint32_t *out)
{
    struct sw_sched_lex *lex = &r->lex;

    sw_sched_lex_skip_blanks(lex);
    size_t length = sw_decision_parse(deviation->kind, lex->at, out);
    if (length == 0 || (lex->at[length] != ' ' && lex->at[length] != '\n'))
        return sw_sched_lex_fail(lex, "something to %s expected",
                                 sw_decision_verb(deviation->kind));
    lex->at += length;
    return 0;
}

/* One more, behind those of this deviation in the pool.  They ascend in each decision, so that a
 * set has one spelling, and none is there twice. */
static int add_candidate(struct reader *r, struct sw_deviation *deviation, uint32_t candidate)
{
    struct sw_sched *sched = r->sched;

    if (deviation->count > 0 && candidate <= sched->pool[sched->pool_used - 1])
        return sw_sched_lex_fail(&r->lex, "the candidates do not ascend");
    if (deviation->count == SW_LIVE_THREADS_MAX || sched->pool_used == SW_SCHED_POOL_MAX)
        return sw_sched_lex_fail(&r->lex, "too many candidates");
    assert(sched->pool_used < r->pool_room);
    sched->pool[sched->pool_used++] = candidate;
    deviation->count++;
    return 0;
}

/* As many as the kind has, and the choice among them. */
static int check_candidates(const struct reader *r, const struct sw_deviation *deviation)
{
    const uint32_t *candidates = r->sched->pool + deviation->first;
    char choice[SW_DECISION_TEXT];

    if (!sw_decision_kind(deviation->kind)->is_asked && deviation->count != 1)
        return sw_sched_lex_fail(&r->lex, "what happened has itself as its only candidate");
    if (sw_decision_kind(deviation->kind)->is_asked && deviation->count < 2)
        return sw_sched_lex_fail(&r->lex, "a decision has at least two candidates");
    for (uint32_t i = 0; i < deviation->count; i++)
        if (candidates[i] == deviation->choice)
            return 0;
    return sw_sched_lex_fail(
        &r->lex, "%s is no candidate",
        sw_decision_format(deviation->kind, deviation->choice, choice, sizeof choice));
}

/* To the end of the line. */
static int read_candidates(struct reader *r, struct sw_deviation *deviation)
{
    uint32_t candidate;

    deviation->first = r->sched->pool_used;
    for (sw_sched_lex_skip_blanks(&r->lex); *r->lex.at != '\n'; sw_sched_lex_skip_blanks(&r->lex))
        if (read_candidate(r, deviation, &candidate) < 0 ||
            add_candidate(r, deviation, candidate) < 0)
            return -1;
    return check_candidates(r, deviation);
}

/* As long as the longest place: no verb is longer. */
static int read_name(struct reader *r, int (*find)(const char *), const char *what, uint32_t *out)
{
    struct sw_sched_lex *lex = &r->lex;
    char name[SW_PLACE_TEXT];

    sw_sched_lex_skip_blanks(lex);
    size_t length = sw_sched_lex_word_length(lex);
    /* Copied, since the text has no NUL where its words end. */
    if (length == 0 || length >= sizeof name)
        return sw_sched_lex_fail(lex, "%s expected", what);
    memcpy(name, lex->at, length);
    name[length] = '\0';
    int found = find(name);
    if (found < 0)
        return sw_sched_lex_fail(lex, "'%s' is no %s", name, what);
    *out = (uint32_t)found;
    lex->at += length;
    return 0;
}

/* Number, thread, what the thread is called, place, and verb. */
static int read_decision(struct reader *r, struct sw_deviation *deviation)
{
    struct sw_sched_lex *lex = &r->lex;

    if (sw_sched_lex_number(lex, UINT64_MAX / 2, &deviation->index, "a decision's number") < 0 ||
        sw_sched_lex_thread(lex, &deviation->thread) < 0)
        return -1;
    sw_sched_lex_skip_blanks(lex);
    lex->at += sw_sched_lex_word_length(lex); /* what it is called is for people only */
    return read_name(r, sw_decision_find_place, "place", &deviation->place) < 0
               ? -1
               : read_name(r, sw_decision_find_verb, "verb", &deviation->kind);
}

/* NUMBER THREAD NAME PLACE VERB CHOICE "of" CANDIDATES.  The choice is read before the candidates
 * that it must be one of, and so it is checked at the end. */
static int read_deviation(struct reader *r)
{
    struct sw_sched *sched = r->sched;
    struct sw_deviation *deviation = &sched->deviations[sched->deviation_count];

    if (sched->deviation_count == SW_SCHED_DEVIATIONS_MAX)
        return sw_sched_lex_fail(&r->lex, "more than %d deviations", SW_SCHED_DEVIATIONS_MAX);
    assert(sched->deviation_count < r->room);
    *deviation = (struct sw_deviation){0};
    if (read_decision(r, deviation) < 0)
        return -1;
    if (sched->deviation_count > 0 && deviation->index <= deviation[-1].index)
        return sw_sched_lex_fail(&r->lex, "the decisions' numbers do not ascend");
    if (read_candidate(r, deviation, &deviation->choice) < 0 ||
        sw_sched_lex_keyword(&r->lex, "of") < 0 || read_candidates(r, deviation) < 0)
        return -1;
    sched->deviation_count++;
    return sw_sched_lex_end_of_line(&r->lex);
}

static int read_deviations(struct reader *r)
{
    for (;;) {
        if (sw_sched_lex_next_line(&r->lex, "a decision or '" SW_SCHED_RULE "'") < 0)
            return -1;
        /* No decision begins so: each begins with its number. */
        if (*r->lex.at == '-')
            break;
        if (read_deviation(r) < 0)
            return -1;
    }
    return read_rule(r);
}

/* ---- reading: the end ---- */

/* The number of decisions bounds that of the last deviation, which was read before it. */
static int read_totals(struct reader *r)
{
    struct sw_sched_lex *lex = &r->lex;
    struct sw_sched *sched = r->sched;
    char hash[17];

    if (sw_sched_lex_next_line(lex, "'decisions'") < 0 ||
        sw_sched_lex_keyword(lex, "decisions") < 0 ||
        sw_sched_lex_number(lex, UINT64_MAX / 2, &sched->decision_count, "a number of decisions") <
            0 ||
        sw_sched_lex_keyword(lex, "hash") < 0 || sw_sched_lex_hex(lex, 16, hash) < 0)
        return -1;
    /* 16 digits and no sign: it cannot fail. */
    sched->hash = strtoull(hash, NULL, 16);
    if (sched->deviation_count > 0 &&
        sched->deviations[sched->deviation_count - 1].index >= sched->decision_count)
        return sw_sched_lex_fail(lex, "fewer decisions than the last that is listed");
    return sw_sched_lex_end_of_line(lex);
}

/* "none", or the XXH3 of all that stands above the line that the reader is in. */
static int read_check_sum(struct sw_sched_lex *lex)
{
    size_t above = (size_t)(lex->line_start - lex->text);
    char wanted[17], actual[17];

    sw_sched_lex_skip_blanks(lex);
    if (sw_sched_lex_word_length(lex) == 4 && memcmp(lex->at, "none", 4) == 0) {
        lex->at += 4;
        return 0;
    }
    if (sw_sched_lex_hex(lex, 16, wanted) < 0)
        return -1;
    snprintf(actual, sizeof actual, "%016llx", (unsigned long long)XXH3_64bits(lex->text, above));
    return strcmp(wanted, actual) == 0
               ? 0
               : sw_sched_lex_fail(lex, "the lines above are not those that were written; who "
                                        "changes them by hand writes 'check none'");
}

/* The last line; behind it is nothing, since the check would not cover it. */
static int read_check(struct reader *r)
{
    struct sw_sched_lex *lex = &r->lex;

    if (sw_sched_lex_next_line(lex, "'check'") < 0 || sw_sched_lex_keyword(lex, "check") < 0 ||
        read_check_sum(lex) < 0 || sw_sched_lex_end_of_line(lex) < 0)
        return -1;
    return lex->at + 1 == lex->end ? 0
                                   : sw_sched_lex_fail(lex, "there is more behind the last line");
}

/* ---- the whole ---- */

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static size_t count_lines(const char *at, const char *end)
{
    size_t count = 0;

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL)
        count++, at++;
    return count;
}

/* At once, and no more than a text of this size can need: what a file claims of itself is not
 * believed. */
static int allocate(struct reader *r)
{
    struct sw_sched *sched = r->sched = calloc(1, sizeof *sched);

    if (sched == NULL)
        return -1;
    /* Each deviation has a line of its own; the shortest candidate is a blank and a digit. */
    r->room = least(count_lines(r->lex.text, r->lex.end) + 1, SW_SCHED_DEVIATIONS_MAX);
    r->pool_room = least((size_t)(r->lex.end - r->lex.text) / 2 + 1, SW_SCHED_POOL_MAX);
    sched->args = calloc(SW_SCHED_ARGS_MAX + 1, sizeof *sched->args);
    sched->deviations = calloc(r->room, sizeof *sched->deviations);
    sched->pool = calloc(r->pool_room, sizeof *sched->pool);
    return sched->args != NULL && sched->deviations != NULL && sched->pool != NULL ? 0 : -1;
}

int sw_sched_read(const char *path, const char *bytes, size_t size, struct sw_sched **out,
                  struct sw_error *e)
{
    struct reader r = {.lex = {.path = path,
                               .text = bytes,
                               .end = bytes + size,
                               .at = bytes,
                               .line_start = bytes,
                               .e = e}};

    *out = NULL;
    int failed = allocate(&r);
    if (failed < 0)
        sw_error_set(e, path, 0, 0, "out of memory");
    else
        failed = read_header(&r) < 0 || read_deviations(&r) < 0 || read_totals(&r) < 0 ||
                 read_check(&r) < 0;
    if (failed) {
        sw_sched_free(r.sched);
        return -1;
    }
    *out = r.sched;
    return 0;
}
