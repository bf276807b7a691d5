/* SPDX-License-Identifier: MIT */
#include "value_oracle.h"

#include <assert.h>
#include <stdlib.h>

#include "event_writer.h"

/* A send or a receive that has begun and not ended. */
struct sw_operation {
    struct sw_operation *outer;
    struct sw_channel *channel;
    int receives;
    int delivered; /* a send: somebody has it; a receive: it has it */
    int exploded; /* a receive: its exception was raised where it should be */
    uint32_t value; /* the ordinal; 0 until something is delivered */
    void *object; /* valid while value != 0; compared, never touched */
    int is_none;
    int is_bomb;
    sw_text text;
    sw_text sender;
    uint32_t report; /* the event that tells of the loss; 0: none */
    int reported; /* told, even if there was no room for the event */
    struct sw_event_shm_stack *dropped; /* owned: the stack of a drop that is not judged yet */
};

__thread int sw_value_oracle_expects;

static const struct sw_value_oracle_eyes *see;
static struct sw_operation *spare; /* linked by outer */
static uint32_t values;

/* The exception that burst on this thread, until its next point. */
static __thread struct {
    struct sw_tasklet *tasklet;
    struct sw_operation *operation;
    struct sw_event_shm_stack stack;
} burst;

void sw_value_oracle_start(const struct sw_value_oracle_eyes *eyes)
{
    see = eyes;
    values = 0;
}

/* A program has as many operations as it has sends and receives, but few at once: those that have
 * ended are kept, so that soon none is allocated any more. */
static struct sw_operation *push(struct sw_tasklet *t, struct sw_channel *c, int receives)
{
    struct sw_operation *op = spare;

    if (op != NULL)
        spare = op->outer;
    else
        op = sw_event_writer_alloc(1, sizeof *op);
    *op = (struct sw_operation){.outer = t->operation, .channel = c, .receives = receives};
    t->operation = op;
    return op;
}

static void pop(struct sw_tasklet *t)
{
    struct sw_operation *op = t->operation;

    assert(op != NULL);
    t->operation = op->outer;
    free(op->dropped);
    op->dropped = NULL;
    op->outer = spare;
    spare = op;
}

/* A value is with the sender's operation until it is handed over, and with the receiver's from then
 * on.  So it is here if a send has not delivered, or a receive has been delivered to. */
static int in_transit(const struct sw_operation *op)
{
    return op->value != 0 && !op->reported && op->receives == op->delivered;
}

/* For whom a value that is still the sender's was meant, nobody knows yet: if it is handed over
 * after all, sw_value_oracle_complete() adds the receiver. */
static void report(struct sw_tasklet *t, struct sw_operation *op, enum sw_event_kind kind,
                   sw_text note, const struct sw_event_shm_stack *stack)
{
    struct sw_event event = {.kind = (uint16_t)kind,
                             .who = op->receives ? t->name : 0,
                             .other = op->receives ? op->sender : t->name,
                             .object = sw_tasklet_names_of_channel(op->channel),
                             .value = op->value,
                             .text = op->text,
                             .note = note,
                             .stack = stack != NULL ? see->keep(stack) : 0};

    assert(!op->reported);
    op->report = sw_event_writer_append(&event);
    op->reported = 1;
}

/* Adds what came of it in the end to the note of the report. */
static void add_to_note(const struct sw_operation *op, sw_text more)
{
    struct sw_event *event = sw_event_writer_at(op->report);

    if (event != NULL && more != 0)
        event->note = sw_event_writer_format("%s; %s", sw_event_writer_read(event->note),
                                             sw_event_writer_read(more));
}

void sw_value_oracle_send(struct sw_tasklet *t, struct sw_channel *c, void *object)
{
    struct sw_operation *op = push(t, c, 0);

    /* All that is known of the object is asked now: at its end it may be gone. */
    op->value = ++values;
    op->object = object;
    op->is_none = see->is_none(object);
    op->is_bomb = see->is_bomb(object);
    op->text = see->describe(object, op->value);
    op->sender = t->name;
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_SEND,
                                              .who = t->name,
                                              .object = sw_tasklet_names_of_channel(c),
                                              .value = op->value,
                                              .text = op->text});
}

void sw_value_oracle_receive(struct sw_tasklet *t, struct sw_channel *c)
{
    push(t, c, 1);
}

/* What went over is not what the send began with. */
static void judge_handover(struct sw_tasklet *receiver, struct sw_operation *op, void *object,
                           const struct sw_event_shm_stack *dropped)
{
    if (see->is_none(object))
        report(receiver, op, SW_EVENT_LOST,
               sw_event_writer_text(
                   "it was gone from the sender's mailbox when the send was completed"),
               dropped);
    else
        report(receiver, op, SW_EVENT_WRONG, see->describe(object, 0), dropped);
}

void sw_value_oracle_complete(struct sw_tasklet *sender, struct sw_tasklet *receiver, void *object)
{
    struct sw_operation *from = sender->operation;
    struct sw_operation *to = receiver->operation;

    if (from == NULL || from->receives || to == NULL || !to->receives)
        return; /* it began before there was a ledger */
    /* From here on the receiver's operation answers for the value.  The sender's has done its part,
     * whatever becomes of it, and its own end loses nothing. */
    to->value = from->value;
    to->object = from->object;
    to->is_none = from->is_none;
    to->is_bomb = from->is_bomb;
    to->text = from->text;
    to->sender = from->sender;
    to->report = from->report;
    to->reported = from->reported;
    to->delivered = from->delivered = 1;
    /* The mailbox held something else than the send began with, so between its beginning and now
     * the value was lost or exchanged.  A drop at the sender, if there was one, is the moment. */
    if (object != from->object && !to->reported)
        judge_handover(receiver, to, object, from->dropped);
    else if (to->report != 0)
        sw_event_writer_at(to->report)->who = receiver->name;
    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_DELIVER,
                                              .who = sender->name,
                                              .other = receiver->name,
                                              .object = sw_tasklet_names_of_channel(to->channel),
                                              .value = to->value,
                                              .text = to->text});
}

void sw_value_oracle_drop(struct sw_tasklet *t, void *object, int own)
{
    struct sw_operation *op = t->operation;

    /* Innermost first: an operation of a callback lies over the one in whose middle it runs, and
     * either may be whose value is dropped. */
    while (op != NULL && !(in_transit(op) && op->object == object))
        op = op->outer;
    if (op == NULL)
        return;
    if (op->receives || own) {
        struct sw_event_shm_stack stack;
        see->capture(&stack);
        report(
            t, op, SW_EVENT_LOST,
            sw_event_writer_format("dropped from the mailbox of %s", sw_event_writer_read(t->name)),
            &stack);
    } else if (op->dropped == NULL) {
        /* Whether that is a loss shows when the send returns or raises.  The first drop counts: a
         * second one finds the same value gone already. */
        op->dropped = sw_event_writer_alloc(1, sizeof *op->dropped);
        see->capture(op->dropped);
    }
}

void sw_value_oracle_displace(struct sw_tasklet *t, void *object)
{
    struct sw_operation *op = t->operation;

    while (op != NULL && !(in_transit(op) && op->receives && op->object == object))
        op = op->outer;
    if (op != NULL)
        report(t, op, SW_EVENT_DISPLACED, 0, NULL);
}

void sw_value_oracle_burst(struct sw_tasklet *t, void *object)
{
    struct sw_operation *op = t->operation;

    while (op != NULL && !(in_transit(op) && op->is_bomb && op->object == object))
        op = op->outer;
    if (op == NULL)
        return;
    /* Not judged yet: the next point of this thread says whether the receive ends with it. */
    burst.tasklet = t;
    burst.operation = op;
    see->capture(&burst.stack);
    sw_value_oracle_expects = 1;
}

void sw_value_oracle_next_point(void *subject, int raises)
{
    struct sw_operation *op = burst.operation;
    struct sw_tasklet *t = burst.tasklet;

    /* Told once, at the first point behind the burst, whatever that is. */
    assert(sw_value_oracle_expects && op != NULL);
    sw_value_oracle_expects = 0;
    burst.operation = NULL;
    if (raises && t->address == subject && t->operation == op && op->receives)
        op->exploded = 1;
    else
        report(t, op, SW_EVENT_DETONATED,
               sw_event_writer_text("raised before its receive returned"), &burst.stack);
}

/* The innermost operation of this kind.  Others inside it are forgotten: an exception that leaves a
 * callback ends what the callback had begun, and no point tells of it. */
static struct sw_operation *ending(struct sw_tasklet *t, const struct sw_channel *c, int receives)
{
    struct sw_operation *op = t->operation;

    while (op != NULL && (op->receives != receives || op->channel != c))
        op = op->outer;
    while (op != NULL && t->operation != op)
        pop(t);
    return op;
}

void sw_value_oracle_sent(struct sw_tasklet *t, struct sw_channel *c, void *object)
{
    struct sw_operation *op = ending(t, c, 0);

    if (op == NULL)
        return;
    /* A send that raises has told its caller that nobody has the value. */
    if (object != NULL && in_transit(op))
        report(t, op, SW_EVENT_LOST,
               sw_event_writer_text("the send returned, but nobody had received it"), op->dropped);
    pop(t);
}

static void received_event(const struct sw_tasklet *t, struct sw_operation *op, void *object)
{
    /* Only the very object has the value's ordinal and text: another one may look the same. */
    int right = op->value != 0 && object == op->object && !op->is_bomb;

    sw_event_writer_append(&(struct sw_event){.kind = SW_EVENT_RECEIVED,
                                              .who = t->name,
                                              .object = sw_tasklet_names_of_channel(op->channel),
                                              .value = right ? op->value : 0,
                                              .text = right ? op->text : see->describe(object, 0)});
}

/* From what is known to what is not: a loss that was told gets what came of it; with no value on
 * its way nobody had sent; then the very object came, or None in its place, or another one.  A bomb
 * must be raised, so one that is returned is not right. */
static void receive_returned(struct sw_tasklet *t, struct sw_operation *op, void *object)
{
    received_event(t, op, object);
    if (op->reported)
        add_to_note(op, sw_event_writer_format("the receive returned %s",
                                               sw_event_writer_read(see->describe(object, 0))));
    else if (op->value == 0)
        sw_event_writer_append(
            &(struct sw_event){.kind = SW_EVENT_PHANTOM,
                               .who = t->name,
                               .object = sw_tasklet_names_of_channel(op->channel),
                               .note = see->describe(object, 0)});
    else if (object == op->object && !op->is_bomb)
        return;
    else if (see->is_none(object))
        report(t, op, SW_EVENT_LOST, sw_event_writer_text("the receive returned None"), NULL);
    else
        report(t, op, SW_EVENT_WRONG, see->describe(object, 0), NULL);
}

/* Two texts of one content have two offsets: the event memory shares none. */
static int same_text(sw_text a, sw_text b)
{
    const char *s = sw_event_writer_read(a), *t = sw_event_writer_read(b);

    while (*s != '\0' && *s == *t)
        s++, t++;
    return *s == *t;
}

static void receive_raised(struct sw_tasklet *t, struct sw_operation *op)
{
    sw_text pending;

    if (op->value == 0)
        return; /* killed, or thrown at, while it waited */
    /* A bomb that was seen to burst here, or whose type is pending, is what its receive should
     * raise; everything else that is raised has displaced the value. */
    pending = see->pending();
    if (op->reported) {
        add_to_note(op,
                    sw_event_writer_format("the receive raised %s", sw_event_writer_read(pending)));
    } else if (op->is_bomb && (op->exploded || same_text(pending, op->text))) {
        sw_event_writer_append(
            &(struct sw_event){.kind = SW_EVENT_EXPLODES,
                               .who = t->name,
                               .object = sw_tasklet_names_of_channel(op->channel),
                               .value = op->value,
                               .text = op->text});
    } else {
        report(t, op, SW_EVENT_LOST,
               sw_event_writer_format("displaced: the receive raised %s",
                                      sw_event_writer_read(pending)),
               NULL);
    }
}

void sw_value_oracle_received(struct sw_tasklet *t, struct sw_channel *c, void *object)
{
    struct sw_operation *op = ending(t, c, 1);

    if (op == NULL)
        return;
    if (object != NULL)
        receive_returned(t, op, object);
    else
        receive_raised(t, op);
    pop(t);
}

void sw_value_oracle_gone(struct sw_tasklet *t, const char *how)
{
    for (struct sw_operation *op = t->operation; op != NULL; op = t->operation) {
        if (in_transit(op)) {
            /* Where the tasklet ended tells less than where the value was dropped, if that is
             * known. */
            struct sw_event_shm_stack stack;
            see->capture(&stack);
            report(t, op, SW_EVENT_LOST, sw_event_writer_text(how),
                   op->dropped != NULL ? op->dropped : &stack);
        }
        pop(t);
    }
}

int sw_value_oracle_receives(const struct sw_tasklet *t)
{
    return t->operation != NULL && t->operation->receives;
}
