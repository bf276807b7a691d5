/* SPDX-License-Identifier: MIT */
#include "schedz.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schedz_records.h"
#include "contract/bytes.h"
#include "schedz_delta.h"

#define MAGIC "spillway schedz "
#define RULE "\n----\n"

/* BATCH: bytes of schedules in one record, about.  zstd packs many together better than each alone;
 * but to read one of them the whole record is inflated.  QUOTED_MAX: two lines, and what is said of
 * them, fit into the 511 bytes of a message. */
enum { BATCH = 1 << 18, QUOTED_MAX = 180 };

/* An archive that is gone through. */
struct pack {
    struct sw_schedz_records file;
    size_t sound; /* bytes, to the end of the last whole record; 0 without a header */
    char *header; /* NULL: not whole */
    struct sw_sched *model; /* parsed of the header: no deviations */
    struct sw_schedz_delta_sites sites;
    uint64_t whole, cut_off;
};

static void pack_close(struct pack *p)
{
    sw_schedz_records_close(&p->file);
    sw_sched_free(p->model);
    free(p->header);
}

/* ---- the header, the sites ---- */

/* What sw_sched_write_text() prints above the first ----; allocated.  By way of the writer, and so
 * without a list of settings here: one that is new is compared at once. */
static char *header_of(const struct sw_sched *sched)
{
    struct sw_sched bare = *sched;
    size_t size;

    bare.deviation_count = bare.read_count = bare.has_printed = 0;
    char *text = sw_sched_write_text(&bare, &size),
         *rule = text != NULL ? strstr(text, RULE) : NULL;
    if (rule == NULL) {
        free(text);
        return NULL;
    }
    /* The line feed before the rule is the last line's own. */
    rule[1] = '\0';
    return text;
}

/* The header as a schedule without decisions.  The one reader of schedules parses it, so that a
 * header can say nothing that a .sched cannot. */
static int parse_header(struct pack *p, size_t offset, const char *header)
{
    struct sw_error inner;
    char *text = NULL;
    int size =
        asprintf(&text, "%s----\n----\ndecisions 0  hash 0000000000000000\ncheck none\n", header);

    if (size < 0)
        return sw_schedz_records_fail(&p->file, "out of memory");
    int failed = sw_sched_read(p->file.path, text, (size_t)size, &p->model, &inner);
    free(text);
    return failed < 0 ? sw_schedz_records_fail_at(&p->file, offset, "the header, line %u: %s",
                                                  inner.line, inner.text)
                      : 0;
}

static int is_own_line(const char *line)
{
    return strncmp(line, "found ", 6) == 0 || strncmp(line, "outcome ", 8) == 0;
}

/* The next line that all schedules of an archive have in common. */
static const char *common_line(const char *line)
{
    while (is_own_line(line)) {
        const char *end = strchr(line, '\n');
        if (end == NULL)
            break;
        line = end + 1;
    }
    return line;
}

/* The end of a line that is too long for a message. */
static void quote(const char *line, char out[QUOTED_MAX + 8])
{
    size_t length = strcspn(line, "\n");

    if (length == 0)
        snprintf(out, QUOTED_MAX + 8, "no more line");
    else if (length > QUOTED_MAX)
        snprintf(out, QUOTED_MAX + 8, "'...%.*s'", QUOTED_MAX, line + length - QUOTED_MAX);
    else
        snprintf(out, QUOTED_MAX + 8, "'%.*s'", (int)length, line);
}

/* Goes to the first line that differs, in both; 0 if there is none.  Line by line, since both are
 * made by one writer: equal settings are equal lines. */
static int find_difference(const char **old, const char **new)
{
    for (;;) {
        *old = common_line(*old);
        *new = common_line(*new);
        size_t length = strcspn(*old, "\n");
        if (length != strcspn(*new, "\n") || memcmp(*old, *new, length) != 0)
            return 1;
        /* Both end here: the lines are equally long. */
        if ((*old)[length] == '\0')
            return 0;
        *old += length + 1;
        *new += length + 1;
    }
}

static int compare_headers(const struct pack *p, const char *new)
{
    const char *old = p->header;
    char old_line[QUOTED_MAX + 8], new_line[QUOTED_MAX + 8];

    if (!find_difference(&old, &new))
        return 0;
    quote(old, old_line);
    quote(new, new_line);
    return sw_error_set(p->file.e, p->file.path, 0, 0,
                        "holds schedules of another header: %s there, %s in the new one", old_line,
                        new_line);
}

/* The numbers in the format of sscanf(): a verb is shorter than 16 bytes, and a place than
 * SW_PLACE_TEXT = 64. */
static int read_site(struct pack *p, const struct sw_schedz_records_record *record,
                     const char *line, size_t length)
{
    char verb[16], place[SW_PLACE_TEXT], text[16 + SW_PLACE_TEXT];
    int kind = -1, at = -1;

    snprintf(text, sizeof text, "%.*s", (int)length, line);
    if (length < sizeof text && sscanf(text, "%15s %63s", verb, place) == 2) {
        kind = sw_decision_find_verb(verb);
        at = sw_decision_find_place(place);
    }
    if (kind < 0 || at < 0)
        return sw_schedz_records_fail_at(&p->file, record->offset, "'%s' is no verb and place",
                                         text);
    if (p->sites.count == SW_SCHEDZ_DELTA_SITES_MAX)
        return sw_schedz_records_fail_at(&p->file, record->offset, "more than %d sites",
                                         SW_SCHEDZ_DELTA_SITES_MAX);
    p->sites.list[p->sites.count].kind = (uint32_t)kind;
    p->sites.list[p->sites.count++].place = (uint32_t)at;
    return 0;
}

static int read_sites(struct pack *p, const struct sw_schedz_records_record *record)
{
    char *text;
    size_t size;
    int failed = 0;

    if (sw_schedz_records_inflate(&p->file, record, &text, &size) < 0)
        return -1;
    for (const char *line = text; *line != '\0' && failed == 0;) {
        size_t length = strcspn(line, "\n");
        failed = read_site(p, record, line, length);
        line += length + (line[length] != '\0');
    }
    free(text);
    return failed;
}

static int read_header(struct pack *p, const struct sw_schedz_records_record *record)
{
    size_t size;

    if (sw_schedz_records_inflate(&p->file, record, &p->header, &size) < 0)
        return -1;
    /* What follows takes it for a text that ends at its first 0. */
    if (strlen(p->header) != size)
        return sw_schedz_records_fail_at(&p->file, record->offset,
                                         "a byte of value 0 in the header");
    return parse_header(p, record->offset, p->header);
}

/* ---- going through ----
 *
 * All that is asked of an archive is one walk over its records from the first: to count them, to
 * find one, to learn header and sites before more are added.  It stops at what is cut off, and
 * fails at what is damaged. */

/* The offset behind the magic line; 0: it is cut off; -1.  A file that is shorter, and right as far
 * as it goes, was begun by a process that died. */
static int read_magic(const struct pack *p)
{
    char magic[40];
    int length = snprintf(magic, sizeof magic, MAGIC "%d\n", SW_SCHEDZ_VERSION);
    size_t known = sizeof MAGIC - 1;

    if (p->file.size < (size_t)length && memcmp(p->file.bytes, magic, p->file.size) == 0)
        return 0;
    if (p->file.size >= (size_t)length && memcmp(p->file.bytes, magic, (size_t)length) == 0)
        return length;
    if (p->file.size > known && memcmp(p->file.bytes, magic, known) == 0)
        return sw_schedz_records_fail_at(
            &p->file, known, "another version; this spillway reads version %d", SW_SCHEDZ_VERSION);
    return sw_schedz_records_fail_at(&p->file, 0, "this is no .schedz");
}

/* A whole record, but for the schedules in it: these are only inflated by who wants one.  So to
 * find number n costs the heads of the records before it. */
static int take_record(struct pack *p, const struct sw_schedz_records_record *record, int thorough)
{
    /* The header is the first record, and no other is one. */
    if ((record->type == 'H') != (p->header == NULL))
        return sw_schedz_records_fail_at(
            &p->file, record->offset, p->header == NULL ? "a header expected" : "a second header");
    if ((record->type == 'H' && read_header(p, record) < 0) ||
        (record->type == 'N' && read_sites(p, record) < 0))
        return -1;
    return thorough ? sw_schedz_records_verify(&p->file, record) : 0;
}

/* From that offset on.  1: *found is the record with the schedule of this number. */
static int scan_records(struct pack *p, size_t offset, uint64_t number, int thorough,
                        struct sw_schedz_records_record *found)
{
    char last = 0;

    for (size_t at = offset; at < p->file.size; at = p->sound = found->end) {
        int is_whole = sw_schedz_records_read(&p->file, at, found);
        if (is_whole == 0) /* whoever wrote it has died; even a count of 0 is something lost */
            p->cut_off = found->count > 0 ? found->count : 1;
        if (is_whole <= 0)
            return is_whole;
        if (take_record(p, found, thorough) < 0)
            return -1;
        if (number > p->whole && number - p->whole <= found->count)
            return 1;
        p->whole += found->count;
        last = found->type;
    }
    if (last != 'S')
        p->cut_off = 1; /* all else is written before schedules, with them */
    return 0;
}

/* Goes through the records up to that with the schedule of this number; all if there is none.
 * Fills sound, header, sites, whole, cut_off.  1: *found is that record. */
static int scan(struct pack *p, uint64_t number, int thorough,
                struct sw_schedz_records_record *found)
{
    int offset = read_magic(p);

    if (offset < 0)
        return -1;
    p->cut_off = offset == 0 && p->file.size > 0;
    return offset == 0 ? 0 : scan_records(p, (size_t)offset, number, thorough, found);
}

int sw_schedz_count(const char *path, uint64_t *whole, uint64_t *cut_off, struct sw_error *e)
{
    struct sw_schedz_records_record last;
    struct pack p = {0};
    int failed =
        sw_schedz_records_open(&p.file, path, O_RDONLY, e) < 0 || scan(&p, 0, 1, &last) < 0;

    *whole = p.whole;
    *cut_off = p.cut_off;
    pack_close(&p);
    return failed ? -1 : 0;
}

/* ---- reading ---- */

/* By way of its text, so that one reader says what a valid schedule is. */
static int validate(const struct pack *p, size_t offset, const struct sw_sched *sched,
                    struct sw_sched **out)
{
    struct sw_error inner;
    size_t size;
    char *text = sw_sched_write_text(sched, &size);

    if (text == NULL)
        return sw_schedz_records_fail(&p->file, "out of memory");
    int failed = sw_sched_read(p->file.path, text, size, out, &inner) < 0;
    if (failed)
        sw_schedz_records_fail_at(&p->file, offset, "the schedule, as text in line %u: %s",
                                  inner.line, inner.text);
    free(text);
    return failed ? -1 : 0;
}

static int read_schedule(struct pack *p, size_t offset, struct sw_bytes_walk *walk,
                         struct sw_sched **out)
{
    struct sw_sched own = *p->model, *model = p->model;
    const struct sw_schedz_delta_base base = {model->found, model->outcome, &p->sites};

    /* What schedz_delta.h reads is its own, all else borrowed from the model. */
    own.found = own.outcome = NULL;
    own.deviations = NULL;
    own.pool = NULL;
    own.deviation_count = own.pool_used = 0;
    own.decision_count = own.hash = 0;
    int failed = sw_schedz_delta_read(walk, &base, &own);
    if (failed < 0)
        sw_schedz_records_fail_at(&p->file, offset, "the schedule: %s", walk->wrong);
    else
        failed = validate(p, offset, &own, out);
    free(own.found);
    free(own.outcome);
    free(own.deviations);
    free(own.pool);
    return failed;
}

/* The schedule of this index in a record. */
static int load(struct pack *p, const struct sw_schedz_records_record *record, uint64_t index,
                struct sw_sched **out)
{
    char *bytes;
    size_t size;

    if (sw_schedz_records_inflate(&p->file, record, &bytes, &size) < 0)
        return -1;
    struct sw_bytes_walk all = {.at = (uint8_t *)bytes, .end = (uint8_t *)bytes + size}, one;
    /* Each schedule has its length before it, so those in front are stepped over unread. */
    for (uint64_t i = 0; i <= index; i++) {
        size_t length = sw_bytes_number(&all, SW_SCHEDZ_RECORDS_PAYLOAD_MAX);
        one.at = sw_bytes_take(&all, length);
        if (one.at == NULL)
            break;
        one.end = one.at + length;
    }
    one.wrong = NULL;
    int failed = all.wrong != NULL ? sw_schedz_records_fail_at(&p->file, record->offset,
                                                               "the record: %s", all.wrong)
                                   : read_schedule(p, record->offset, &one, out);
    free(bytes);
    return failed;
}

/* A schedule that was lost with a record that is cut off is not one that never was. */
static int say_missing(const struct pack *p, uint64_t number)
{
    unsigned long long whole = p->whole, cut_off = p->cut_off;

    if (number > whole && number - whole <= cut_off)
        return sw_schedz_records_fail_at(&p->file, p->sound,
                                         "%llu schedule%s at the end %s cut off", cut_off,
                                         cut_off == 1 ? "" : "s", cut_off == 1 ? "is" : "are");
    return sw_error_set(p->file.e, p->file.path, 0, 0,
                        "there is no schedule %llu; they are numbered 1 to %llu",
                        (unsigned long long)number, whole);
}

int sw_schedz_load(const char *path, uint64_t number, struct sw_sched **out, struct sw_error *e)
{
    struct pack p = {0};
    struct sw_schedz_records_record record;

    *out = NULL;
    int found =
        sw_schedz_records_open(&p.file, path, O_RDONLY, e) < 0 ? -1 : scan(&p, number, 0, &record);
    int failed = found < 0    ? -1
                 : found == 0 ? say_missing(&p, number)
                              : load(&p, &record, number - p.whole - 1, out);
    pack_close(&p);
    assert((failed != 0) == (*out == NULL));
    return failed ? -1 : 0;
}

/* ---- adding ---- */

static int add_header(struct pack *p, const struct sw_sched *first, struct sw_bytes *out)
{
    char magic[40];
    int length = snprintf(magic, sizeof magic, MAGIC "%d\n", SW_SCHEDZ_VERSION);

    p->header = header_of(first);
    if (p->header == NULL)
        return sw_schedz_records_fail(&p->file, "out of memory");
    if (parse_header(p, 0, p->header) < 0)
        return -1;
    /* Lent, and not to be freed: a sw_bytes that nothing is added to. */
    struct sw_bytes payload = {.start = (uint8_t *)p->header, .used = strlen(p->header)};
    sw_bytes_add(out, magic, (size_t)length);
    if (sw_schedz_records_add(out, 'H', 0, &payload) < 0)
        return sw_schedz_records_fail(&p->file, "out of memory");
    return 0;
}

static int add_sites(struct pack *p, unsigned known, struct sw_bytes *out)
{
    struct sw_bytes payload = {0};
    char line[16 + SW_PLACE_TEXT];

    for (unsigned i = known; i < p->sites.count; i++) {
        int length = snprintf(line, sizeof line, "%s %s\n", sw_decision_verb(p->sites.list[i].kind),
                              sw_decision_place(p->sites.list[i].place));
        sw_bytes_add(&payload, line, (size_t)length);
    }
    int failed = known < p->sites.count ? sw_schedz_records_add(out, 'N', 0, &payload) : 0;
    sw_bytes_free(&payload);
    return failed;
}

/* One line that sw_sched_read() gives back as it is: that skips blanks in front. */
static int is_line(const char *text)
{
    return *text != '\0' && *text != ' ' && strchr(text, '\n') == NULL;
}

/* All of them have the header; gives new sites numbers. */
static int admit(struct pack *p, const struct sw_sched *const *scheds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *header = header_of(scheds[i]);
        if (header == NULL)
            return sw_schedz_records_fail(&p->file, "out of memory");
        int failed = compare_headers(p, header);
        free(header);
        if (failed < 0)
            return -1;
        if (!is_line(scheds[i]->found) || !is_line(scheds[i]->outcome))
            return sw_schedz_records_fail(
                &p->file, "how a schedule was found, and its outcome, must be one line each");
        if (sw_schedz_delta_survey(&p->sites, scheds[i]) < 0)
            return sw_error_set(p->file.e, p->file.path, 0, 0, "more than %d sites",
                                SW_SCHEDZ_DELTA_SITES_MAX);
    }
    return 0;
}

/* Its length, and what schedz_delta.h makes of it.  one: the caller's, to be used again. */
static void add_schedule(struct sw_bytes *batch, struct sw_bytes *one, const struct sw_sched *sched,
                         const struct sw_schedz_delta_base *base)
{
    one->used = 0;
    sw_schedz_delta_write(one, sched, base);
    sw_bytes_add_number(batch, one->used);
    sw_bytes_add(batch, one->start, one->used);
    batch->failed |= one->failed; /* looked at once, when the batch is made a record */
}

static int add_schedules(const struct pack *p, const struct sw_sched *const *scheds, size_t count,
                         struct sw_bytes *out)
{
    const struct sw_schedz_delta_base base = {p->model->found, p->model->outcome, &p->sites};
    struct sw_bytes batch = {0}, one = {0};
    uint64_t batched = 0;
    int failed = 0;

    for (size_t i = 0; i < count && !failed; i++) {
        add_schedule(&batch, &one, scheds[i], &base);
        batched++;
        if (i + 1 < count && batch.used < BATCH)
            continue;
        failed = sw_schedz_records_add(out, 'S', batched, &batch) < 0;
        batch.used = 0;
        batched = 0;
    }
    sw_bytes_free(&batch);
    sw_bytes_free(&one);
    return failed ? -1 : 0;
}

/* All that is new is gathered in memory and written at once, when nothing can be refused any more:
 * so a call adds all of its schedules or none.  A header and sites come before the schedules that
 * need them. */
static int append(struct pack *p, const struct sw_sched *const *scheds, size_t count,
                  struct sw_bytes *out)
{
    struct sw_schedz_records_record last;

    if (scan(p, 0, 0, &last) < 0)
        return -1;
    unsigned known = p->sites.count;
    if (p->header == NULL && add_header(p, scheds[0], out) < 0)
        return -1;
    if (admit(p, scheds, count) < 0)
        return -1;
    if (add_sites(p, known, out) < 0 || add_schedules(p, scheds, count, out) < 0 || out->failed)
        return sw_error_set(p->file.e, p->file.path, 0, 0,
                            "out of memory, or a schedule above %d bytes",
                            SW_SCHEDZ_RECORDS_PAYLOAD_MAX);
    /* What is cut off behind `sound` goes, and does not count. */
    if (out->used > SW_SCHEDZ_RECORDS_BYTES_MAX - p->sound)
        return sw_error_set(p->file.e, p->file.path, 0, 0,
                            "it would have more than %u bytes; the next goes to another archive",
                            SW_SCHEDZ_RECORDS_BYTES_MAX);
    return sw_schedz_records_write(&p->file, p->sound, out);
}

int sw_schedz_is_archive(const char *path)
{
    static const char suffix[] = ".schedz";
    size_t length = strlen(path);

    return length >= sizeof suffix && strcmp(path + length - (sizeof suffix - 1), suffix) == 0;
}

/* What version the interpreter has is known once it has run. */
static int compare_with(const struct pack *p, struct sw_sched *whole)
{
    if (whole->interp_version == NULL)
        whole->interp_version = p->model->interp_version;
    char *header = header_of(whole);
    int failed = header != NULL ? compare_headers(p, header)
                                : sw_schedz_records_fail(&p->file, "out of memory");
    free(header);
    return failed;
}

int sw_schedz_admits(const char *path, const struct sw_sched *sched, struct sw_error *e)
{
    struct sw_schedz_records_record last;
    struct pack p = {0};
    struct sw_sched whole = *sched;
    char nothing[] = "nothing";
    int failed = 0;

    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    /* Any line will do: the two are not compared. */
    whole.found = whole.outcome = nothing;
    if (sw_schedz_records_open(&p.file, path, O_RDWR, e) < 0 || scan(&p, 0, 0, &last) < 0)
        failed = -1;
    else if (p.header != NULL)
        failed = compare_with(&p, &whole);
    pack_close(&p);
    return failed;
}

int sw_schedz_append(const char *path, const struct sw_sched *const *scheds, size_t count,
                     uint64_t *first, struct sw_error *e)
{
    struct pack p = {0};
    struct sw_bytes out = {0};

    if (count == 0)
        return 0;
    int failed = sw_schedz_records_open(&p.file, path, O_RDWR | O_CREAT, e) < 0 ||
                 append(&p, scheds, count, &out) < 0;
    if (first != NULL)
        *first = p.whole + 1;
    sw_bytes_free(&out);
    pack_close(&p);
    return failed ? -1 : 0;
}
