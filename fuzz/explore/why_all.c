/* SPDX-License-Identifier: MIT */
#include "why_all.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report/trial_sched.h"
#include "contract/last_part.h"
#include "contract/library_frame.h"
#include "harness/report/timeline.h"

/* What one thread does to one object. */
enum { READS = 1, WRITES = 2, LOCKS = 4 };

static int done_by(const struct sw_timeline_entry *entry)
{
    switch (entry->kind) {
    case SW_TIMELINE_READ:
        return READS;
    case SW_TIMELINE_WRITE:
        return WRITES;
    case SW_TIMELINE_LOCK:
    case SW_TIMELINE_UNLOCK:
        return LOCKS;
    default:
        return 0;
    }
}

/* Of each object its first entry, with which the others are linked: 1 + index; 0: it has none.  The
 * caller's to free; NULL: no memory. */
static uint32_t *find_firsts(const struct sw_timeline *timeline)
{
    uint32_t *firsts = calloc((size_t)timeline->object_count + 1, sizeof *firsts);

    for (uint32_t i = 0; firsts != NULL && i < timeline->entry_count; i++)
        if (timeline->entries[i].object != 0 && timeline->entries[i].same_before == 0)
            firsts[timeline->entries[i].object - 1] = i + 1;
    return firsts;
}

static const struct sw_timeline_entry *at(const struct sw_timeline *timeline, uint32_t number)
{
    return number != 0 ? &timeline->entries[number - 1] : NULL;
}

static int done(const struct sw_timeline *timeline, uint32_t first, uint32_t thread)
{
    int what = 0;

    for (const struct sw_timeline_entry *entry = at(timeline, first); entry != NULL;
         entry = at(timeline, entry->same_behind))
        if (entry->thread == thread + 1)
            what |= done_by(entry);
    return what;
}

/* ---- an object ---- */

static const struct verb {
    int what;
    const char *text;
} verbs[] = {
    {READS, "reads"}, {WRITES, "writes"}, {READS | WRITES, "reads and writes"}, {LOCKS, "takes"}};

static const char *verb_of(int what)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (verbs[i].what == what)
            return verbs[i].text;
    return "uses";
}

/* Has the thread been there before? */
static int is_line_before(const struct sw_timeline *timeline, const struct sw_timeline_entry *entry)
{
    for (const struct sw_timeline_entry *before = at(timeline, entry->same_before); before != NULL;
         before = at(timeline, before->same_before))
        if (before->thread == entry->thread && done_by(before) != 0 &&
            before->line == entry->line && strcmp(before->file, entry->file) == 0)
            return 1;
    return 0;
}

/* "bank.py:11 bank.py:13": each line once. */
static void print_lines(FILE *out, const struct sw_timeline *timeline, uint32_t first,
                        uint32_t thread)
{
    int has_any = 0;

    for (const struct sw_timeline_entry *entry = at(timeline, first); entry != NULL;
         entry = at(timeline, entry->same_behind)) {
        if (entry->thread != thread + 1 || done_by(entry) == 0 || *entry->file == '\0' ||
            is_line_before(timeline, entry))
            continue;
        fprintf(out, "%s%s:%u", has_any ? " " : " (", sw_last_part(entry->file), entry->line);
        has_any = 1;
    }
    if (has_any)
        fputc(')', out);
}

static void print_object(FILE *out, const struct sw_timeline *timeline, uint32_t object,
                         uint32_t first)
{
    const char *between = ": ";
    char name[16];

    fprintf(out, "    %s", timeline->objects[object].name);
    for (uint32_t thread = 0; thread < timeline->thread_count; thread++) {
        int what = done(timeline, first, thread);
        if (what == 0)
            continue;
        fprintf(out, "%s%s %s", between, sw_timeline_thread(timeline, thread + 1, name),
                verb_of(what));
        print_lines(out, timeline, first, thread);
        between = ", ";
    }
    fputc('\n', out);
}

/* ---- all of them ---- */

/* Those with which threading starts and joins a thread: no operations of the test. */
static int is_of_library(const struct sw_timeline *timeline, uint32_t first)
{
    for (const struct sw_timeline_entry *entry = at(timeline, first); entry != NULL;
         entry = at(timeline, entry->same_behind))
        if (done_by(entry) == LOCKS &&
            (*entry->file == '\0' || sw_library_frame_is_dull_file(entry->file)))
            return 1;
    return 0;
}

/* Two threads, one of which writes or takes it: DEPENDENT. */
static enum part {
    UNUSED,
    DEPENDENT,
    INDEPENDENT
} part_of(const struct sw_timeline *timeline, uint32_t first)
{
    int threads = 0, what = 0;

    for (uint32_t thread = 0; thread < timeline->thread_count; thread++) {
        int here = done(timeline, first, thread);
        threads += here != 0;
        what |= here;
    }
    if (threads == 0 || is_of_library(timeline, first))
        return UNUSED;
    return threads > 1 && what != READS ? DEPENDENT : INDEPENDENT;
}

static void print_part(FILE *out, const struct sw_timeline *timeline, const uint32_t *firsts,
                       enum part part, const char *heading)
{
    int has_any = 0;

    for (uint32_t i = 0; i < timeline->object_count; i++) {
        if (part_of(timeline, firsts[i]) != part)
            continue;
        if (!has_any)
            fprintf(out, "  %s:\n", heading);
        has_any = 1;
        print_object(out, timeline, i, firsts[i]);
    }
    if (!has_any)
        fprintf(out, "  %s: nothing\n", heading);
}

int sw_why_all_print(FILE *out, const struct sw_trial_order *trial, struct sw_error *e)
{
    char *args[SW_TRIAL_ARGS];
    static char passed[] = "exit 0";
    struct sw_sched sched = {.outcome = passed};
    struct sw_timeline timeline;

    sw_trial_sched_fill(trial, args, &sched);
    if (sw_timeline_fill_defaults(&timeline, &sched, e) < 0)
        return -1;
    uint32_t *firsts = find_firsts(&timeline);
    if (firsts == NULL) {
        sw_timeline_free(&timeline);
        return sw_error_set(e, NULL, 0, 0, "out of memory");
    }
    fputs("why all: what each thread does in the default schedule\n", out);
    print_part(out, &timeline, firsts, DEPENDENT, "dependent, both orders were run");
    print_part(out, &timeline, firsts, INDEPENDENT, "independent, one order stands for both");
    fputs("  so are operations on two of these; what has no name is dependent with all, and the "
          "start, "
          "the end and the join of a thread order themselves\n",
          out);
    if (timeline.lost > 0)
        fprintf(out, "  %llu entries did not fit, and are not here\n",
                (unsigned long long)timeline.lost);
    free(firsts);
    sw_timeline_free(&timeline);
    return 0;
}
