/* SPDX-License-Identifier: MIT
 *
 * channel.h - where tasklets meet: a value goes from one to another, no buffer.
 *
 * The queue holds the tasklets that wait, in order, all of one kind: balance is
 * how many senders wait, or minus how many receivers.  It owns one reference of
 * each.  A channel that dies under its waiters lets go of them: they stay
 * paused, and are their users' then.
 */
#ifndef SLP_CHANNEL_H
#define SLP_CHANNEL_H

#include <Python.h>

#include "tasklet.h"

enum slp_direction { SLP_RECEIVE = -1, SLP_SEND = 1 };

typedef struct slp_channel {
    PyObject_HEAD
    slp_tasklet *first; /* NULL: nobody waits */
    slp_tasklet *last;
    int balance;
    signed char preference; /* -1 the receiver, 1 the sender, 0 nobody runs at once */
    unsigned char schedule_all;
    unsigned char closing;
    uint32_t number; /* of its creation, from 1 */
    PyObject *weakrefs;
    struct slp_invariant_channel watch; /* empty in slpython */
} slp_channel;

extern PyTypeObject slp_channel_type;

/* The callback of set_channel_callback(), owned; NULL for none. */
extern PyObject *slp_channel_callback;

/* The one operation: sends value (stolen; a value or a bomb) or receives (value
 * is None).  Returns what was received, or None for a send; NULL with an
 * exception. */
PyObject *slp_channel_action(slp_channel *channel, PyObject *value, enum slp_direction dir);

/* Takes t, which is blocked, out of its channel's queue; the queue's reference
 * is the caller's then. */
void slp_channel_unlink(slp_tasklet *t);

#endif
