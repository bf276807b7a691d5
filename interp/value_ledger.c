/* SPDX-License-Identifier: MIT */
#include "value_ledger.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "thread.h"
#include "value_text.h"
#include "value_watch.h"

enum { NOTE_MAX = 256 };

const char *const slp_value_ledger_names[SLP_VALUE_FAILURE_COUNT] = {
#define FAILURE_NAME(id, name) name,
    SLP_VALUE_FAILURES(FAILURE_NAME)
#undef FAILURE_NAME
};

__thread int slp_value_ledger_expects;

static slp_value_observer observer = slp_value_watch_tell;
static struct slp_value_operation *spare; /* linked by outer */
static uint32_t values;

/* The exception that burst on this thread, until its next point. */
static __thread struct {
    slp_tasklet *tasklet;
    struct slp_value_operation *operation;
} burst;

/* The last values that were received, for telling what comes twice from what never was sent.  A
 * second one comes soon or never; 64 were chosen freely. */
enum { RECEIVED_MAX = 64 };
static const void *received_objects[RECEIVED_MAX];
static uint32_t received_count;

void slp_value_ledger_set_observer(slp_value_observer to_set)
{
    observer = to_set;
}

/* ---- operations ---- */

/* A program has as many operations as it has sends and receives, but few at once: those that have
 * ended are kept, so that soon none is allocated any more. */
static struct slp_value_operation *push(slp_tasklet *t, slp_channel *channel, int receives)
{
    struct slp_value_operation *op = spare;

    if (op != NULL)
        spare = op->outer;
    else if ((op = malloc(sizeof *op)) == NULL)
        Py_FatalError("no memory to watch values");
    /* All but what is shown of a value, which is written when there is one. */
    memset(op, 0, offsetof(struct slp_value_operation, type));
    op->outer = t->operation;
    op->channel = channel;
    op->receives = (unsigned char)receives;
    t->operation = op;
    return op;
}

static void pop(slp_tasklet *t)
{
    struct slp_value_operation *op = t->operation;

    t->operation = op->outer;
    free(op->mark.memory);
    op->outer = spare;
    spare = op;
}

/* A value is with the sender's operation until it is handed over, and with the receiver's from then
 * on.  So it is here if a send has not delivered, or a receive has been delivered to. */
static int in_transit(const struct slp_value_operation *op)
{
    return op->number != 0 && !op->told && !op->assigned && op->receives == op->delivered;
}

/* The innermost operation with that object in transit.  An operation of a callback lies over the
 * one in whose middle it runs, and either may be whose value is concerned. */
static struct slp_value_operation *find(const slp_tasklet *t, const void *object)
{
    struct slp_value_operation *op = t->operation;

    while (op != NULL && !(in_transit(op) && op->object == object))
        op = op->outer;
    return op;
}

char *slp_value_ledger_text(const struct slp_value_operation *op, char *buf, size_t size)
{
    if (!op->is_bomb)
        return slp_value_text_of_copy(&op->copy, op->type, op->number, buf, size);
    snprintf(buf, size, "%s", op->type);
    return buf;
}

/* ---- telling ---- */

static void tell(enum slp_value_news news, slp_tasklet *t, struct slp_value_operation *op,
                 PyObject *object)
{
    if (observer != NULL)
        observer(&(struct slp_value_told){
            .news = news, .tasklet = t, .op = op, .object = object, .note = ""});
}

__attribute__((format(printf, 3, 4))) static void
tell_outcome(slp_tasklet *t, struct slp_value_operation *op, const char *format, ...)
{
    char note[NOTE_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(note, sizeof note, format, arguments);
    va_end(arguments);
    if (observer != NULL)
        observer(&(struct slp_value_told){
            .news = SLP_VALUE_FAILED, .tasklet = t, .op = op, .note = note});
}

/* For whom a value that is still the sender's was meant, nobody knows yet: if it is handed over
 * after all, IS_MEANT tells. */
static void fail_with(slp_tasklet *t, struct slp_value_operation *op, struct slp_value_told *how)
{
    if (op->told)
        return;
    op->told = 1;
    how->news = SLP_VALUE_FAILS;
    how->tasklet = t;
    how->op = op;
    if (observer != NULL)
        observer(how);
}

__attribute__((format(printf, 6, 7))) static void
fail(slp_tasklet *t, struct slp_value_operation *op, enum slp_value_failure failure,
     enum slp_value_moment moment, PyObject *came, const char *format, ...)
{
    char note[NOTE_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(note, sizeof note, format, arguments);
    va_end(arguments);
    fail_with(t, op,
              &(struct slp_value_told){
                  .object = came, .failure = failure, .moment = moment, .note = note});
}

/* ---- something else came ---- */

static int is_for_another_one(const slp_tasklet *t, const struct slp_value_operation *op,
                              const void *object)
{
    const struct slp_value_operation *other = t != NULL ? t->operation : NULL;

    while (other != NULL && !(other != op && in_transit(other) && other->object == object))
        other = other->outer;
    return other != NULL;
}

/* Has it been sent by, or for, anybody else, and not been received? */
static int is_anothers(const struct slp_value_operation *op, const void *object)
{
    for (const struct slp_thread *thread = slp_thread_first(); thread != NULL;
         thread = thread->next) {
        if (is_for_another_one(thread->main, op, object))
            return 1;
        for (const slp_tasklet *t = thread->started; t != NULL; t = t->started_next)
            if (is_for_another_one(t, op, object))
                return 1;
    }
    return 0;
}

static int was_received(const void *object)
{
    for (uint32_t i = 0; i < RECEIVED_MAX && i < received_count; i++)
        if (received_objects[i] == object)
            return 1;
    return 0;
}

/* By what is known of what came; without_send: of nothing that was sent for this receive. */
static enum slp_value_failure failure_of(const struct slp_value_operation *op, PyObject *came)
{
    int without_send = op->number == 0;

    if (came == Py_None)
        return without_send ? SLP_VALUE_PHANTOM : SLP_VALUE_LOST;
    if (is_anothers(op, came))
        return SLP_VALUE_MISPLACED;
    if (was_received(came))
        return SLP_VALUE_DOUBLED;
    return without_send ? SLP_VALUE_PHANTOM : SLP_VALUE_WRONG;
}

/* ---- a send ---- */

static void copy_name(char to[SLP_VALUE_TYPE_MAX], const char *name)
{
    size_t length = strnlen(name, SLP_VALUE_TYPE_MAX - 1);

    memcpy(to, name, length);
    to[length] = '\0';
}

static void send(slp_tasklet *t, slp_channel *channel, PyObject *object)
{
    struct slp_value_operation *op = push(t, channel, 0);

    /* All that is known of the object is asked now: at its end it may be gone. */
    op->number = ++values;
    op->object = object;
    op->is_bomb = slp_bomb_check(object);
    copy_name(op->type, slp_value_text_type(object));
    slp_value_text_copy(object, &op->copy);
    op->sender = t->number;
    tell(SLP_VALUE_IS_SENT, t, op, object);
}

/* From here on the receiver's operation answers for the value.  The sender's has done its part,
 * whatever becomes of it, and its own end loses nothing. */
static void move(struct slp_value_operation *to, struct slp_value_operation *from)
{
    memcpy(to->type, from->type, sizeof to->type);
    to->copy = from->copy;
    to->sender = from->sender;
    to->number = from->number;
    to->object = from->object;
    to->is_bomb = from->is_bomb;
    to->told = from->told;
    to->assigned |= from->assigned;
    free(to->mark.memory);
    to->mark = from->mark;
    from->mark.memory = NULL;
    from->delivered = to->delivered = 1;
}

static void complete(slp_tasklet *sender, slp_tasklet *receiver, PyObject *object)
{
    struct slp_value_operation *from = sender->operation, *to = receiver->operation;
    enum slp_value_moment moment;

    if (from == NULL || from->receives || to == NULL || !to->receives)
        return; /* it began before values were watched */
    int again = from->delivered;
    /* The mailbox held something else than the send began with, so between its beginning and now
     * the value was lost or exchanged.  A drop at the sender, if there was one, is the moment. */
    moment = from->dropped ? SLP_VALUE_AT_DROP : SLP_VALUE_BEFORE;
    move(to, from);
    if (to->told)
        tell(SLP_VALUE_IS_MEANT, receiver, to, NULL);
    else if (again)
        fail(receiver, to, SLP_VALUE_DOUBLED, SLP_VALUE_NOW, NULL, "it is handed over twice");
    else if (!to->assigned && object != to->object && object == Py_None)
        fail(receiver, to, SLP_VALUE_LOST, moment, object,
             "it was gone from the sender's mailbox when the send was completed");
    else if (!to->assigned && object != to->object)
        fail(receiver, to, failure_of(to, object), moment, object, "%s", "");
    if (observer != NULL)
        observer(&(struct slp_value_told){.news = SLP_VALUE_IS_DELIVERED,
                                          .tasklet = receiver,
                                          .other = sender,
                                          .op = to,
                                          .note = ""});
}

/* ---- what happens on its way ---- */

/* A tasklet that waits in a queue is still the current one of a thread that waits with it, and
 * whoever throws at it there is a signal handler. */
static int runs_here(const slp_tasklet *t)
{
    const struct slp_thread *here = slp_thread_peek();

    return here != NULL && here->current == t && t->direction == 0;
}

static void drop(slp_tasklet *t, PyObject *object)
{
    struct slp_value_operation *op = find(t, object);

    if (op == NULL)
        return;
    if (op->receives || runs_here(t)) {
        fail_with(t, op,
                  &(struct slp_value_told){
                      .failure = SLP_VALUE_LOST, .note = "dropped from the mailbox", .holder = t});
    } else if (!op->dropped) {
        /* Whether that is a loss shows when the send returns or raises.  The first drop counts: a
         * second one finds the same value gone already. */
        op->dropped = 1;
        tell(SLP_VALUE_IS_DROPPED, t, op, object);
    }
}

static void displace(slp_tasklet *t, PyObject *object)
{
    struct slp_value_operation *op = t->operation;

    while (op != NULL && !(in_transit(op) && op->receives && op->object == object))
        op = op->outer;
    if (op == NULL)
        return;
    op->told = 1;
    tell(SLP_VALUE_IS_DISPLACED, t, op, object);
}

/* What stands in the mailbox now is the program's own word: neither what was there nor what comes
 * instead is judged. */
static void assign(slp_tasklet *t)
{
    for (struct slp_value_operation *op = t->operation; op != NULL; op = op->outer)
        op->assigned = 1;
}

static void bursts(slp_tasklet *t, PyObject *object)
{
    struct slp_value_operation *op = find(t, object);

    /* What was dropped is gone, and another bomb may stand in its place. */
    if (op == NULL || !op->is_bomb || op->dropped)
        return;
    /* Not judged yet: the next point of this thread says whether the receive ends with it. */
    burst.tasklet = t;
    burst.operation = op;
    slp_value_ledger_expects = 1;
    tell(SLP_VALUE_BURSTS, t, op, object);
}

/* What may stand between a burst and the end of its receive: no code of the program's runs there.
 * (Hostile mode spills at every point.) */
static int is_in_between(enum slp_point point)
{
    return point == SLP_POINT_SWITCH_RESULT || point == SLP_POINT_SPILL_SAVE ||
           point == SLP_POINT_SPILL_RUN || point == SLP_POINT_SPILL_RESTORE;
}

/* At the first point behind the burst, whatever that is. */
static void has_burst(const struct slp_point_info *info)
{
    struct slp_value_operation *op = burst.operation;
    slp_tasklet *t = burst.tasklet;

    slp_value_ledger_expects = 0;
    burst.operation = NULL;
    if (info->point == SLP_POINT_CHAN_RECEIVED && info->value == NULL && info->subject == t &&
        t->operation == op && op->receives)
        op->exploded = 1;
    else
        fail(t, op, SLP_VALUE_DETONATED, SLP_VALUE_AT_BURST, NULL,
             "raised before its receive returned");
}

/* ---- the ends ---- */

/* The innermost operation of this kind.  Others inside it are forgotten: an exception that leaves a
 * callback ends what the callback had begun, and no point tells of it. */
static struct slp_value_operation *ending(slp_tasklet *t, const slp_channel *channel, int receives)
{
    struct slp_value_operation *op = t->operation;

    while (op != NULL && (op->receives != receives || op->channel != channel))
        op = op->outer;
    while (op != NULL && t->operation != op)
        pop(t);
    return op;
}

static void sent(slp_tasklet *t, const slp_channel *channel, PyObject *result)
{
    struct slp_value_operation *op = ending(t, channel, 0);

    if (op == NULL)
        return;
    /* A send that raises has told its caller that nobody has the value. */
    if (result != NULL && in_transit(op))
        fail(t, op, SLP_VALUE_LOST, op->dropped ? SLP_VALUE_AT_DROP : SLP_VALUE_BEFORE, NULL,
             "the send returned, but nobody had received it");
    pop(t);
}

/* From what is known to what is not: a loss that was told gets what came of it; with no value on
 * its way nobody had sent; then the very object came, or None in its place, or another one.  A bomb
 * must be raised, so one that is returned is not right. */
static void receive_returned(slp_tasklet *t, struct slp_value_operation *op, PyObject *object)
{
    char text[SLP_VALUE_TEXT_MAX];

    tell(SLP_VALUE_IS_RECEIVED, t, op, object);
    if (op->told) {
        tell_outcome(t, op, "the receive returned %s",
                     slp_value_text_object(object, 0, text, sizeof text));
    } else if (op->assigned || (op->number != 0 && object == op->object && !op->is_bomb)) {
        received_objects[received_count++ % RECEIVED_MAX] = object;
    } else if (op->number == 0 || object != Py_None) {
        fail(t, op, failure_of(op, object), SLP_VALUE_NOW, object, "%s", "");
    } else {
        fail(t, op, SLP_VALUE_LOST, SLP_VALUE_NOW, object, "the receive returned None");
    }
}

static const char *pending_type(void)
{
    PyObject *type = PyErr_Occurred();
    const char *dot;

    if (type == NULL || !PyExceptionClass_Check(type))
        return "";
    dot = strrchr(((PyTypeObject *)type)->tp_name, '.');
    return dot != NULL ? dot + 1 : ((PyTypeObject *)type)->tp_name;
}

static void receive_raised(slp_tasklet *t, struct slp_value_operation *op)
{
    if (op->number == 0)
        return; /* killed, or thrown at, while it waited */
    /* A bomb that was seen to burst here, or whose type is pending, is what its receive should
     * raise; everything else that is raised has displaced the value. */
    if (op->told)
        tell_outcome(t, op, "the receive raised %s", pending_type());
    else if (op->is_bomb &&
             (op->exploded || strncmp(pending_type(), op->type, sizeof op->type - 1) == 0))
        tell(SLP_VALUE_EXPLODES, t, op, NULL);
    else if (!op->assigned)
        fail(t, op, SLP_VALUE_LOST, SLP_VALUE_NOW, NULL, "displaced: the receive raised %s",
             pending_type());
}

static void received(slp_tasklet *t, const slp_channel *channel, PyObject *result)
{
    struct slp_value_operation *op = ending(t, channel, 1);

    if (op == NULL)
        return;
    if (result != NULL)
        receive_returned(t, op, result);
    else
        receive_raised(t, op);
    pop(t);
}

/* Nobody could end it as it should be: what it had goes with it (SEMANTICS.md, 6). */
static int is_abandoned(const slp_tasklet *t)
{
    return t->lost || t->kills >= SLP_KILLS_MAX || t->thread->tstate == NULL;
}

/* t has ended, or its last reference is gone. */
static void gone(slp_tasklet *t, const char *how)
{
    for (struct slp_value_operation *op = t->operation; op != NULL; op = t->operation) {
        /* Where the tasklet ended tells less than where the value was dropped, if that is known. */
        if (in_transit(op) && !is_abandoned(t))
            fail(t, op, SLP_VALUE_LOST, op->dropped ? SLP_VALUE_AT_DROP : SLP_VALUE_NOW, NULL, "%s",
                 how);
        if (burst.operation == op)
            slp_value_ledger_expects = 0;
        pop(t);
    }
}

/* ---- the points ---- */

static void visit_mailbox(const struct slp_point_info *info)
{
    switch ((int)info->point) {
    case SLP_POINT_MAILBOX_DROP:
        drop(info->subject, info->value);
        break;
    case SLP_POINT_MAILBOX_DISPLACE:
        displace(info->subject, info->value);
        break;
    case SLP_POINT_MAILBOX_BURST:
        bursts(info->subject, info->value);
        break;
    case SLP_POINT_MAILBOX_ASSIGN:
        assign(info->subject);
        break;
    case SLP_POINT_TASKLET_END:
        gone(info->subject, "its tasklet ended");
        break;
    case SLP_POINT_TASKLET_LOST:
    case SLP_POINT_TASKLET_DEALLOC:
        gone(info->subject, "its tasklet was deallocated");
        break;
    }
}

void slp_value_ledger_visit(const struct slp_point_info *info)
{
    if (__builtin_expect(slp_value_ledger_expects, 0) && !is_in_between(info->point))
        has_burst(info);
    switch ((int)info->point) {
    case SLP_POINT_CHAN_SEND:
        send(info->subject, info->object, info->value);
        break;
    case SLP_POINT_CHAN_RECEIVE:
        push(info->subject, info->object, 1);
        break;
    case SLP_POINT_CHAN_COMPLETE:
        complete(info->subject, info->object, info->value);
        break;
    case SLP_POINT_CHAN_SENT:
        sent(info->subject, info->object, info->value);
        break;
    case SLP_POINT_CHAN_RECEIVED:
        received(info->subject, info->object, info->value);
        break;
    default:
        visit_mailbox(info);
        break;
    }
}

uint64_t slp_value_ledger_points(void)
{
#define BIT(id) (UINT64_C(1) << SLP_POINT_##id)
    return BIT(CHAN_SEND) | BIT(CHAN_RECEIVE) | BIT(CHAN_COMPLETE) | BIT(CHAN_SENT) |
           BIT(CHAN_RECEIVED) | BIT(MAILBOX_DROP) | BIT(MAILBOX_DISPLACE) | BIT(MAILBOX_BURST) |
           BIT(MAILBOX_ASSIGN) | BIT(TASKLET_END) | BIT(TASKLET_LOST) | BIT(TASKLET_DEALLOC);
#undef BIT
}
