/* SPDX-License-Identifier: MIT
 *
 * sched_read.c - text as a schedule, or the line and column of what is wrong with it.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sched.h"
#include "sched_word.h"
#include "settings_table.h"
#include "contract/decision_kind.h"
#include "contract/utf8.h"

/* ---- reading: words of lines ---- */

struct reader {
    const char *path;
    const char *text;
    const char *end;
    const char *line_start;
    const char *at; /* in the line, or at its newline */
    unsigned line;
    struct sw_error *e;
    struct sw_sched *sched;
    size_t room, pool_room; /* in its deviations, and its pool */
};

/* In characters; what is none counts byte by byte. */
static unsigned column_of(const struct reader *r)
{
    unsigned column = 1;

    for (const char *at = r->line_start; at < r->at; column++) {
        size_t length = sw_utf8_length(at, r->end);
        at += length > 0 ? length : 1;
    }
    return column;
}

__attribute__((format(printf, 2, 3))) static int fail(const struct reader *r, const char *format,
                                                      ...)
{
    char text[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sw_utf8_trim(text);
    return sw_error_set(r->e, r->path, r->line, column_of(r), "%s", text);
}

/* Goes to the next line, which must exist and be whole. */
static int next_line(struct reader *r, const char *what)
{
    const char *start = r->line == 0 ? r->text : r->at + 1;

    assert(r->line == 0 || *r->at == '\n');
    r->line++;
    r->line_start = r->at = start;
    if (start == r->end)
        return fail(r, "the file ends where %s should stand", what);
    if (memchr(start, '\n', (size_t)(r->end - start)) == NULL)
        return fail(r, "the file ends in the middle of a line");
    return 0;
}

static int end_of_line(struct reader *r)
{
    return *r->at == '\n' ? 0 : fail(r, "more on the line than there should be");
}

static void skip_blanks(struct reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

/* A blank or the end of the line stands behind the word.  Returns its length. */
static size_t word_length(const struct reader *r)
{
    size_t length = 0;

    while (sw_sched_is_plain((unsigned char)r->at[length]))
        length++;
    return length;
}

static int read_keyword(struct reader *r, const char *keyword)
{
    size_t length;

    skip_blanks(r);
    length = word_length(r);
    if (length != strlen(keyword) || memcmp(r->at, keyword, length) != 0)
        return fail(r, "'%s' expected", keyword);
    r->at += length;
    return 0;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

static int read_quoted(struct reader *r, char *out)
{
    r->at++;
    while (*r->at != '"') {
        if (*r->at == '\n' || *r->at == '\0')
            return fail(r, "a quote is not closed");
        if (*r->at != '\\') {
            *out++ = *r->at++;
            continue;
        }
        int high = r->at[1] == 'x' ? hex_digit(r->at[2]) : -1;
        int low = high >= 0 ? hex_digit(r->at[3]) : -1;
        if (low < 0 || high * 16 + low == 0)
            return fail(r, "\\xHH expected");
        *out++ = (char)(high * 16 + low);
        r->at += 4;
    }
    r->at++;
    *out = '\0';
    return 0;
}

/* A word, quoted or not, allocated. */
static int read_word(struct reader *r, char **out, const char *what)
{
    skip_blanks(r);
    size_t length = word_length(r);
    size_t room = (size_t)((const char *)memchr(r->at, '\n', (size_t)(r->end - r->at)) - r->at);
    char *word = malloc(room + 1);

    if (word == NULL)
        return fail(r, "out of memory");
    *out = word; /* owned by the schedule, whatever comes */
    if (*r->at == '"')
        return read_quoted(r, word);
    if (length == 0)
        return fail(r, "%s expected", what);
    memcpy(word, r->at, length);
    word[length] = '\0';
    r->at += length;
    return 0;
}

static int read_number(struct reader *r, uint64_t max, uint64_t *out, const char *what)
{
    uint64_t number = 0;

    skip_blanks(r);
    const char *start = r->at;
    for (; *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (number > (max - (uint64_t)(*r->at - '0')) / 10)
            return fail(r, "%s is above %llu", what, (unsigned long long)max);
        number = number * 10 + (uint64_t)(*r->at - '0');
    }
    if (r->at == start || (*r->at != ' ' && *r->at != '\n'))
        return fail(r, "%s expected", what);
    *out = number;
    return 0;
}

static int read_thread(struct reader *r, uint32_t *out)
{
    uint64_t number;

    skip_blanks(r);
    if (*r->at != 'T')
        return fail(r, "a thread expected: T and a number");
    r->at++;
    if (*r->at == ' ' || read_number(r, UINT32_MAX - 1, &number, "a thread's number") < 0)
        return *r->at == ' ' ? fail(r, "a thread expected: T and a number") : -1;
    *out = (uint32_t)number;
    return 0;
}

static int read_hex(struct reader *r, int digits, char *out)
{
    skip_blanks(r);
    for (int i = 0; i < digits; i++, r->at++) {
        if (hex_digit(*r->at) < 0)
            return fail(r, "%d hexadecimal digits expected", digits);
        out[i] = *r->at;
    }
    out[digits] = '\0';
    return word_length(r) == 0 ? 0 : fail(r, "%d hexadecimal digits expected", digits);
}

static int read_rest(struct reader *r, char **out)
{
    skip_blanks(r);
    size_t length = (size_t)((const char *)memchr(r->at, '\n', (size_t)(r->end - r->at)) - r->at);

    if (length == 0)
        return fail(r, "something expected");
    if (memchr(r->at, '\0', length) != NULL)
        return fail(r, "a byte of value 0");
    *out = strndup(r->at, length);
    r->at += length;
    return *out != NULL ? 0 : fail(r, "out of memory");
}

/* ---- reading: the header ---- */

static int read_version(struct reader *r)
{
    uint64_t version;

    if (next_line(r, "'spillway schedule'") < 0 || read_keyword(r, "spillway") < 0 ||
        read_keyword(r, "schedule") < 0 || read_number(r, 1000000, &version, "a version") < 0)
        return -1;
    if (version != SW_SCHED_VERSION)
        return fail(r, "version %llu; this spillway reads version %d", (unsigned long long)version,
                    SW_SCHED_VERSION);
    return end_of_line(r);
}

static int read_hashed_file(struct reader *r, const char *keyword, char **path, char hash[33])
{
    if (read_keyword(r, keyword) < 0 || read_word(r, path, "a path") < 0 ||
        read_keyword(r, "xxh128") < 0 || read_hex(r, 32, hash) < 0)
        return -1;
    return end_of_line(r);
}

static int begins(const struct reader *r, const char *keyword)
{
    size_t length = strlen(keyword);

    return (size_t)(r->end - r->at) > length && memcmp(r->at, keyword, length) == 0 &&
           r->at[length] == ' ';
}

/* All words of the line, behind its keyword. */
static int read_words(struct reader *r, const char *keyword, char **words, int max, int *count)
{
    if (read_keyword(r, keyword) < 0)
        return -1;
    for (;;) {
        skip_blanks(r);
        if (*r->at == '\n')
            return 0;
        if (*count == max)
            return fail(r, "more than %d words", max);
        if (read_word(r, &words[(*count)++], "a word") < 0)
            return -1;
    }
}

/* ---- reading: the settings ---- */

/* Of an ENVIRONMENT or FAULTS: as many words as there are. */
static int read_setting_words(struct reader *r, const struct sw_settings_row *row)
{
    enum { MAX = SW_SETTINGS_VARIABLES_MAX };
    char *words[MAX] = {NULL};
    int count = 0, failed = read_words(r, row->key, words, MAX, &count);
    struct sw_error e;

    for (int i = 0; i < count; i++) {
        if (failed == 0 && sw_settings_table_add(&r->sched->setting, row, words[i], &e) < 0)
            failed = fail(r, "%s", e.text);
        free(words[i]);
    }
    return failed;
}

static int read_setting_spill(struct reader *r, const struct sw_settings_row *row)
{
    char *text = NULL;
    struct sw_error e;
    int failed =
        read_keyword(r, row->key) < 0 || read_word(r, &text, "a time to spill") < 0 ? -1 : 0;

    if (failed == 0 && sw_settings_table_add(&r->sched->setting, row, text, &e) < 0)
        failed = fail(r, "%s", e.text);
    free(text);
    return failed < 0 ? -1 : end_of_line(r);
}

static int read_setting_number(struct reader *r, const struct sw_settings_row *row)
{
    uint64_t number;

    if (read_keyword(r, row->key) < 0 || read_number(r, UINT32_MAX, &number, "a number") < 0)
        return -1;
    sw_settings_table_set_number(&r->sched->setting, row, (uint32_t)number);
    return end_of_line(r);
}

/* Not the first of its words: what has its default has no line. */
static int read_setting_word(struct reader *r, const struct sw_settings_row *row)
{
    if (read_keyword(r, row->key) < 0)
        return -1;
    skip_blanks(r);
    size_t length = word_length(r);
    int index = sw_settings_table_find_word(row, r->at, length);
    if (index < 1)
        return fail(r, "'%s' expected", row->words[1]);
    r->at += length;
    sw_settings_table_set_number(&r->sched->setting, row, (uint32_t)index);
    return end_of_line(r);
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

    for (int i = 0; i < SW_SETTINGS_TABLE_COUNT; i++) {
        const struct sw_settings_row *row = &sw_settings_table[i];
        if (begins(r, row->key) && (read[row->type](r, row) < 0 || next_line(r, "'found'") < 0))
            return -1;
    }
    return 0;
}

static int read_writer(struct reader *r)
{
    return next_line(r, "'writer'") < 0 || read_keyword(r, "writer") < 0 ||
                   read_keyword(r, "spillway") < 0 ||
                   read_word(r, &r->sched->writer, "a version") < 0
               ? -1
               : end_of_line(r);
}

static int read_program(struct reader *r)
{
    struct sw_sched *sched = r->sched;

    if (next_line(r, "'program'") < 0 ||
        read_hashed_file(r, "program", &sched->program, sched->program_hash) < 0 ||
        next_line(r, "'args' or 'interp'") < 0)
        return -1;
    if (begins(r, "args") &&
        (read_words(r, "args", sched->args, SW_SCHED_ARGS_MAX, &sched->arg_count) < 0 ||
         next_line(r, "'input' or 'interp'") < 0))
        return -1;
    if (begins(r, "input") && (read_hashed_file(r, "input", &sched->input, sched->input_hash) < 0 ||
                               next_line(r, "'interp'") < 0))
        return -1;
    return 0;
}

static int read_header(struct reader *r)
{
    struct sw_sched *sched = r->sched;

    if (read_version(r) < 0 || read_writer(r) < 0 || read_program(r) < 0 ||
        read_hashed_file(r, "interp", &sched->interp, sched->interp_hash) < 0 ||
        next_line(r, "'found'") < 0 || read_setting(r) < 0 || read_keyword(r, "found") < 0 ||
        read_rest(r, &sched->found) < 0 || next_line(r, "'outcome'") < 0 ||
        read_keyword(r, "outcome") < 0 || read_rest(r, &sched->outcome) < 0 ||
        next_line(r, "'" SW_SCHED_RULE "'") < 0 || read_keyword(r, SW_SCHED_RULE) < 0)
        return -1;
    return end_of_line(r);
}

/* ---- reading: the deviations ---- */

static int read_candidate(struct reader *r, const struct sw_deviation *deviation, uint32_t *out)
{
    skip_blanks(r);
    size_t length = sw_decision_parse(deviation->kind, r->at, out);

    if (length == 0 || (r->at[length] != ' ' && r->at[length] != '\n'))
        return fail(r, "something to %s expected", sw_decision_verb(deviation->kind));
    r->at += length;
    return 0;
}

static int check_count(const struct reader *r, const struct sw_deviation *deviation)
{
    if (!sw_decision_kind(deviation->kind)->is_asked)
        return deviation->count == 1 ? 0
                                     : fail(r, "what happened has itself as its only candidate");
    return deviation->count >= 2 ? 0 : fail(r, "a decision has at least two candidates");
}

static int read_candidates(struct reader *r, struct sw_deviation *deviation)
{
    struct sw_sched *sched = r->sched;
    int chosen = 0;

    deviation->first = sched->pool_used;
    for (;;) {
        uint32_t candidate;
        skip_blanks(r);
        if (*r->at == '\n')
            break;
        if (read_candidate(r, deviation, &candidate) < 0)
            return -1;
        if (deviation->count > 0 && candidate <= sched->pool[sched->pool_used - 1])
            return fail(r, "the candidates do not ascend");
        if (deviation->count == SW_LIVE_THREADS_MAX || sched->pool_used == SW_SCHED_POOL_MAX)
            return fail(r, "too many candidates");
        assert(sched->pool_used < r->pool_room);
        chosen |= candidate == deviation->choice;
        sched->pool[sched->pool_used++] = candidate;
        deviation->count++;
    }
    if (check_count(r, deviation) < 0)
        return -1;
    char choice[32];
    return chosen ? 0
                  : fail(r, "%s is no candidate",
                         sw_decision_format(deviation->kind, deviation->choice, choice,
                                            sizeof choice));
}

static int read_name(struct reader *r, int (*find)(const char *), const char *what)
{
    char name[SW_PLACE_TEXT];
    skip_blanks(r);
    size_t length = word_length(r);

    if (length == 0 || length >= sizeof name)
        return fail(r, "%s expected", what);
    memcpy(name, r->at, length);
    name[length] = '\0';
    int found = find(name);
    if (found < 0)
        return fail(r, "'%s' is no %s", name, what);
    r->at += length;
    return found;
}

static int read_deviation(struct reader *r)
{
    struct sw_sched *sched = r->sched;
    struct sw_deviation *deviation = &sched->deviations[sched->deviation_count];
    int place, kind;

    if (sched->deviation_count == SW_SCHED_DEVIATIONS_MAX)
        return fail(r, "more than %d deviations", SW_SCHED_DEVIATIONS_MAX);
    assert(sched->deviation_count < r->room);
    *deviation = (struct sw_deviation){0};
    if (read_number(r, UINT64_MAX / 2, &deviation->index, "a decision's number") < 0)
        return -1;
    if (read_thread(r, &deviation->thread) < 0)
        return -1;
    skip_blanks(r);
    r->at += word_length(r); /* its name, for people */
    if ((place = read_name(r, sw_decision_find_place, "place")) < 0 ||
        (kind = read_name(r, sw_decision_find_verb, "verb")) < 0)
        return -1;
    deviation->place = (uint32_t)place;
    deviation->kind = (uint32_t)kind;
    if (sched->deviation_count > 0 && deviation->index <= deviation[-1].index)
        return fail(r, "the decisions' numbers do not ascend");
    if (read_candidate(r, deviation, &deviation->choice) < 0 || read_keyword(r, "of") < 0 ||
        read_candidates(r, deviation) < 0)
        return -1;
    sched->deviation_count++;
    return end_of_line(r);
}

static int read_deviations(struct reader *r)
{
    for (;;) {
        if (next_line(r, "a decision or '" SW_SCHED_RULE "'") < 0)
            return -1;
        if (*r->at == '-')
            break;
        if (read_deviation(r) < 0)
            return -1;
    }
    return read_keyword(r, SW_SCHED_RULE) < 0 ? -1 : end_of_line(r);
}

/* ---- reading: the end ---- */

static int read_totals(struct reader *r)
{
    struct sw_sched *sched = r->sched;
    char hash[17];

    if (next_line(r, "'decisions'") < 0 || read_keyword(r, "decisions") < 0 ||
        read_number(r, UINT64_MAX / 2, &sched->decision_count, "a number of decisions") < 0 ||
        read_keyword(r, "hash") < 0 || read_hex(r, 16, hash) < 0)
        return -1;
    sched->hash = strtoull(hash, NULL, 16);
    if (sched->deviation_count > 0 &&
        sched->deviations[sched->deviation_count - 1].index >= sched->decision_count)
        return fail(r, "fewer decisions than the last that is listed");
    return end_of_line(r);
}

static int read_check(struct reader *r)
{
    char wanted[17], actual[17];

    if (next_line(r, "'check'") < 0)
        return -1;
    snprintf(actual, sizeof actual, "%016llx",
             (unsigned long long)XXH3_64bits(r->text, (size_t)(r->line_start - r->text)));
    if (read_keyword(r, "check") < 0)
        return -1;
    skip_blanks(r);
    if (word_length(r) == 4 && memcmp(r->at, "none", 4) == 0) {
        r->at += 4;
    } else {
        if (read_hex(r, 16, wanted) < 0)
            return -1;
        if (strcmp(wanted, actual) != 0)
            return fail(r, "the lines above are not those that were written; who changes them "
                           "by hand writes 'check none'");
    }
    if (end_of_line(r) < 0)
        return -1;
    return r->at + 1 == r->end ? 0 : fail(r, "there is more behind the last line");
}

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

static int allocate(struct reader *r)
{
    struct sw_sched *sched = r->sched = calloc(1, sizeof *sched);

    if (sched == NULL)
        return -1;
    /* Each deviation has a line of its own, the shortest candidate is a blank and a digit. */
    r->room = least(count_lines(r->text, r->end) + 1, SW_SCHED_DEVIATIONS_MAX);
    r->pool_room = least((size_t)(r->end - r->text) / 2 + 1, SW_SCHED_POOL_MAX);
    sched->args = calloc(SW_SCHED_ARGS_MAX + 1, sizeof *sched->args);
    sched->deviations = calloc(r->room, sizeof *sched->deviations);
    sched->pool = calloc(r->pool_room, sizeof *sched->pool);
    return sched->args != NULL && sched->deviations != NULL && sched->pool != NULL ? 0 : -1;
}

int sw_sched_read(const char *path, const char *bytes, size_t size, struct sw_sched **out,
                  struct sw_error *e)
{
    struct reader r = {
        .path = path, .text = bytes, .end = bytes + size, .at = bytes, .line_start = bytes, .e = e};

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
