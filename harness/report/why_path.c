/* SPDX-License-Identifier: MIT */
#include "why_path.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/runner/oracle_events.h"
#include "transcript.h"
#include "why_cause.h"
#include "why_hop_text.h"

/* What is followed, and where in the stream. */
struct path {
    struct sw_why *why;
    const struct sw_event_shm *shm;
    uint32_t value; /* its number; 0: it is not a value */
    const char *name; /* of a tasklet or channel; "": neither */
    uint32_t move; /* a step's; 0: it is not a step */
    uint32_t birth; /* of the name: the index from which on it is this tasklet's */
    uint32_t failure; /* index of the event; event_count: none says when */
    uint32_t sent, delivered, end; /* of a value: indices; event_count: it was not */
    const char *sender, *receiver, *channel;
};

static const char *text_of(const struct path *path, sw_text offset)
{
    return sw_event_shm_text(path->shm, offset);
}

static int is_named(const struct path *path, sw_text offset, const char *name)
{
    return *name != '\0' && strcmp(text_of(path, offset), name) == 0;
}

static int is_visit(const struct path *path, const struct sw_event *event, const char *point)
{
    return event->kind == SW_EVENT_VISIT && strcmp(text_of(path, event->text), point) == 0;
}

static int is_of_value(const struct sw_event *event)
{
    return event->kind == SW_EVENT_SEND || event->kind == SW_EVENT_DELIVER ||
           event->kind == SW_EVENT_RECEIVED || event->kind == SW_EVENT_DISPLACED ||
           event->kind == SW_EVENT_EXPLODES ||
           (event->kind >= SW_EVENT_LOST && event->kind <= SW_EVENT_DETONATED);
}

/* ---- what is followed ---- */

static void follow_value(struct path *path, uint32_t number)
{
    const struct sw_event_shm *shm = path->shm;
    const char *repr = "";

    path->value = number;
    path->sender = path->receiver = path->channel = "";
    path->sent = path->delivered = path->end = shm->event_count;
    for (uint32_t i = 0; i < shm->event_count; i++) {
        const struct sw_event *event = &shm->events[i];
        if (event->value != number || !is_of_value(event))
            continue;
        path->end = i;
        if (event->kind == SW_EVENT_SEND) {
            path->sent = i;
            path->sender = text_of(path, event->who);
            path->channel = text_of(path, event->object);
            repr = text_of(path, event->text);
        } else if (event->kind == SW_EVENT_DELIVER && path->delivered == shm->event_count) {
            path->delivered = i;
            path->receiver = path->why->subject = text_of(path, event->other);
        }
    }
    snprintf(path->why->followed, sizeof path->why->followed, "v%u (%s)", number, repr);
}

static void follow_name(struct path *path, const char *name, const char *what)
{
    path->name = path->why->subject = name;
    snprintf(path->why->followed, sizeof path->why->followed, "%s %s", what, name);
}

static const char *step_of(const struct path *path)
{
    for (uint32_t i = 0; i < path->shm->event_count; i++)
        if (path->shm->events[i].kind == SW_EVENT_MOVE && path->shm->events[i].move == path->move)
            return text_of(path, path->shm->events[i].who);
    return "";
}

/* Of the failure itself. */
static void follow_failure(struct path *path)
{
    const struct sw_event *event =
        path->failure < path->shm->event_count ? &path->shm->events[path->failure] : NULL;

    if (event != NULL && event->value != 0 && is_of_value(event)) {
        follow_value(path, event->value);
    } else if (event != NULL && *text_of(path, event->who) != '\0' &&
               !sw_judge_is_rest(event->kind)) {
        follow_name(path, text_of(path, event->who), "tasklet");
    } else if (event != NULL && *text_of(path, event->object) != '\0') {
        follow_name(path, text_of(path, event->object), "channel");
    } else {
        path->move = path->why->verdict.move;
        if (path->move == 0 && event != NULL)
            path->move = event->move;
        snprintf(path->why->followed, sizeof path->why->followed,
                 path->move != 0 ? "step %s, move %u" : "all threads", step_of(path), path->move);
    }
}

/* A value by its text, or a tasklet or channel by its name. */
static int follow_text(struct path *path, const char *text)
{
    for (uint32_t i = path->shm->event_count; i-- > 0;) {
        const struct sw_event *event = &path->shm->events[i];
        const char *repr = text_of(path, event->text);
        size_t length = strlen(text);
        if (event->kind == SW_EVENT_SEND &&
            (strcmp(repr, text) == 0 || (strlen(repr) == length + 2 && repr[0] == '\'' &&
                                         strncmp(repr + 1, text, length) == 0)))
            return follow_value(path, event->value), 1;
        if (is_named(path, event->who, text) || is_named(path, event->other, text))
            return follow_name(path, text, "tasklet"), 1;
        if (is_named(path, event->object, text))
            return follow_name(path, text, "channel"), 1;
    }
    return 0;
}

static int follow(struct path *path, const struct sw_why_wanted *wanted, struct sw_error *e)
{
    if (wanted->text == NULL && wanted->number == 0) {
        follow_failure(path);
        return 0;
    }
    if (wanted->text != NULL)
        return follow_text(path, wanted->text)
                   ? 0
                   : sw_error_set(e, NULL, 0, 0,
                                  "--value: no value, tasklet or channel '%s' is in this run",
                                  wanted->text);
    follow_value(path, wanted->number);
    return path->sent < path->shm->event_count || path->end < path->shm->event_count
               ? 0
               : sw_error_set(e, NULL, 0, 0, "--value: no value #%u is in this run",
                              wanted->number);
}

/* ---- what was under way at the failure ---- */

/* Is the bracket that opens at i still open at the failure? */
static int is_open(const struct path *path, uint32_t i)
{
    const struct sw_event *event = &path->shm->events[i];
    uint16_t closer = event->kind == SW_EVENT_SPILL ? SW_EVENT_UNSPILL : SW_EVENT_RELEASED;
    int depth = 1;

    for (uint32_t k = i + 1; k < path->failure && depth > 0; k++) {
        const struct sw_event *other = &path->shm->events[k];
        if (other->thread != event->thread)
            continue;
        if (event->kind == SW_EVENT_SPILL)
            depth -= other->kind == closer && other->count == event->count;
        else
            depth += (other->kind == SW_EVENT_RELEASE) - (other->kind == closer);
    }
    return depth > 0;
}

static int is_in_open_release(const struct path *path, uint32_t i)
{
    uint16_t thread = path->shm->events[i].thread;

    for (uint32_t k = i; k-- > 0;)
        if (path->shm->events[k].thread == thread && path->shm->events[k].kind == SW_EVENT_RELEASE)
            return is_open(path, k);
    return 0;
}

static int is_under_way(const struct path *path, uint32_t i)
{
    const struct sw_event *event = &path->shm->events[i];

    if (path->failure >= path->shm->event_count || i >= path->failure ||
        event->thread != path->shm->events[path->failure].thread)
        return 0;
    switch (event->kind) {
    case SW_EVENT_SPILL:
    case SW_EVENT_RELEASE:
        return is_open(path, i);
    case SW_EVENT_DEALLOC:
        return is_in_open_release(path, i);
    default:
        return is_visit(path, event, "release.enter") && is_in_open_release(path, i);
    }
}

/* ---- which events are hops ---- */

/* Whoever waits there when the value comes: the last time it sat down. */
static int is_receivers_wait(const struct path *path, uint32_t i)
{
    const struct sw_event_shm *shm = path->shm;

    if (path->delivered >= shm->event_count || i > path->delivered ||
        !is_visit(path, &shm->events[i], "chan.enqueue") ||
        !is_named(path, shm->events[i].who, path->receiver))
        return 0;
    for (uint32_t k = i + 1; k < path->delivered; k++)
        if (is_named(path, shm->events[k].who, path->receiver) &&
            (is_visit(path, &shm->events[k], "chan.enqueue") ||
             is_visit(path, &shm->events[k], "switch.arrive")))
            return 0;
    return 1;
}

/* Behind the hand-over: what happens to the tasklet in whose mailbox the value is. */
static int is_holders(const struct path *path, const struct sw_event *event)
{
    if (event->kind == SW_EVENT_WAKE)
        return is_named(path, event->other, path->receiver);
    if (event->kind == SW_EVENT_RELEASE || event->kind == SW_EVENT_RELEASED ||
        event->kind == SW_EVENT_SPILL || event->kind == SW_EVENT_UNSPILL)
        return is_named(path, event->who, path->receiver);
    return is_named(path, event->who, path->receiver) &&
           (is_visit(path, event, "switch.arrive") || is_visit(path, event, "mailbox.drop") ||
            is_visit(path, event, "mailbox.displace") || is_visit(path, event, "mailbox.burst") ||
            is_visit(path, event, "mailbox.assign"));
}

static int is_hop_of_value(const struct path *path, uint32_t i)
{
    const struct sw_event *event = &path->shm->events[i];

    if (event->value == path->value && is_of_value(event))
        return 1;
    if (is_receivers_wait(path, i) || is_under_way(path, i))
        return 1;
    if (i > path->delivered && i < path->end)
        return is_holders(path, event) ||
               (event->kind == SW_EVENT_ENDS && is_named(path, event->who, path->sender));
    if (i > path->sent && i < path->delivered && i < path->end)
        return is_visit(path, event, "chan.enqueue") && is_named(path, event->who, path->sender);
    /* What the receiver gets in its place. */
    return event->kind == SW_EVENT_RECEIVED && i > path->failure && event->value == 0 &&
           is_named(path, event->who, path->receiver) &&
           is_named(path, event->object, path->channel);
}

/* Names are given again: of what had it before there is nothing to say. */
static uint32_t find_birth(const struct path *path)
{
    for (uint32_t i = path->failure < path->shm->event_count ? path->failure : 0; i-- > 0;)
        if (is_visit(path, &path->shm->events[i], "tasklet.new") &&
            is_named(path, path->shm->events[i].who, path->name))
            return i;
    return 0;
}

static int is_hop_of_name(const struct path *path, uint32_t i)
{
    const struct sw_event *event = &path->shm->events[i];

    if (i < path->birth)
        return 0;
    return is_named(path, event->who, path->name) || is_named(path, event->other, path->name) ||
           is_named(path, event->object, path->name) || is_under_way(path, i);
}

static int is_hop(const struct path *path, uint32_t i)
{
    const struct sw_event *event = &path->shm->events[i];

    if (i == path->failure)
        return 1;
    if (event->kind == SW_EVENT_MOVE || sw_why_hop_text_is_dull(path->shm, event))
        return 0;
    if (path->value != 0)
        return is_hop_of_value(path, i);
    if (i > path->failure)
        return 0;
    return path->move != 0       ? event->move == path->move
           : *path->name != '\0' ? is_hop_of_name(path, i)
                                 : 1;
}

/* ---- the list ---- */

/* As the last hop again: a copy. */
static int is_copy(const struct sw_why *why, const struct sw_why_hop *last,
                   const struct sw_event *event, const char *text)
{
    return why->failure == 0 && last->event->place == event->place &&
           last->event->thread == event->thread && strcmp(last->text, text) == 0;
}

/* Full: the first half stays, and of the second what is oldest goes. */
static struct sw_why_hop *next_hop(struct sw_why *why)
{
    enum { HALF = SW_WHY_HOPS_MAX / 2 };

    if (why->hop_count < SW_WHY_HOPS_MAX)
        return &why->hops[why->hop_count++];
    why->left_out += why->hops[HALF].copies;
    memmove(&why->hops[HALF], &why->hops[HALF + 1],
            (SW_WHY_HOPS_MAX - HALF - 1) * sizeof *why->hops);
    if (why->failure > HALF)
        why->failure--;
    return &why->hops[SW_WHY_HOPS_MAX - 1];
}

static void add_hop(struct path *path, uint32_t i)
{
    struct sw_why *why = path->why;
    const struct sw_event *event = &path->shm->events[i];
    struct sw_why_hop hop = {.event = event, .copies = 1};

    if (!sw_why_hop_text_write(path->shm, event, hop.text, sizeof hop.text) && i != path->failure)
        return;
    if (i != path->failure && why->hop_count > 0 &&
        is_copy(why, &why->hops[why->hop_count - 1], event, hop.text)) {
        why->hops[why->hop_count - 1].copies++;
        return;
    }
    *next_hop(why) = hop;
    if (i == path->failure)
        why->failure = why->hop_count;
}

/* The last event of the move that came to rest as it should not. */
static uint32_t failing_rest(const struct sw_event_shm *shm, uint32_t move)
{
    for (uint32_t i = shm->event_count; move != 0 && i-- > 0;)
        if (shm->events[i].move == move && sw_judge_is_rest(shm->events[i].kind))
            return i;
    return shm->event_count;
}

int sw_why_path_find(struct sw_why *why, const struct sw_event_shm *event_shm,
                     const struct sw_why_wanted *wanted, struct sw_error *e)
{
    struct path path = {.why = why, .shm = event_shm, .name = ""};

    why->event_shm = event_shm;
    why->subject = "";
    path.failure = why->verdict.event != 0 ? why->verdict.event - 1
                                           : failing_rest(event_shm, why->verdict.move);
    if (follow(&path, wanted, e) < 0)
        return -1;
    if (*path.name != '\0')
        path.birth = find_birth(&path);
    for (uint32_t i = 0; i < event_shm->event_count; i++)
        if (is_hop(&path, i))
            add_hop(&path, i);
    sw_why_cause_find(why, path.failure);
    return 0;
}
