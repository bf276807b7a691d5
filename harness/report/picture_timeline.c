/* SPDX-License-Identifier: MIT */
#include "picture_timeline.h"

#include <stdlib.h>
#include <string.h>

#include "contract/library_frame.h"
#include "why_path.h"
#include "why_threads.h"

/* Where a thread's, a tasklet's or an object's lane begins: threads stand first, then tasklets,
 * then objects, in the timeline's own order. */
struct maker {
    const struct sw_timeline *timeline;
    struct sw_picture *picture;
    uint32_t *source_of; /* 1 + the text of a line, by the text of its place; 0: not read yet */
    uint32_t source_count; /* how many there is room for */
    uint32_t unknown; /* the lane of who is not known */
    int has_files; /* the interpreter tells where something happens */
    int is_told; /* the agent has told of a failure */
    uint8_t *is_hop; /* 1: that entry is on the way that why tells */
    uint8_t *of_library; /* 1: that object is a lock of Python's own library */
};

enum { WORDS_MAX = 640, PLACE_MAX = 4400 };

/* ---- lanes ---- */

static uint32_t tasklet_lane(const struct maker *maker, uint32_t tasklet)
{
    return maker->timeline->thread_count + tasklet - 1;
}

static uint32_t object_lane(const struct maker *maker, uint32_t object)
{
    return maker->timeline->thread_count + maker->timeline->tasklet_count + object - 1;
}

static void add_threads(struct maker *maker)
{
    const struct sw_timeline *timeline = maker->timeline;

    for (uint32_t i = 0; i < timeline->thread_count; i++) {
        char number[16], name[256];
        sw_timeline_thread(timeline, i + 1, number);
        snprintf(name, sizeof name, "%s%s%s", number, *timeline->threads[i].name ? " " : "",
                 timeline->threads[i].name);
        sw_picture_add_lane(maker->picture, SW_PICTURE_LANE_THREAD, name, 0);
    }
}

static void add_lanes(struct maker *maker)
{
    static const enum sw_picture_lane_kind kinds[] = {
        [SW_TIMELINE_NO_OBJECT] = SW_PICTURE_LANE_OBJECT,
        [SW_TIMELINE_SYNC] = SW_PICTURE_LANE_LOCK,
        [SW_TIMELINE_VARIABLE] = SW_PICTURE_LANE_OBJECT,
        [SW_TIMELINE_CHANNEL] = SW_PICTURE_LANE_CHANNEL,
    };
    const struct sw_timeline *timeline = maker->timeline;

    add_threads(maker);
    for (uint32_t i = 0; i < timeline->tasklet_count; i++)
        sw_picture_add_lane(maker->picture, SW_PICTURE_LANE_TASKLET, timeline->tasklets[i].name,
                            timeline->tasklets[i].thread);
    for (uint32_t i = 0; i < timeline->object_count; i++)
        sw_picture_add_lane(maker->picture, kinds[timeline->objects[i].kind],
                            timeline->objects[i].name, 0);
    maker->unknown = maker->picture->lane_count;
}

/* Of who it is not known, there is a lane only if there is such a mark. */
static uint32_t lane_of(struct maker *maker, const struct sw_timeline_entry *entry)
{
    if (entry->tasklet != 0)
        return tasklet_lane(maker, entry->tasklet);
    if (entry->thread != 0)
        return entry->thread - 1;
    if (maker->unknown == maker->picture->lane_count)
        sw_picture_add_lane(maker->picture, SW_PICTURE_LANE_THREAD, "?", 0);
    return maker->unknown;
}

/* ---- an entry in words ---- */

/* Of what comes after the thread's name, "%s" is the object, "%o" the other thread, "%t" the
 * text. */
static const char *const words[SW_TIMELINE_KIND_COUNT] = {
    [SW_TIMELINE_RUN] = "cannot go on: %o runs",
    [SW_TIMELINE_CONTINUE] = "goes on, where by default %o would run",
    [SW_TIMELINE_PREEMPT] = "is stopped, and %o runs",
    [SW_TIMELINE_EARLY] = "time jumps: %o's wait ends by its deadline",
    [SW_TIMELINE_DECIDE] = "%t",
    [SW_TIMELINE_READ] = "reads %s",
    [SW_TIMELINE_WRITE] = "writes %s",
    [SW_TIMELINE_LOCK] = "takes %s",
    [SW_TIMELINE_UNLOCK] = "releases %s",
    [SW_TIMELINE_BLOCK] = "waits for %s",
    [SW_TIMELINE_TIMEOUT] = "waits no more for %s: the time is over",
    [SW_TIMELINE_WAIT] = "waits to be notified by %s",
    [SW_TIMELINE_NOTIFY] = "notifies %s: %t",
    [SW_TIMELINE_WAKE] = "wakes %o",
    [SW_TIMELINE_SPAWN] = "starts %o",
    [SW_TIMELINE_BEGIN] = "begins",
    [SW_TIMELINE_END] = "ends",
    [SW_TIMELINE_JOIN] = "joins %o",
    [SW_TIMELINE_SEND] = "sends %t on %s",
    [SW_TIMELINE_DELIVER] = "hands it to %t on %s",
    [SW_TIMELINE_RECEIVE] = "receives %t from %s",
    [SW_TIMELINE_SPILL] = "spills its C stack",
    [SW_TIMELINE_UNSPILL] = "has its C stack back",
    [SW_TIMELINE_RELEASE] = "releases %t",
    [SW_TIMELINE_RELEASED] = "has released %t",
    [SW_TIMELINE_DEALLOC] = "is deallocated",
    [SW_TIMELINE_GC] = "collects garbage",
    [SW_TIMELINE_FAULT] = "fault: %t",
    [SW_TIMELINE_EVENT] = "%t",
    [SW_TIMELINE_EXCEPTION] = "raises %t",
    [SW_TIMELINE_ESCAPE] = "is ended by %t",
    [SW_TIMELINE_FAILURE] = "%t",
};

/* What stands for a "%s", "%o" or "%t". */
static const char *part(const struct maker *maker, const struct sw_timeline_entry *entry,
                        char which, char number[16])
{
    if (which == 's')
        return entry->object != 0     ? maker->timeline->objects[entry->object - 1].name
               : *entry->text != '\0' ? entry->text
                                      : entry->place;
    if (which == 'o')
        return entry->other != 0 ? sw_timeline_thread(maker->timeline, entry->other, number)
                                 : "another thread";
    return *entry->text != '\0' ? entry->text : "it";
}

static uint32_t word(struct maker *maker, const struct sw_timeline_entry *entry)
{
    char buf[WORDS_MAX], number[16];
    size_t used = 0;

    /* Without an object the text says all of a wait. */
    const char *pattern =
        entry->kind == SW_TIMELINE_BLOCK && entry->object == 0 && *entry->text != '\0'
            ? "%t"
            : words[entry->kind];

    for (const char *at = pattern; *at != '\0' && used < sizeof buf - 1; at++) {
        if (*at != '%') {
            buf[used++] = *at;
            continue;
        }
        int more = snprintf(buf + used, sizeof buf - used, "%s", part(maker, entry, *++at, number));
        used += (size_t)more < sizeof buf - used ? (size_t)more : sizeof buf - used - 1;
    }
    buf[used] = '\0';
    return sw_picture_text(maker->picture, buf);
}

/* ---- places ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* The text of a line, which is read once. */
static uint32_t source_line(struct maker *maker, const struct sw_timeline_entry *entry)
{
    char buf[PLACE_MAX];

    snprintf(buf, sizeof buf, "%u:%s", entry->line, entry->file);
    uint32_t key = sw_picture_text(maker->picture, buf);
    if (key >= maker->source_count) {
        uint32_t wanted = key * 2 + 256;
        uint32_t *more = reallocarray(maker->source_of, wanted, sizeof *more);
        if (more == NULL)
            return 0;
        memset(more + maker->source_count, 0, (wanted - maker->source_count) * sizeof *more);
        maker->source_of = more;
        maker->source_count = wanted;
    }
    if (maker->source_of[key] == 0) {
        char line[SW_PICTURE_TEXT_MAX];
        sw_timeline_source(entry->file, entry->line, line, sizeof line);
        maker->source_of[key] = 1 + sw_picture_text(maker->picture, line);
    }
    return maker->source_of[key] - 1;
}

static void add_place(struct maker *maker, const struct sw_timeline_entry *entry,
                      struct sw_picture_mark *mark)
{
    char buf[PLACE_MAX];

    if (*entry->file == '\0') {
        mark->place = sw_picture_text(maker->picture, entry->place);
        return;
    }
    snprintf(buf, sizeof buf, "%s:%u%s%s", base_name(entry->file), entry->line,
             *entry->function != '\0' ? " " : "", entry->function);
    mark->place = sw_picture_text(maker->picture, buf);
    if (entry->line != 0)
        mark->source = source_line(maker, entry);
}

/* ---- marks ---- */

/* The value that the failure is about. */
static uint32_t value_of(const struct sw_timeline *timeline,
                         const struct sw_picture_timeline_about *about)
{
    if (about->value != 0)
        return about->value;
    for (uint32_t i = 0; i < timeline->entry_count; i++)
        if (timeline->entries[i].kind == SW_TIMELINE_FAILURE && timeline->entries[i].value != 0)
            return timeline->entries[i].value;
    return 0;
}

static int mark_hops_of_agent(struct maker *maker)
{
    int found = 0;

    for (uint32_t i = 0; i < maker->timeline->entry_count; i++)
        found |= maker->is_hop[i] = maker->timeline->entries[i].is_hop != 0;
    return found;
}

/* Of very many the first and the last, as why has it of values. */
static void mark_hops_of_threads(struct maker *maker)
{
    struct sw_why_threads why = {0};
    struct sw_error e;
    int found = sw_why_threads_find(&why, maker->timeline, NULL, &e) == 0;

    for (uint32_t i = 0; found && i < why.hop_count; i++)
        if (i < SW_WHY_HOPS_MAX / 2 || why.hop_count - i <= SW_WHY_HOPS_MAX / 2)
            maker->is_hop[why.hops[i].entry - maker->timeline->entries] = 1;
    sw_why_threads_free(&why);
}

static void mark_value(struct maker *maker, uint32_t value)
{
    for (uint32_t i = 0; i < maker->timeline->entry_count; i++)
        maker->is_hop[i] = maker->timeline->entries[i].value == value;
}

/* The way that why tells: the hops that the agent's events have; or all that is said of a value that
 * was asked for, or that the failure names; else what threads have done. */
static void find_hops(struct maker *maker, const struct sw_picture_timeline_about *about)
{
    uint32_t value = value_of(maker->timeline, about);

    maker->is_hop = calloc((size_t)maker->timeline->entry_count + 1, 1);
    maker->picture->failed |= maker->is_hop == NULL;
    if (maker->is_hop == NULL || (about->value == 0 && mark_hops_of_agent(maker)))
        return;
    if (value != 0)
        mark_value(maker, value);
    else if (about->explanation != NULL)
        mark_hops_of_threads(maker);
}

/* What is known to be somewhere else: in Python's own library, in what runs tests, and, of locks,
 * in the interpreter itself, where there is no line. */
static int is_of_program(const struct maker *maker, const struct sw_timeline_entry *entry)
{
    if (entry->is_point)
        return 0;
    if (*entry->file != '\0')
        return !sw_library_frame_is_dull_file(entry->file);
    return !maker->has_files || strcmp(sw_picture_looks[entry->kind].group, "lock") != 0;
}

/* A lock that was used where no line of the program is on the stack is not the program's: what
 * threads begin and end with, what imports take. */
static void find_library_locks(struct maker *maker)
{
    const struct sw_timeline *timeline = maker->timeline;

    for (uint32_t i = 0; i < timeline->entry_count; i++)
        maker->has_files |= *timeline->entries[i].file != '\0';
    maker->of_library = calloc((size_t)timeline->object_count + 1, 1);
    for (uint32_t i = 0; maker->of_library != NULL && i < timeline->entry_count; i++) {
        const struct sw_timeline_entry *entry = &timeline->entries[i];
        if (entry->object != 0 && !is_of_program(maker, entry) &&
            timeline->objects[entry->object - 1].kind == SW_TIMELINE_SYNC)
            maker->of_library[entry->object - 1] = 1;
    }
    maker->picture->failed |= maker->of_library == NULL;
}

/* Where it went wrong: of what the agent tells the first; else the last exception that ended a
 * thread or the test; else the end, of which nobody says more than its status. */
static void note_failure(struct maker *maker, const struct sw_timeline_entry *entry, uint32_t at)
{
    struct sw_picture *picture = maker->picture;
    int told = entry->kind == SW_TIMELINE_FAILURE && entry->event != 0;
    int ends = entry->kind == SW_TIMELINE_FAILURE && picture->failure == 0;

    if (maker->is_told || !(told || ends || entry->kind == SW_TIMELINE_ESCAPE))
        return;
    picture->failure = at + 1;
    maker->is_told = told;
}

/* number: 1 + an entry. */
static uint16_t explained_flags(const struct sw_explanation *explanation, uint32_t number)
{
    uint16_t flags = 0;

    if (explanation == NULL)
        return 0;
    if (number == explanation->pair[0] || number == explanation->pair[1])
        flags |= SW_PICTURE_IN_PAIR;
    for (uint32_t i = 0; i < explanation->row_count; i++)
        if (explanation->rows[i] == number)
            flags |= SW_PICTURE_MATTERS;
    return flags;
}

static void add_mark(struct maker *maker, uint32_t at,
                     const struct sw_picture_timeline_about *about)
{
    const struct sw_timeline_entry *entry = &maker->timeline->entries[at];
    /* Not yet in the list: adding a lane or a text may fail, and a mark is whole or not there. */
    struct sw_picture_mark mark = {
        .step = entry->step,
        .lane = lane_of(maker, entry),
        .object = entry->object != 0 ? 1 + object_lane(maker, entry->object) : 0,
        .partner = entry->partner <= at ? entry->partner : 0,
        .kind = (uint16_t)entry->kind};

    mark.text = word(maker, entry);
    mark.before = sw_picture_text(maker->picture, entry->before);
    mark.after = sw_picture_text(maker->picture, entry->after);
    mark.stack = sw_picture_text_lines(maker->picture, entry->stack);
    add_place(maker, entry, &mark);
    if (maker->is_hop[at])
        mark.flags |= SW_PICTURE_ON_PATH;
    mark.flags |= explained_flags(about->explanation, at + 1);
    if (entry->deviates)
        mark.flags |= SW_PICTURE_DEVIATES;
    if (!is_of_program(maker, entry) ||
        (entry->object != 0 && maker->of_library[entry->object - 1]))
        mark.flags |= SW_PICTURE_IN_LIBRARY;
    *sw_picture_add_mark(maker->picture) = mark;
    note_failure(maker, entry, at);
}

static void add_explanation(struct sw_picture *picture, const struct sw_explanation *explanation)
{
    char text[WORDS_MAX];

    snprintf(text, sizeof text, "%s%s%s", sw_explanation_name(explanation->kind),
             *explanation->object != '\0' ? ", of " : "", explanation->object);
    picture->explained = sw_picture_text(picture, text);
    picture->sentence = sw_picture_text_lines(picture, explanation->sentence);
    picture->reason = sw_picture_text_lines(picture, explanation->reason);
}

static void add_about(struct maker *maker, const struct sw_picture_timeline_about *about)
{
    struct sw_picture *picture = maker->picture;
    char outcome[SW_END_LINE_MAX], unseen[SW_TIMELINE_NOTE + 256];

    sw_run_end_format(&maker->timeline->end, outcome, sizeof outcome);
    snprintf(unseen, sizeof unseen, "%s%s%s", maker->timeline->note,
             *maker->timeline->note != '\0' && !maker->timeline->has_accesses ? "; " : "",
             maker->timeline->has_accesses ? "" : "reads and writes of variables are not in it");
    picture->title = sw_picture_text(picture, about->title);
    picture->file = sw_picture_text(picture, about->file);
    picture->outcome = sw_picture_text(picture, outcome);
    if (about->explanation != NULL)
        add_explanation(picture, about->explanation);
    picture->unseen = sw_picture_text(picture, unseen);
}

struct sw_picture *sw_picture_timeline_make(const struct sw_timeline *timeline,
                                            const struct sw_picture_timeline_about *about)
{
    struct maker maker = {.timeline = timeline, .picture = sw_picture_new()};

    if (maker.picture == NULL)
        return NULL;
    find_hops(&maker, about);
    add_about(&maker, about);
    add_lanes(&maker);
    find_library_locks(&maker);
    for (uint32_t i = 0; !maker.picture->failed && i < timeline->entry_count; i++)
        add_mark(&maker, i, about);
    free(maker.source_of);
    free(maker.of_library);
    free(maker.is_hop);
    if (sw_picture_lay_out(maker.picture) == 0)
        return maker.picture;
    sw_picture_free(maker.picture);
    return NULL;
}
