/* SPDX-License-Identifier: MIT
 *
 * explanation_find.c - patterns of reads and writes.
 */
#include "explanation_find.h"

#include <stdarg.h>
#include <string.h>

enum {
    DEPTH_MAX = 5, /* steps back: the assertion, who wrote that, what that one had read, ... */
    READS_MAX = 16, /* of one thread before a place: what the last few lines have looked at */
    BEFORE_MAX = 400, /* entries of one thread to look through for them */
};

struct search {
    struct sw_explanation *explanation;
    const struct sw_timeline *timeline;
    uint32_t seen[DEPTH_MAX * READS_MAX]; /* objects whose writers have been asked already */
    uint32_t seen_count;
};

static const struct sw_timeline_entry *at(const struct search *search, uint32_t number)
{
    return &search->timeline->entries[number - 1];
}

static int is_access(const struct sw_timeline_entry *entry)
{
    return entry->object != 0 &&
           (entry->kind == SW_TIMELINE_READ || entry->kind == SW_TIMELINE_WRITE);
}

static int is_write(const struct sw_timeline_entry *entry)
{
    return entry->kind == SW_TIMELINE_WRITE;
}

/* "dict['x']" and "dict['y']" are two things; "dict.pop" is about all of it. */
static int is_item(const struct sw_timeline_entry *entry)
{
    return strchr(entry->text, '[') != NULL;
}

static int may_meet(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->object == b->object && (!is_item(a) || !is_item(b) || strcmp(a->text, b->text) == 0);
}

static int is_same_thing(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->object == b->object && strcmp(a->text, b->text) == 0;
}

static int is_in_one_function(const struct sw_timeline_entry *a, const struct sw_timeline_entry *b)
{
    return a->thread == b->thread && strcmp(a->function, b->function) == 0 &&
           strcmp(a->file, b->file) == 0;
}

#define SW_IDENTIFIER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

static int is_builtin(const char *name)
{
    static const char *const names[] = {"list",        "dict",      "set",         "deque",
                                        "defaultdict", "bytearray", "OrderedDict", "Counter"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return 0;
}

/* A list is called "list" wherever it is; where it is in the program its line says: items.append(1)
 * or seen[3]. */
static void add_expression(const struct sw_timeline_entry *entry, char name[SW_EXPLANATION_NAME])
{
    char segment[120];
    size_t size = strlen(sw_timeline_segment(entry, segment, sizeof segment));
    const char *call = strchr(segment, '('), *item = strchr(segment, '[');

    if (item != NULL && (call == NULL || item < call))
        size = (size_t)(item - segment);
    else if (call != NULL)
        size = (size_t)(call - segment);
    segment[size] = '\0';
    /* Of a method the object stands before the last dot. */
    char *dot = strrchr(segment, '.');
    if (dot != NULL && call != NULL && (item == NULL || call < item))
        *dot = '\0';
    else if (dot == NULL && call != NULL && (item == NULL || call < item))
        return; /* len(x) */
    if (*segment == '\0' || segment[strspn(segment, SW_IDENTIFIER)] != '\0')
        return;
    size_t used = strlen(name);
    snprintf(name + used, SW_EXPLANATION_NAME - used, " %s", segment);
}

/* In a buffer of two, since a sentence may have two. */
static const char *object_name(const struct search *search, uint32_t number)
{
    static char names[2][SW_EXPLANATION_NAME];
    static int turn;
    const struct sw_timeline_entry *entry = at(search, number);
    char *name = names[turn = 1 - turn];

    snprintf(name, SW_EXPLANATION_NAME, "%s", search->timeline->objects[entry->object - 1].name);
    if (strchr(name, '.') == NULL && strncmp(entry->text, name, strlen(name)) == 0 &&
        (is_item(entry) || strchr(entry->text, '.') != NULL || is_builtin(name)))
        add_expression(entry, name);
    return name;
}

static int found(struct search *search, enum sw_explanation_kind kind, uint32_t first,
                 uint32_t second)
{
    const char *name = object_name(search, first);

    /* Where the first does not say what it is in the program, the other one may. */
    if (strcmp(name, search->timeline->objects[at(search, first)->object - 1].name) == 0 &&
        at(search, second)->object == at(search, first)->object)
        name = object_name(search, second);
    sw_explanation_set(search->explanation, kind, name, first, second);
    return 1;
}

__attribute__((format(printf, 2, 3))) static void reason(struct search *search, const char *format,
                                                         ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(search->explanation->reason, sizeof search->explanation->reason, format, arguments);
    va_end(arguments);
}

/* ---- one object ---- */

/* A write of that thing by another thread in between; 0: none. */
static uint32_t find_write_between(const struct search *search, uint32_t from, uint32_t to)
{
    const struct sw_timeline_entry *read = at(search, from);

    for (uint32_t i = read->same_behind; i != 0 && i < to; i = at(search, i)->same_behind)
        if (is_write(at(search, i)) && at(search, i)->thread != read->thread &&
            may_meet(at(search, i), read))
            return i;
    return 0;
}

/* The last read of that thing by the same thread before it, with no write of its own in between; 0:
 * none. */
static uint32_t find_read_before(const struct search *search, uint32_t number)
{
    const struct sw_timeline_entry *entry = at(search, number);

    for (uint32_t i = entry->same_before; i != 0; i = at(search, i)->same_before) {
        const struct sw_timeline_entry *before = at(search, i);
        if (before->thread != entry->thread || !may_meet(before, entry))
            continue;
        if (before->kind == SW_TIMELINE_WRITE)
            return 0;
        if (before->kind == SW_TIMELINE_READ)
            return i;
    }
    return 0;
}

static int is_nothing(const char *value)
{
    return *value == '\0' || strcmp(value, "None") == 0 || strcmp(value, "False") == 0 ||
           strcmp(value, "True") == 0;
}

/* What was read is no longer there when the thread writes: r1 w2 w1. */
static int is_overwritten(struct search *search, uint32_t read, uint32_t between, uint32_t write)
{
    const struct sw_timeline_entry *r1 = at(search, read), *w1 = at(search, write);

    if (!is_same_thing(r1, w1) || strcmp(r1->before, w1->before) == 0 || *w1->after == '\0')
        return 0;
    /* Whoever finds nothing there and makes something has not lost an update, but has made two. */
    int is_check = is_nothing(r1->before);
    found(search, is_check ? SW_EXPLANATION_CHECK_THEN_ACT : SW_EXPLANATION_LOST_UPDATE, read,
          between);
    sw_explanation_add(search->explanation, write);
    char one[16], other[16];
    sw_timeline_thread(search->timeline, r1->thread, one);
    sw_timeline_thread(search->timeline, at(search, between)->thread, other);
    reason(search,
           is_check
               ? "%s is %s when %s looks at it; %s makes it %s; %s, which does not look again, "
                 "writes %s"
               : "%s is %s when %s reads it; %s makes it %s; %s, which has read before that, "
                 "overwrites it with %s",
           search->explanation->object, *r1->before != '\0' ? r1->before : "not there", one, other,
           w1->before, one, w1->after);
    return 1;
}

/* Thread 1 has seen one value, now sees another, and writes. */
static int is_acted_upon(struct search *search, uint32_t read, uint32_t write)
{
    uint32_t check = find_read_before(search, read);
    uint32_t between = check != 0 ? find_write_between(search, check, read) : 0;

    if (between == 0 || !is_same_thing(at(search, check), at(search, read)) ||
        strcmp(at(search, check)->before, at(search, read)->before) == 0)
        return 0;
    found(search, SW_EXPLANATION_CHECK_THEN_ACT, check, between);
    sw_explanation_add(search->explanation, read);
    sw_explanation_add(search->explanation, write);
    reason(search, "%s was %s when it was checked, and is %s when the thread acts on that",
           search->explanation->object, at(search, check)->before, at(search, read)->before);
    return 1;
}

/* entry: any with that object. */
static uint32_t first_of(const struct search *search, uint32_t entry)
{
    while (at(search, entry)->same_before != 0)
        entry = at(search, entry)->same_before;
    return entry;
}

/* The writes of the object of that entry, in their order. */
static int find_in_object(struct search *search, uint32_t object)
{
    for (uint32_t i = first_of(search, object); i != 0; i = at(search, i)->same_behind) {
        if (!is_write(at(search, i)))
            continue;
        uint32_t read = find_read_before(search, i);
        uint32_t between = read != 0 ? find_write_between(search, read, i) : 0;
        if (between != 0 && is_overwritten(search, read, between, i))
            return 1;
        if (read != 0 && between == 0 && is_acted_upon(search, read, i))
            return 1;
    }
    return 0;
}

/* ---- two objects ---- */

static uint32_t next(const struct sw_timeline_entry *entry, int step)
{
    return step < 0 ? entry->same_before : entry->same_behind;
}

/* The last write of the object before that entry by another thread, or the first one behind it. */
static uint32_t find_write(const struct search *search, uint32_t number, int step)
{
    const struct sw_timeline_entry *entry = at(search, number);

    for (uint32_t i = next(entry, step); i != 0; i = next(at(search, i), step))
        if (is_write(at(search, i)) && at(search, i)->thread != entry->thread)
            return i;
    return 0;
}

/* One function does one and then the other, and not in the next round of a loop; and it changes
 * something. */
static int belong_together(const struct search *search, uint32_t a, uint32_t b)
{
    const struct sw_timeline_entry *first = at(search, a < b ? a : b);
    const struct sw_timeline_entry *second = at(search, a < b ? b : a);

    return is_write(first) && is_write(second) && is_in_one_function(first, second) &&
           first->line <= second->line && strcmp(first->before, first->after) != 0 &&
           strcmp(second->before, second->after) != 0;
}

/* Has the thread written the second object before that, since it has written the first?  Then the two
 * are of two rounds. */
static int is_of_another_round(const struct search *search, uint32_t written, uint32_t later)
{
    for (uint32_t i = at(search, later)->same_before; i > written; i = at(search, i)->same_before)
        if (is_write(at(search, i)) && at(search, i)->thread == at(search, later)->thread)
            return 1;
    return 0;
}

/* The write of the object of that entry by the function that has done `written`, before or behind
 * the entry; 0: there is none. */
static uint32_t find_write_of(const struct search *search, uint32_t number, int step,
                              uint32_t written)
{
    uint32_t i = next(at(search, number), step);

    while (i != 0 && written != 0 && !belong_together(search, i, written))
        i = next(at(search, i), step);
    return written != 0 ? i : 0;
}

/* Both are written between the two reads.  Whoever has read a flag first has relied on it. */
static int is_overtaken(struct search *search, uint32_t first, uint32_t second, uint32_t write)
{
    int is_check = is_nothing(at(search, first)->before);

    found(search, is_check ? SW_EXPLANATION_CHECK_THEN_ACT : SW_EXPLANATION_TORN_PAIR, first,
          write);
    sw_explanation_add(search->explanation, second);
    reason(search,
           is_check ? "%s was %s when it was checked, and is another when %s is looked at"
                    : "%s is read as it was (%s) before %s, which belongs to it, was written",
           search->timeline->objects[at(search, first)->object - 1].name, at(search, first)->before,
           search->timeline->objects[at(search, second)->object - 1].name);
    return 1;
}

/* first, second: reads of two objects by one thread, in this order. */
static int is_torn(struct search *search, uint32_t first, uint32_t second)
{
    uint32_t written = find_write(search, first, -1), later = 0;

    /* Of several writers the one counts that is not done yet. */
    for (uint32_t i = written; i != 0 && later == 0; i = at(search, i)->same_before) {
        uint32_t other = is_write(at(search, i)) ? find_write_of(search, second, 1, i) : 0;
        if (other != 0 && !is_of_another_round(search, i, other)) {
            written = i;
            later = other;
        }
    }
    /* The writer is between its two writes when both are read. */
    if (later != 0) {
        found(search, SW_EXPLANATION_TORN_PAIR, written, first);
    } else {
        written = find_write(search, second, -1);
        later = find_write_of(search, first, 1, written);
        if (later == 0)
            return 0;
        if (written < first && later > second)
            found(search, SW_EXPLANATION_TORN_PAIR, written, second);
        else if (written > first && later < second)
            return is_overtaken(search, first, second, written < later ? written : later);
        else
            return 0;
    }
    sw_explanation_add(search->explanation, first);
    sw_explanation_add(search->explanation, second);
    sw_explanation_add(search->explanation, written);
    sw_explanation_add(search->explanation, later);
    reason(search,
           "%s and %s are written together, and one is read as it was before that and one "
           "as it is behind it",
           search->timeline->objects[at(search, first)->object - 1].name,
           search->timeline->objects[at(search, second)->object - 1].name);
    return 1;
}

/* ---- what a thread has looked at before a place ---- */

struct reads {
    uint32_t list[READS_MAX]; /* the last one first; each object once */
    uint32_t count;
};

static int is_in(const struct search *search, const struct reads *reads, uint32_t object)
{
    for (uint32_t i = 0; i < reads->count; i++)
        if (at(search, reads->list[i])->object == object)
            return 1;
    return 0;
}

/* Only what other threads write as well. */
static int is_shared(const struct search *search, uint32_t object, uint32_t thread)
{
    uint32_t writer = search->timeline->objects[object - 1].writer;

    return writer != 0 && writer != thread;
}

static void find_reads(const struct search *search, uint32_t number, struct reads *reads)
{
    uint32_t thread = at(search, number)->thread, looked = 0;

    reads->count = 0;
    for (uint32_t i = number; i-- > 1 && reads->count < READS_MAX && looked < BEFORE_MAX;) {
        const struct sw_timeline_entry *entry = at(search, i);
        if (entry->thread != thread)
            continue;
        looked++;
        if (is_access(entry) && !is_in(search, reads, entry->object) &&
            is_shared(search, entry->object, thread))
            reads->list[reads->count++] = i;
    }
}

/* ---- from an exception ---- */

static int says(const struct sw_timeline_entry *exception, const char *words)
{
    return strstr(exception->text, words) != NULL;
}

/* The last write by another thread, of the object of that entry, before `end`. */
static uint32_t find_write_before(const struct search *search, uint32_t entry, uint32_t end,
                                  uint32_t thread)
{
    uint32_t found_so_far = 0;

    for (uint32_t i = first_of(search, entry); i != 0 && i < end; i = at(search, i)->same_behind)
        if (is_write(at(search, i)) && at(search, i)->thread != thread)
            found_so_far = i;
    return found_so_far;
}

static int is_changed_iteration(struct search *search, uint32_t exception)
{
    const struct sw_timeline_entry *raised = at(search, exception);
    uint32_t read = 0, start = 0;

    if (!says(raised, "during iteration") && !says(raised, "list modified during sort"))
        return 0;
    for (uint32_t i = exception; i-- > 1 && read == 0;)
        if (at(search, i)->thread == raised->thread && is_access(at(search, i)))
            read = i;
    if (read == 0)
        return 0;
    /* The last write may stand behind the last look at it: the raising look is one more. */
    uint32_t write = find_write_before(search, read, exception, raised->thread);
    for (uint32_t i = write; i != 0 && start == 0; i = at(search, i)->same_before)
        if (at(search, i)->kind == SW_TIMELINE_READ && at(search, i)->thread == raised->thread)
            start = i;
    if (start == 0)
        return 0;
    found(search, SW_EXPLANATION_ITERATION, start, write);
    sw_explanation_add(search->explanation, exception);
    reason(search, "a thread goes over %s while another changes it", object_name(search, write));
    return 1;
}

/* The thing that the raising statement has touched last. */
static uint32_t find_touched(const struct search *search, uint32_t exception)
{
    const struct sw_timeline_entry *raised = at(search, exception);

    for (uint32_t i = exception; i-- > 1;) {
        const struct sw_timeline_entry *entry = at(search, i);
        if (entry->thread != raised->thread)
            continue;
        if (is_access(entry))
            return entry->line == raised->line && strcmp(entry->file, raised->file) == 0 ? i : 0;
    }
    return 0;
}

static int is_kind(const struct sw_timeline_entry *exception, const char *name)
{
    return strncmp(exception->text, name, strlen(name)) == 0;
}

/* An access that cannot be done now: what it wants is not there. */
static int is_failing_access(const struct sw_timeline_entry *exception)
{
    return is_kind(exception, "AttributeError") || is_kind(exception, "TypeError") ||
           is_kind(exception, "KeyError") || is_kind(exception, "IndexError") ||
           is_kind(exception, "NameError") || is_kind(exception, "UnboundLocalError") ||
           is_kind(exception, "ValueError");
}

/* The thread has looked at the thing before, and it was all right then. */
static int is_checked_before(struct search *search, uint32_t touched, uint32_t exception)
{
    uint32_t check = find_read_before(search, touched);

    while (check != 0 && find_write_between(search, check, touched) == 0)
        check = find_read_before(search, check);
    if (check == 0 || !is_in_one_function(at(search, check), at(search, touched)))
        return 0;
    found(search, SW_EXPLANATION_CHECK_THEN_ACT, check, find_write_between(search, check, touched));
    sw_explanation_add(search->explanation, touched);
    sw_explanation_add(search->explanation, exception);
    reason(search, "%s was looked at, was changed by another thread, and is then relied upon",
           object_name(search, touched));
    return 1;
}

/* What it has looked at just now is another value than when it looked before. */
static int has_changed_meanwhile(struct search *search, uint32_t exception)
{
    struct reads reads;

    find_reads(search, exception, &reads);
    for (uint32_t i = 0; i < reads.count; i++) {
        uint32_t read = reads.list[i], check = find_read_before(search, read);
        uint32_t between = check != 0 ? find_write_between(search, check, read) : 0;
        if (between == 0 || at(search, read)->kind != SW_TIMELINE_READ ||
            !is_same_thing(at(search, check), at(search, read)) ||
            strcmp(at(search, check)->before, at(search, read)->before) == 0)
            continue;
        found(search, SW_EXPLANATION_CHECK_THEN_ACT, check, between);
        sw_explanation_add(search->explanation, read);
        sw_explanation_add(search->explanation, exception);
        reason(search,
               "%s was %s when it was looked at first, and is %s when it is looked at again",
               object_name(search, read), at(search, check)->before, at(search, read)->before);
        return 1;
    }
    return 0;
}

static int is_in_wrong_order(struct search *search, uint32_t touched, uint32_t exception)
{
    const struct sw_timeline_entry *entry = at(search, touched);
    uint32_t before = find_write(search, touched, -1), behind = find_write(search, touched, 1);
    int is_missing = *entry->before == '\0' || strcmp(entry->before, "None") == 0;

    if (!is_missing)
        return 0;
    /* Somebody has taken it away; or nobody has put it there yet. */
    int is_gone = before != 0 && (strcmp(at(search, before)->after, "None") == 0 ||
                                  strcmp(at(search, before)->after, "deleted") == 0);
    if (!is_gone && behind == 0)
        return 0;
    found(search, SW_EXPLANATION_ORDER, is_gone ? before : touched, is_gone ? touched : behind);
    sw_explanation_add(search->explanation, exception);
    reason(search,
           is_gone ? "%s is used behind the write that takes it away"
                   : "%s is used before it is written",
           object_name(search, touched));
    return 1;
}

/* ---- back from what was read ---- */

static int find_from(struct search *search, uint32_t number, int depth);

static int is_seen(struct search *search, uint32_t object)
{
    for (uint32_t i = 0; i < search->seen_count; i++)
        if (search->seen[i] == object)
            return 1;
    if (search->seen_count < sizeof search->seen / sizeof *search->seen)
        search->seen[search->seen_count++] = object;
    return 0;
}

/* Who has written it last before that place, with what it had seen; and an exception that it has
 * met just before: what is kept in a list of errors, say. */
static int find_from_writer(struct search *search, uint32_t read, int depth)
{
    for (uint32_t i = at(search, read)->same_before; i != 0; i = at(search, i)->same_before) {
        const struct sw_timeline_entry *write = at(search, i);
        if (!is_write(write) || write->thread == at(search, read)->thread)
            continue;
        for (uint32_t k = i, left = READS_MAX; k-- > 1 && left > 0;) {
            left -= at(search, k)->thread == write->thread;
            if (at(search, k)->thread == write->thread &&
                at(search, k)->kind == SW_TIMELINE_EXCEPTION && find_from(search, k, depth - 1))
                return 1;
        }
        return find_from(search, i, depth - 1);
    }
    return 0;
}

static int find_torn(struct search *search, const struct reads *reads)
{
    for (uint32_t i = 0; i < reads->count; i++)
        for (uint32_t k = i + 1; k < reads->count; k++)
            if (at(search, reads->list[i])->kind == SW_TIMELINE_READ &&
                at(search, reads->list[k])->kind == SW_TIMELINE_READ &&
                is_in_one_function(at(search, reads->list[i]), at(search, reads->list[k])) &&
                is_torn(search, reads->list[k], reads->list[i]))
                return 1;
    return 0;
}

static int find_from_reads(struct search *search, uint32_t number, int depth)
{
    struct reads reads;

    find_reads(search, number, &reads);
    for (uint32_t i = 0; i < reads.count; i++)
        if (find_in_object(search, reads.list[i]))
            return 1;
    if (find_torn(search, &reads))
        return 1;
    for (uint32_t i = 0; i < reads.count && depth > 0; i++)
        if (!is_seen(search, at(search, reads.list[i])->object) &&
            find_from_writer(search, reads.list[i], depth))
            return 1;
    return 0;
}

/* number: an exception, or a write. */
static int find_from(struct search *search, uint32_t number, int depth)
{
    const struct sw_timeline_entry *entry = at(search, number);

    if (depth <= 0)
        return 0;
    if (entry->kind == SW_TIMELINE_EXCEPTION) {
        uint32_t touched = find_touched(search, number);
        if (is_changed_iteration(search, number))
            return 1;
        if (touched != 0 && is_failing_access(entry) &&
            (is_checked_before(search, touched, number) ||
             is_in_wrong_order(search, touched, number)))
            return 1;
        if (touched == 0 && is_failing_access(entry) && has_changed_meanwhile(search, number))
            return 1;
    }
    return find_from_reads(search, number, depth);
}

int sw_explanation_find_data(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                             uint32_t exception)
{
    struct search search = {.explanation = explanation, .timeline = timeline};

    return find_from(&search, exception, DEPTH_MAX);
}
