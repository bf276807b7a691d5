/* SPDX-License-Identifier: MIT */
#include "why_cause.h"

#include <string.h>

enum way { SEEN, NAMED, AROUND, LAST };

/* By the beginning of the oracle's name, and of the point at which it was looked at: "" is every
 * point, "-" none.  The first that fits counts.  What is not here is SEEN, and if the stack says
 * nothing, LAST.  operation: what is NAMED; of SEEN, what is named where that is an operation on a
 * channel. */
static const struct {
    const char *oracle, *point;
    enum way way;
    const char *operation;
} rules[] = {
    {"I4 ", "", LAST, NULL},
    {"I6 ", "", LAST, NULL},
    {"I7 ", "ring.insert", SEEN, NULL},
    {"I7 ", "ring.remove", NAMED, "remove"},
    {"I7 ", "", LAST, NULL},
    /* Code that runs as somebody else is called by what is under way. */
    {"I8 ", "switch.", SEEN, NULL},
    {"I8 ", "eval.", SEEN, NULL},
    {"I8 ", "", LAST, NULL},
    /* Counted at the end, when nothing is under way: who keeps a reference nobody has seen. */
    {"I12 ", "-", AROUND, NULL},
    {"I12 ", "", LAST, NULL},
    {"I13 ", "", AROUND, NULL},
    {"I14 ", "", LAST, NULL},
    {"I15 ", "", NAMED, "dealloc"},
    {"I16 ", "", NAMED, "dealloc"},
    {"I17 ", "", NAMED, "switch"},
    {"I18 ", "", LAST, NULL},
    {"I19 ", "switch.result", NAMED, "switch"},
    /* A data stack is given back when its tasklet ends; the rest is exchanged by switches. */
    {"I20 ", "-", NAMED, "end"},
    {"I20 ", "", NAMED, "switch"},
    /* A tasklet comes to a thread that is not its own by a wait that ends for it. */
    {"I21 ", "", NAMED, "wait"},
    {"I22 ", "thread.", SEEN, NULL},
    {"I22 ", "", LAST, NULL},
    /* Whether there is a deadlock is decided where the thread would wait. */
    {"I23 ", "", NAMED, "wait"},
    {"I24 ", "", NAMED, "callback"},
    {"I25 ", "", NAMED, "atomic"},
    {"I27 ", "", NAMED, "thread-end"},
    {"I32 ", "switch.", NAMED, "switch"},
    {"I34 ", "tasklet.end", LAST, NULL},
    {"I35 ", "spill.", SEEN, NULL},
    {"I35 ", "", NAMED, "switch"},
    /* An operation on a channel in the middle of one: whoever has let it enter is at fault. */
    {"I37 ", "mailbox.", SEEN, "callback"},
    {"I37 ", "", NAMED, "callback"},
    /* Somebody goes on who has got nothing. */
    {"value-phantom", "", NAMED, "switch"},
    {"transcript", "", LAST, NULL},
    {"outcome", "", LAST, NULL},
    {"condition", "", LAST, NULL},
    {"deadlock", "", LAST, NULL},
};
enum { RULE_COUNT = sizeof rules / sizeof *rules };

static const char *text_of(const struct sw_why *why, sw_text offset)
{
    return sw_event_shm_text(why->event_shm, offset);
}

static int begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static int is_at(const char *point, const char *wanted)
{
    return strcmp(wanted, "-") == 0 ? *point == '\0' : begins_with(point, wanted);
}

/* point: "" if it was in no visit. */
static int rule_of(const struct sw_why *why, const char *point)
{
    int i = 0;

    while (i < RULE_COUNT &&
           !(begins_with(why->verdict.oracle, rules[i].oracle) && is_at(point, rules[i].point)))
        i++;
    return i;
}

/* ---- by the stack of the failure ---- */

static void take(struct sw_why *why, const struct sw_why_stack *stack, uint32_t at,
                 const char *operation)
{
    why->operation = operation;
    why->where = *sw_why_stack_name(stack, at);
}

static void find_part(struct sw_why *why)
{
    uint32_t at;
    const char *operation = sw_why_stack_part(&why->stack, sw_why_stack_of_c(&why->stack), &at);

    if (operation != NULL)
        take(why, &why->stack, at, operation);
}

/* The innermost operation of C code; what is outside of it has only called Python code. */
static void find_seen(struct sw_why *why)
{
    uint32_t at = 0;
    const char *operation = sw_why_stack_operation(&why->stack, &at);

    if (operation != NULL && at < sw_why_stack_of_c(&why->stack))
        take(why, &why->stack, at, operation);
    else
        find_part(why);
}

/* Of an operation that is known: its function, if it is on the stack. */
static void find_named(struct sw_why *why, const char *named)
{
    const char *operation;

    why->operation = named;
    for (uint32_t at = 0; (operation = sw_why_stack_operation(&why->stack, &at)) != NULL; at++)
        if (strcmp(operation, named) == 0) {
            take(why, &why->stack, at, named);
            return;
        }
}

static void find_around(struct sw_why *why)
{
    const char *operation;

    for (uint32_t at = 0; (operation = sw_why_stack_operation(&why->stack, &at)) != NULL; at++)
        if (strcmp(operation, "dealloc") != 0) {
            take(why, &why->stack, at, operation);
            return;
        }
}

/* A switch in the middle of a deallocation is no common one.  1: it is on that stack. */
static int take_dealloc(struct sw_why *why, const struct sw_why_stack *stack)
{
    uint32_t end = sw_why_stack_of_c(stack);
    const char *operation;

    for (uint32_t at = 0; (operation = sw_why_stack_operation(stack, &at)) != NULL && at < end;
         at++)
        if (strcmp(operation, "dealloc") == 0) {
            take(why, stack, at, operation);
            return 1;
        }
    return 0;
}

/* Here, or where the switch began that leads here. */
static void find_dealloc(struct sw_why *why, uint32_t failure)
{
    static struct sw_why_stack stack; /* large */

    if (take_dealloc(why, &why->stack))
        return;
    for (uint32_t i = failure; i-- > 0;) {
        const struct sw_event *event = &why->event_shm->events[i];
        if (event->kind != SW_EVENT_VISIT ||
            strcmp(text_of(why, event->text), "switch.leave") != 0 ||
            strcmp(text_of(why, event->other), why->subject) != 0)
            continue;
        sw_why_stack_read(why->event_shm, event->stack, &stack);
        if (take_dealloc(why, &stack))
            why->by = event;
        return;
    }
}

/* A mailbox that is full while the release behind a switch runs code: the release had to put it
 * aside.  What empties it then may be anything. */
static int is_in_release(const struct sw_why *why)
{
    const char *operation;

    for (uint32_t at = 0; (operation = sw_why_stack_operation(&why->stack, &at)) != NULL; at++)
        if (strcmp(operation, "release") == 0)
            return 1;
    return 0;
}

/* ---- by what came before ---- */

/* What goes on or begins because of another operation, or is about to. */
static int is_passive(const struct sw_why *why, const struct sw_event *event)
{
    static const char *const points[] = {"switch.",       "chan.try",    "chan.send",
                                         "chan.receive",  "chan.new",    "thread.",
                                         "tasklet.new",   "spill.",      "callback.enter",
                                         "release.enter", "ring.remove", "mailbox.burst"};

    if (event->kind == SW_EVENT_UNSPILL || event->kind == SW_EVENT_WAIT ||
        event->kind == SW_EVENT_RELEASED)
        return 1;
    for (size_t i = 0; event->kind == SW_EVENT_VISIT && i < sizeof points / sizeof *points; i++)
        if (begins_with(text_of(why, event->text), points[i]))
            return 1;
    return 0;
}

static int is_about(const struct sw_why *why, const struct sw_event *event, const char *name)
{
    return strcmp(text_of(why, event->who), name) == 0 ||
           strcmp(text_of(why, event->other), name) == 0 ||
           strcmp(text_of(why, event->object), name) == 0;
}

/* Who has waited on the channel is part of its state. */
static int is_about_waiter(const struct sw_why *why, const struct sw_event *event)
{
    for (const struct sw_event *at = event; at-- > why->event_shm->events;)
        if (at->kind == SW_EVENT_VISIT && strcmp(text_of(why, at->text), "chan.enqueue") == 0 &&
            strcmp(text_of(why, at->object), why->subject) == 0 &&
            is_about(why, event, text_of(why, at->who)))
            return 1;
    return 0;
}

static int is_words(const struct sw_why *why)
{
    static const char *const oracles[] = {"condition", "outcome", "directive", "transcript"};

    for (size_t i = 0; i < sizeof oracles / sizeof *oracles; i++)
        if (strcmp(why->verdict.oracle, oracles[i]) == 0)
            return 1;
    return why->verdict.event == 0;
}

static int concerns(const struct sw_why *why, const struct sw_event *event)
{
    if (is_words(why) || *why->subject == '\0')
        return event->move == why->verdict.move || why->verdict.move == 0;
    return is_about(why, event, why->subject) || is_about_waiter(why, event);
}

/* What each step is full of: that it was there explains nothing, where nobody says what failed. */
static int is_common(const char *operation)
{
    static const char *const common[] = {"operation", "switch",  "start",  "end",
                                         "wait",      "wake",    "insert", "remove",
                                         "schedule",  "release", "dealloc"};

    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcmp(operation, common[i]) == 0)
            return 1;
    return 0;
}

static const char *operation_of(const struct sw_why *why, const struct sw_event *event,
                                struct sw_why_frame *where)
{
    static struct sw_why_stack stack; /* large */
    uint32_t at = 0;

    where->function[0] = where->place[0] = '\0';
    sw_why_stack_read(why->event_shm, event->stack, &stack);
    const char *operation = sw_why_stack_operation(&stack, &at);
    if (operation != NULL && at < sw_why_stack_of_c(&stack)) {
        *where = *sw_why_stack_name(&stack, at);
        return operation;
    }
    return sw_why_stack_operation_of_event(why->event_shm, event);
}

/* What can be in a mailbox is put there, or taken, by these; all that was brought by a switch is
 * taken when it goes on. */
static const char *operation_on_mailbox(const struct sw_why *why, const struct sw_event *event)
{
    const char *point = event->kind == SW_EVENT_VISIT ? text_of(why, event->text) : "";

    if (strcmp(point, "switch.result") == 0)
        return "switch";
    if (event->kind == SW_EVENT_ENDS)
        return "end";
    if (event->kind == SW_EVENT_DISPLACED || begins_with(point, "mailbox.displace"))
        return "throw";
    return event->kind == SW_EVENT_SEND || event->kind == SW_EVENT_DELIVER ? "operation" : NULL;
}

static void find_last(struct sw_why *why, uint32_t failure)
{
    int is_of_mailbox = begins_with(why->verdict.oracle, "I4 ");

    for (uint32_t i = failure; i-- > 0 && why->operation == NULL;) {
        const struct sw_event *event = &why->event_shm->events[i];
        const char *operation;
        if (is_of_mailbox ? !is_about(why, event, why->subject)
                          : is_passive(why, event) || !concerns(why, event))
            continue;
        operation = is_of_mailbox ? operation_on_mailbox(why, event)
                                  : operation_of(why, event, &why->where);
        if (operation == NULL || (is_words(why) && is_common(operation))) {
            why->where.function[0] = why->where.place[0] = '\0';
            continue;
        }
        why->operation = operation;
        why->by = event;
    }
}

/* The last that is known of the tasklet is that it has sat down in a queue.  Then it is what was done
 * to the queue since. */
static void follow_channel(struct sw_why *why, uint32_t failure)
{
    const struct sw_event *sat_down = why->by;
    const char *subject = why->subject;

    if (sat_down == NULL || sat_down->kind != SW_EVENT_VISIT ||
        strcmp(text_of(why, sat_down->text), "chan.enqueue") != 0)
        return;
    const char *operation = why->operation;
    const struct sw_why_frame where = why->where;
    why->subject = text_of(why, sat_down->object);
    why->operation = NULL;
    for (uint32_t i = failure; i-- > sat_down->index + 1 && why->operation == NULL;) {
        const struct sw_event *event = &why->event_shm->events[i];
        if (is_passive(why, event) || strcmp(text_of(why, event->text), "chan.enqueue") == 0 ||
            !concerns(why, event))
            continue;
        why->operation = operation_of(why, event, &why->where);
        why->by = event;
    }
    why->subject = subject;
    if (why->operation != NULL)
        return;
    why->operation = operation;
    why->where = where;
    why->by = sat_down;
}

/* Gone between the hand-over and the end of the receive, and nobody has dropped it: what has come by
 * there is a release or a spill.  1: one has. */
static int find_between(struct sw_why *why, uint32_t failure)
{
    for (uint32_t i = failure; i-- > 0;) {
        const struct sw_event *event = &why->event_shm->events[i];
        if (event->kind == SW_EVENT_DELIVER &&
            event->value == why->event_shm->events[failure].value)
            return 0;
        if ((event->kind == SW_EVENT_RELEASE || event->kind == SW_EVENT_SPILL) &&
            strcmp(text_of(why, event->who), why->subject) == 0) {
            why->operation = sw_why_stack_operation_of_event(why->event_shm, event);
            why->by = event;
            return 1;
        }
    }
    return 0;
}

/* The operation under way has called back: what it had found before may be true no more.  1: it
 * has. */
static int find_callback(struct sw_why *why, uint32_t failure)
{
    uint16_t thread = why->event_shm->events[failure].thread;

    for (uint32_t i = failure; i-- > 0;) {
        const struct sw_event *event = &why->event_shm->events[i];
        const char *point = event->kind == SW_EVENT_VISIT ? text_of(why, event->text) : "";
        if (event->thread != thread)
            continue;
        if (strcmp(point, "chan.try") == 0 || strcmp(point, "chan.tried") == 0)
            return 0;
        if (strcmp(point, "callback.enter") == 0) {
            why->operation = "callback";
            why->by = event;
            return 1;
        }
    }
    return 0;
}

/* What was done last by the thread, whatever it was about. */
static void find_last_of_thread(struct sw_why *why, uint32_t failure)
{
    uint16_t thread = why->event_shm->events[failure].thread;

    for (uint32_t i = failure; i-- > 0 && why->operation == NULL;) {
        const struct sw_event *event = &why->event_shm->events[i];
        if (event->thread != thread || begins_with(text_of(why, event->text), "chan.") ||
            event->kind == SW_EVENT_SEND)
            continue;
        /* The operation under way shows it, and has not broken it. */
        const char *operation = operation_of(why, event, &why->where);
        if (operation != NULL && strcmp(operation, "operation") != 0) {
            why->operation = operation;
            why->by = event;
        }
    }
}

/* The line of a transcript that is missing, or should not be there, names its operation. */
static const char *operation_of_line(const char *line)
{
    static const char *const words[][2] = {
        {" releases ", "release"},   {" is deallocated", "dealloc"},
        {" spills ", "spill"},       {" wakes ", "wake"},
        {" sends ", "operation"},    {" hands ", "operation"},
        {" receives ", "operation"}, {" ends", "end"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(line, words[i][0]) != NULL)
            return words[i][1];
    return NULL;
}

/* What is known without a rule. */
static void find_certain(struct sw_why *why, const struct sw_event *event, uint32_t failure)
{
    const char *oracle = why->verdict.oracle,
               *note = event != NULL ? text_of(why, event->note) : "";

    if (is_in_release(why) && (begins_with(oracle, "I4 ") || begins_with(oracle, "value-")))
        find_named(why, "release");
    else if (strcmp(oracle, "transcript") == 0)
        why->operation = operation_of_line(why->verdict.text);
    else if (event != NULL && event->kind == SW_EVENT_LOST &&
             strstr(note, "the receive returned") == note)
        find_between(why, failure);
    /* An assertion of the interpreter's own code, and an operation that has just done its part. */
    else if (begins_with(note, "interp/") && find_callback(why, failure))
        return;
    else if (begins_with(note, "interp/ring.c"))
        find_part(why);
    else if (begins_with(note, "interp/") || begins_with(note, "an operation ends"))
        find_seen(why);
    else if (begins_with(oracle, "I20 "))
        find_dealloc(why, failure);
}

void sw_why_cause_find(struct sw_why *why, uint32_t failure)
{
    const struct sw_event *event =
        failure < why->event_shm->event_count ? &why->event_shm->events[failure] : NULL;
    int i = rule_of(
        why, event != NULL && event->kind == SW_EVENT_INVARIANT ? text_of(why, event->other) : "");
    enum way way = i < RULE_COUNT ? rules[i].way : SEEN;

    sw_why_stack_read(why->event_shm, event != NULL ? event->stack : 0, &why->stack);
    find_certain(why, event, failure);
    if (why->operation != NULL)
        return;
    if (way == NAMED)
        find_named(why, rules[i].operation);
    else if (way == AROUND)
        find_around(why);
    else if (way == SEEN)
        find_seen(why);
    if (way == SEEN && i < RULE_COUNT && rules[i].operation != NULL && why->operation != NULL &&
        strcmp(why->operation, "operation") == 0)
        find_named(why, rules[i].operation);
    if (why->operation == NULL && begins_with(why->verdict.oracle, "I12 ") && way == AROUND)
        return;
    if (why->operation == NULL)
        find_last(why, failure);
    if (begins_with(why->verdict.oracle, "I8 "))
        follow_channel(why, failure);
    if (why->operation == NULL && event != NULL && event->kind == SW_EVENT_INVARIANT)
        find_last_of_thread(why, failure);
}
