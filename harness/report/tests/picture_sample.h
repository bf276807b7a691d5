/* SPDX-License-Identifier: MIT
 *
 * picture_sample.h - a timeline that nobody has run, of any length: threads and tasklets that take
 * locks, read and write, send and receive, and at the end a value that is lost.
 *
 * The same for each length and each `hostile`, with which the program's names and values try to be
 * HTML, scripts, commands of a terminal, and bytes that are no UTF-8.
 */
#ifndef SW_PICTURE_SAMPLE_H
#define SW_PICTURE_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "harness/report/picture_timeline.h"

enum {
    SAMPLE_THREADS = 5,
    SAMPLE_TASKLETS = 3,
    SAMPLE_LOCKS = 3,
    SAMPLE_CHANNELS = 2,
    SAMPLE_VARIABLES = 6,
    SAMPLE_OBJECTS = SAMPLE_LOCKS + SAMPLE_CHANNELS + SAMPLE_VARIABLES,
};

static const char *const sample_hostile[] = {
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "<!--<script>",
    "\x1b[31mred\x1b]0;owned\x07",
    "\xff\xfe\xc0\x80 \xed\xa0\x80",
    "'; alert(1); '",
    "&lt;b&gt; &amp; \\u003c \\",
    "a\nb\r\tc\x7f",
    "\xe2\x80\xae"
    "evil \xe2\x80\xa8 x",
};

struct sample {
    struct sw_timeline timeline;
    char **kept; /* texts of its own */
    uint32_t kept_count;
    uint32_t state;
    int hostile;
    uint32_t owner[SAMPLE_LOCKS], unlocked[SAMPLE_LOCKS]; /* 1 + thread; 1 + entry */
    uint32_t sent[SAMPLE_CHANNELS], value_count;
    uint64_t step;
};

/* Knuth's MMIX constants, cut to 32 bits, are good enough for a picture. */
static uint32_t sample_number(struct sample *sample, uint32_t below)
{
    sample->state = sample->state * 1664525u + 1013904223u;
    return (sample->state >> 8) % below;
}

static const char *sample_text(struct sample *sample, const char *text, unsigned number)
{
    char buf[160];

    if (sample->hostile)
        text = sample_hostile[number % (sizeof sample_hostile / sizeof *sample_hostile)];
    snprintf(buf, sizeof buf, "%s%u", text, number);
    sample->kept = realloc(sample->kept, (sample->kept_count + 1) * sizeof *sample->kept);
    sample->kept[sample->kept_count] = strdup(buf);
    return sample->kept[sample->kept_count++];
}

static struct sw_timeline_entry *sample_entry(struct sample *sample, enum sw_timeline_kind kind,
                                              uint32_t thread)
{
    static const char *const files[] = {"/srv/shop/bank.py", "/srv/shop/queue_of_orders.py",
                                        "/usr/lib/python3.11/threading.py"};
    static const char *const functions[] = {"withdraw", "take", "put", "run", "Orders.next"};
    struct sw_timeline_entry *entry = &sample->timeline.entries[sample->timeline.entry_count++];

    *entry = (struct sw_timeline_entry){.step = sample->step,
                                        .kind = kind,
                                        .thread = thread,
                                        .place = "",
                                        .text = "",
                                        .before = "",
                                        .after = ""};
    /* A lock that is used in the library is the library's own, and has no lane. */
    entry->file = files[sample_number(sample, kind >= SW_TIMELINE_LOCK ? 2 : 3)];
    entry->function = functions[sample_number(sample, 5)];
    entry->line = 10 + sample_number(sample, 90);
    if (thread == 2)
        entry->tasklet = 1 + sample_number(sample, SAMPLE_TASKLETS);
    if (sample->hostile)
        entry->function = sample_hostile[sample_number(sample, 4)];
    return entry;
}

static void sample_lock(struct sample *sample, uint32_t thread)
{
    uint32_t lock = sample_number(sample, SAMPLE_LOCKS), at = sample->timeline.entry_count;
    enum sw_timeline_kind kind = sample->owner[lock] == 0        ? SW_TIMELINE_LOCK
                                 : sample->owner[lock] == thread ? SW_TIMELINE_UNLOCK
                                                                 : SW_TIMELINE_BLOCK;
    struct sw_timeline_entry *entry = sample_entry(sample, kind, thread);

    entry->object = 1 + lock;
    if (kind == SW_TIMELINE_LOCK) {
        entry->partner = sample->unlocked[lock];
        sample->owner[lock] = thread;
    } else if (kind == SW_TIMELINE_UNLOCK) {
        sample->unlocked[lock] = at + 1;
        sample->owner[lock] = 0;
    }
}

static void sample_channel(struct sample *sample, uint32_t thread)
{
    uint32_t channel = sample_number(sample, SAMPLE_CHANNELS), at = sample->timeline.entry_count;
    int sends = sample->sent[channel] == 0;
    struct sw_timeline_entry *entry =
        sample_entry(sample, sends ? SW_TIMELINE_SEND : SW_TIMELINE_RECEIVE, thread);

    entry->object = 1 + SAMPLE_LOCKS + channel;
    entry->partner = sample->sent[channel];
    sample->sent[channel] = sends ? at + 1 : 0;
    sample->value_count += sends;
    entry->value = sends ? sample->value_count : sample->timeline.entries[entry->partner - 1].value;
    entry->text = sends ? sample_text(sample, "order ", entry->value)
                        : sample->timeline.entries[entry->partner - 1].text;
}

static void sample_access(struct sample *sample, uint32_t thread)
{
    int writes = sample_number(sample, 3) == 0;
    struct sw_timeline_entry *entry =
        sample_entry(sample, writes ? SW_TIMELINE_WRITE : SW_TIMELINE_READ, thread);

    entry->object = 1 + SAMPLE_LOCKS + SAMPLE_CHANNELS + sample_number(sample, SAMPLE_VARIABLES);
    entry->before = sample_text(sample, "", 100 + sample_number(sample, 100000));
    if (writes)
        entry->after = sample_text(sample, "", 100 + sample_number(sample, 100000));
}

/* One entry, or two. */
static void sample_add(struct sample *sample, uint32_t *thread)
{
    static const enum sw_timeline_kind rare[] = {SW_TIMELINE_SPILL, SW_TIMELINE_GC,
                                                 SW_TIMELINE_RELEASE, SW_TIMELINE_UNSPILL};
    uint32_t what = sample_number(sample, 100);

    sample->step += sample_number(sample, 4);
    if (what < 6) {
        uint32_t other = 1 + sample_number(sample, SAMPLE_THREADS);
        int stops = sample_number(sample, 12) == 0;
        struct sw_timeline_entry *entry =
            sample_entry(sample, stops ? SW_TIMELINE_PREEMPT : SW_TIMELINE_RUN, *thread);
        entry->deviates = stops;
        entry->other = *thread = other;
    } else if (what < 30) {
        sample_lock(sample, *thread);
    } else if (what < 40) {
        sample_channel(sample, *thread);
    } else if (sample_number(sample, 400) == 0) {
        sample_entry(sample, rare[sample_number(sample, 4)], *thread)->text = "worker";
    } else {
        sample_access(sample, *thread);
    }
}

/* The value that the last send sent is lost. */
static void sample_fail(struct sample *sample, uint32_t thread)
{
    struct sw_timeline *timeline = &sample->timeline;
    struct sw_timeline_entry *entry = sample_entry(sample, SW_TIMELINE_FAILURE, thread);

    entry->text = sample_text(sample, "value lost: order ", sample->value_count);
    entry->value = sample->value_count;
    entry->stack = "#0  slp_mailbox_set  interp/mailbox.h:24\n#1  slp_transfer\n";
    for (uint32_t i = timeline->entry_count - 1; i > 0 && entry->partner == 0; i--)
        if (timeline->entries[i - 1].kind == SW_TIMELINE_SEND)
            entry->partner = i;
}

static void sample_name(struct sample *sample)
{
    static const char *const names[SAMPLE_OBJECTS] = {
        "lock#1",  "lock#2",       "condition#3", "chunks", "results", "Account.balance",
        "counter", "Orders.items", "cache",       "stop",   "total"};
    struct sw_timeline *timeline = &sample->timeline;

    for (uint32_t i = 0; i < SAMPLE_THREADS; i++)
        timeline->threads[i] = (struct sw_timeline_thread){
            .ordinal = i, .name = i == 0 ? "main" : sample_text(sample, "worker-", i)};
    for (uint32_t i = 0; i < SAMPLE_TASKLETS; i++)
        timeline->tasklets[i] = (struct sw_timeline_tasklet){
            .name = sample_text(sample, "download-", i + 1), .thread = 2};
    for (uint32_t i = 0; i < SAMPLE_OBJECTS; i++)
        timeline->objects[i] = (struct sw_timeline_object){
            .kind = i < SAMPLE_LOCKS                     ? SW_TIMELINE_SYNC
                    : i < SAMPLE_LOCKS + SAMPLE_CHANNELS ? SW_TIMELINE_CHANNEL
                                                         : SW_TIMELINE_VARIABLE,
            .ordinal = i + 1,
            .name = sample->hostile ? sample_text(sample, "", i) : names[i]};
}

/* That many entries, at least 2.  To be freed. */
static struct sample *sample_make(uint32_t count, int hostile)
{
    struct sample *sample = calloc(1, sizeof *sample);
    struct sw_timeline *timeline = &sample->timeline;
    uint32_t thread = 1;

    sample->state = 12;
    sample->hostile = hostile;
    timeline->entries = calloc(count + 2, sizeof *timeline->entries);
    timeline->threads = calloc(SAMPLE_THREADS, sizeof *timeline->threads);
    timeline->tasklets = calloc(SAMPLE_TASKLETS, sizeof *timeline->tasklets);
    timeline->objects = calloc(SAMPLE_OBJECTS, sizeof *timeline->objects);
    timeline->thread_count = SAMPLE_THREADS;
    timeline->tasklet_count = SAMPLE_TASKLETS;
    timeline->object_count = SAMPLE_OBJECTS;
    timeline->is_same = timeline->has_accesses = 1;
    sample_name(sample);
    while (timeline->entry_count + 1 < count)
        sample_add(sample, &thread);
    sample_fail(sample, thread);
    timeline->decision_count = sample->step + 1;
    return sample;
}

static void sample_free(struct sample *sample)
{
    for (uint32_t i = 0; i < sample->kept_count; i++)
        free(sample->kept[i]);
    free(sample->kept);
    free(sample->timeline.entries);
    free(sample->timeline.threads);
    free(sample->timeline.tasklets);
    free(sample->timeline.objects);
    free(sample);
}

/* Its picture; the sample can be freed then. */
static struct sw_picture *sample_picture(const struct sample *sample)
{
    struct sw_explanation explanation = {
        .kind = SW_EXPLANATION_LOST_VALUE,
        .rows = {1},
        .row_count = 1,
    };
    struct sw_picture_timeline_about about = {
        .title = sample->hostile ? sample_hostile[0] : "tests/test_orders.py::test_all_arrive",
        .file = sample->hostile ? sample_hostile[1] : "test_orders.sched",
        .explanation = &explanation,
    };

    snprintf(explanation.object, sizeof explanation.object, "%s",
             sample->hostile ? sample_hostile[1] : "chunks");
    snprintf(explanation.sentence, sizeof explanation.sentence, "%s",
             sample->hostile ? sample_hostile[3]
                             : "as by default, except: T1 is stopped behind bank.py:12");
    return sw_picture_timeline_make(&sample->timeline, &about);
}

#endif
