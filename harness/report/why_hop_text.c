/* SPDX-License-Identifier: MIT */
#include "why_hop_text.h"

#include <stdio.h>
#include <string.h>

#include "harness/runner/oracle_events.h"
#include "judge.h"

/* X(POINT, WORDS): $who, $other and $object are their names; $colon$note is ": " and the note, if any. */
#define VISITS(X) \
    X("tasklet.new", "$who is made") \
    X("tasklet.start", "$who begins") \
    X("tasklet.uncaught", "the exception of $who goes to $other") \
    X("tasklet.lost", "the thread of $who ends, and it will not go on") \
    X("chan.new", "$object is made") \
    X("chan.dealloc", "$object is deallocated") \
    X("chan.enqueue", "$who waits in the queue of $object") \
    X("chan.receive", "$who begins to receive from $object") \
    X("chan.sent", "the send of $who on $object has ended") \
    X("chan.received", "the receive of $who from $object has ended") \
    X("switch.leave", "a switch from $who to $other") \
    X("switch.arrive", "$who goes on") \
    X("ring.insert", "$who is put into its ring") \
    X("ring.remove", "$who leaves its ring") \
    X("mailbox.drop", "what is in the mailbox of $who is thrown away") \
    X("mailbox.displace", "an exception displaces what $who has received") \
    X("mailbox.burst", "the exception in the mailbox of $who is raised") \
    X("mailbox.assign", "the program puts something into the mailbox of $who") \
    X("callback.tells", "the schedule callback is told of $who and $other") \
    X("callback.failed", "the channel callback raises, for $who on $object") \
    X("release.enter", "the release calls Python code, as $who$colon$note") \
    X("callback.enter", "a callback is called, as $who$colon$note") \
    X("deadlock", "nobody can run: a deadlock is raised in $who") \
    X("thread.idle", "the ring of the thread is empty") \
    X("thread.resume", "the thread's wait is over") \
    X("bomb.new", "an exception is packed")

static const struct {
    const char *point, *words;
} visits[] = {
#define VISIT_ROW(point, words) {point, words},
    VISITS(VISIT_ROW)
#undef VISIT_ROW
};

static const char *words_of(const char *point)
{
    for (size_t i = 0; i < sizeof visits / sizeof *visits; i++)
        if (strcmp(visits[i].point, point) == 0)
            return visits[i].words;
    return NULL;
}

int sw_why_hop_text_is_dull(const struct sw_event_shm *event_shm, const struct sw_event *event)
{
    return event->kind == SW_EVENT_VISIT &&
           words_of(sw_event_shm_text(event_shm, event->text)) == NULL;
}

struct word {
    const char *name, *text;
};

/* The text of the word that begins there; *at is moved behind it. */
static const char *text_of(const struct word *words, const char **at)
{
    for (; words->name != NULL; words++)
        if (strncmp(*at, words->name, strlen(words->name)) == 0) {
            *at += strlen(words->name);
            return words->text;
        }
    return NULL;
}

static void fill_in(FILE *out, const char *at, const struct word *words)
{
    while (*at != '\0') {
        const char *text = *at == '$' ? text_of(words, &at) : NULL;
        if (text != NULL)
            fputs(text, out);
        else
            fputc(*at++, out);
    }
}

static int write_visit(const struct sw_event_shm *shm, const struct sw_event *event, char *buf,
                       size_t size)
{
    const char *words = words_of(sw_event_shm_text(shm, event->text)),
               *note = sw_event_shm_text(shm, event->note);
    FILE *out = words != NULL ? fmemopen(buf, size, "w") : NULL;

    if (out == NULL)
        return 0;
    fill_in(out, words,
            (const struct word[]){{"$who", sw_event_shm_text(shm, event->who)},
                                  {"$other", sw_event_shm_text(shm, event->other)},
                                  {"$object", sw_event_shm_text(shm, event->object)},
                                  {"$colon", *note != '\0' ? ": " : ""},
                                  {"$note", note},
                                  {NULL, NULL}});
    long length = ftell(out);
    fclose(out);
    return (int)length;
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
