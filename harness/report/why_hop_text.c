/* SPDX-License-Identifier: MIT */
#include "why_hop_text.h"

#include <stdio.h>
#include <string.h>

#include "harness/runner/oracle_events.h"
#include "judge.h"

/* X(POINT, FORMAT): who, other, object as %1$s, %2$s, %3$s; %4$s%5$s is ": " and the note. */
#define VISITS(X) \
    X("tasklet.new", "%1$s is made") \
    X("tasklet.start", "%1$s begins") \
    X("tasklet.uncaught", "the exception of %1$s goes to %2$s") \
    X("tasklet.lost", "the thread of %1$s ends, and it will not go on") \
    X("chan.new", "%3$s is made") \
    X("chan.dealloc", "%3$s is deallocated") \
    X("chan.enqueue", "%1$s waits in the queue of %3$s") \
    X("chan.receive", "%1$s begins to receive from %3$s") \
    X("chan.sent", "the send of %1$s on %3$s has ended") \
    X("chan.received", "the receive of %1$s from %3$s has ended") \
    X("switch.leave", "a switch from %1$s to %2$s") \
    X("switch.arrive", "%1$s goes on") \
    X("ring.insert", "%1$s is put into its ring") \
    X("ring.remove", "%1$s leaves its ring") \
    X("mailbox.drop", "what is in the mailbox of %1$s is thrown away") \
    X("mailbox.displace", "an exception displaces what %1$s has received") \
    X("mailbox.burst", "the exception in the mailbox of %1$s is raised") \
    X("mailbox.assign", "the program puts something into the mailbox of %1$s") \
    X("callback.tells", "the schedule callback is told of %1$s and %2$s") \
    X("callback.failed", "the channel callback raises, for %1$s on %3$s") \
    X("release.enter", "the release calls Python code, as %1$s%4$s%5$s") \
    X("callback.enter", "a callback is called, as %1$s%4$s%5$s") \
    X("deadlock", "nobody can run: a deadlock is raised in %1$s") \
    X("thread.idle", "the ring of the thread is empty") \
    X("thread.resume", "the thread's wait is over") \
    X("bomb.new", "an exception is packed")

static const struct {
    const char *point, *format;
} visits[] = {
#define VISIT_ROW(point, format) {point, format},
    VISITS(VISIT_ROW)
#undef VISIT_ROW
};

static const char *format_of(const char *point)
{
    for (size_t i = 0; i < sizeof visits / sizeof *visits; i++)
        if (strcmp(visits[i].point, point) == 0)
            return visits[i].format;
    return NULL;
}

int sw_why_hop_text_is_dull(const struct sw_event_shm *event_shm, const struct sw_event *event)
{
    return event->kind == SW_EVENT_VISIT &&
           format_of(sw_event_shm_text(event_shm, event->text)) == NULL;
}

static int write_visit(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                       size_t size)
{
    const char *format = format_of(sw_event_shm_text(shm, event->text));

    const char *note = sw_event_shm_text(shm, event->note);

    if (format == NULL)
        return 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return snprintf(buf, size, format, sw_event_shm_text(shm, event->who),
                    sw_event_shm_text(shm, event->other), sw_event_shm_text(shm, event->object),
                    *note != '\0' ? ": " : "", note);
#pragma GCC diagnostic pop
}

static int write_oracle(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                        size_t size)
{
    char text[SW_ORACLE_EVENTS_TEXT_MAX];

    return snprintf(buf, size, "*** %s *** %s", sw_oracle_events_name(shm, event),
                    sw_oracle_events_describe(shm, event, text));
}

static int write_rest(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                      size_t size)
{
    char state[300];

    sw_judge_format_rest(shm, event, state, sizeof state);
    return snprintf(buf, size, "step %s comes to rest: %s", sw_event_shm_text(shm, event->who),
                    state);
}

static int write_of_value(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                          size_t size)
{
    const char *who = sw_event_shm_text(shm, event->who),
               *other = sw_event_shm_text(shm, event->other),
               *object = sw_event_shm_text(shm, event->object),
               *text = sw_event_shm_text(shm, event->text);

    switch (event->kind) {
    case SW_EVENT_SEND:
        return snprintf(buf, size, "%s sends v%u (%s) on %s", who, event->value, text, object);
    case SW_EVENT_DELIVER:
        return snprintf(buf, size, "%s hands v%u to %s, into its mailbox, on %s", who, event->value,
                        other, object);
    case SW_EVENT_RECEIVED:
        return event->value != 0
                   ? snprintf(buf, size, "%s receives v%u from %s", who, event->value, object)
                   : snprintf(buf, size, "%s receives something never sent from %s (%s)", who,
                              object, text);
    case SW_EVENT_DISPLACED:
        return snprintf(buf, size, "an exception displaces v%u, which %s had received",
                        event->value, who);
    default:
        return snprintf(buf, size, "the receive of %s from %s raises v%u (%s)", who, object,
                        event->value, text);
    }
}

static int write_of_life(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                         size_t size)
{
    const char *who = sw_event_shm_text(shm, event->who),
               *other = sw_event_shm_text(shm, event->other);

    switch (event->kind) {
    case SW_EVENT_SPILL:
        return snprintf(buf, size, "the C stack of %s is spilled, at %s", who,
                        sw_event_shm_text(shm, event->text));
    case SW_EVENT_UNSPILL:
        return snprintf(buf, size, "the spilled stack of %s is back", who);
    case SW_EVENT_RELEASE:
        return snprintf(buf, size, "%s releases %s behind a switch%s", who, other,
                        event->count != 0 ? ": the last reference" : "");
    case SW_EVENT_RELEASED:
        return snprintf(buf, size, "%s has released it", who);
    case SW_EVENT_DEALLOC:
        return snprintf(buf, size, "%s is deallocated", who);
    case SW_EVENT_ENDS:
        return snprintf(buf, size, "the callable of %s has ended", who);
    case SW_EVENT_COLLECT:
        return snprintf(buf, size, "garbage is collected, as %s", who);
    case SW_EVENT_WAIT:
        return snprintf(buf, size, "T%u waits for another thread", event->thread);
    case SW_EVENT_WAKE:
        return snprintf(buf, size, "%s wakes T%u for %s", who, event->count, other);
    default:
        return 0;
    }
}

int sw_why_hop_text_write(const struct sw_event_shm *event_shm, const struct sw_event *event,
                          char *buf, size_t size)
{
    buf[0] = '\0';
    if (event->kind == SW_EVENT_VISIT)
        return write_visit(event_shm, event, buf, size) > 0;
    if (sw_judge_is_rest(event->kind))
        return write_rest(event_shm, event, buf, size) > 0;
    if ((event->kind >= SW_EVENT_LOST && event->kind <= SW_EVENT_CONDITION) ||
        event->kind == SW_EVENT_SETUP_RAISED)
        return write_oracle(event_shm, event, buf, size) > 0;
    if (event->kind == SW_EVENT_SEND || event->kind == SW_EVENT_DELIVER ||
        event->kind == SW_EVENT_RECEIVED || event->kind == SW_EVENT_DISPLACED ||
        event->kind == SW_EVENT_EXPLODES)
        return write_of_value(event_shm, event, buf, size) > 0;
    return write_of_life(event_shm, event, buf, size) > 0;
}
