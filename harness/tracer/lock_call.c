/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "lock_call.h"

#include <string.h>

#include "one_of.h"
#include "touch.h"

int sw_lock_call_is_lock(PyObject *object)
{
    const char *type = Py_TYPE(object)->tp_name;

    return strcmp(type, "_thread.lock") == 0 || strcmp(type, "_thread.RLock") == 0;
}

/* The layouts of 3.11: a lock's semaphore comes first. */
struct lock {
    PyObject_HEAD
    PyThread_type_lock semaphore;
};
struct rlock {
    PyObject_HEAD
    PyThread_type_lock semaphore;
    unsigned long owner;
    unsigned long count;
};

/* How long acquire() waits. */
enum patience { FOR_EVER, NOT_AT_ALL, FOR_A_TIME, NOBODY_KNOWS };

/* acquire(blocking=True, timeout=-1); first: of the arguments behind self. */
static enum patience patience_of(const struct call *call, Py_ssize_t first, double *seconds)
{
    PyObject *blocking = sw_call_argument(call, first, "blocking");
    PyObject *timeout = sw_call_argument(call, first + 1, "timeout");

    if (call->unseen || (blocking != NULL && blocking != Py_None && !PyLong_CheckExact(blocking) &&
                         !PyBool_Check(blocking)))
        return NOBODY_KNOWS;
    if (blocking != NULL && PyObject_IsTrue(blocking) == 0)
        return NOT_AT_ALL;
    if (timeout == NULL)
        return FOR_EVER;
    if (!PyLong_CheckExact(timeout) && !PyFloat_CheckExact(timeout))
        return NOBODY_KNOWS;
    *seconds = PyFloat_AsDouble(timeout);
    PyErr_Clear();
    /* Longer than any schedule; more than this is an OverflowError. */
    return *seconds == 0 ? NOT_AT_ALL : *seconds < 0 || *seconds > 1e9 ? FOR_EVER : FOR_A_TIME;
}

static void of_acquire(PyObject *self, enum patience patience, double seconds,
                       struct operation *operation)
{
    if (patience == NOBODY_KNOWS) {
        sw_touch_refuse(operation, "waits for a lock, nobody knows how long");
        return;
    }
    sw_touch_add(operation, patience == NOT_AT_ALL ? SW_OP_TAKE : SW_OP_ACQUIRE, self, 0);
    operation->semaphore = ((struct lock *)self)->semaphore;
    /* Rounded up, as CPython does; never 0, which is for ever. */
    if (patience == FOR_A_TIME)
        operation->timeout_ns = (uint64_t)(seconds * 1e9) + 1;
}

void sw_lock_call_operation(const struct call *call, PyObject *self, const char *name,
                            Py_ssize_t first, struct operation *operation)
{
    int reentrant = strcmp(Py_TYPE(self)->tp_name, "_thread.RLock") == 0;
    static const char *const takes[] = {"acquire", "__enter__", "acquire_lock", "_acquire_restore"};
    static const char *const gives[] = {"release", "__exit__", "release_lock", "_release_save"};
    static const char *const looks[] = {"locked", "locked_lock", "__repr__"};
    const struct rlock *lock = (struct rlock *)self;
    double seconds = 0;
    int is_ours = reentrant && lock->count > 0 && lock->owner == PyThread_get_thread_ident();

    if (strcmp(name, "_is_owned") == 0)
        return;
    if (IS_ONE_OF(name, takes)) {
        enum patience patience = name[0] == '_' ? FOR_EVER : patience_of(call, first, &seconds);
        /* A second acquire of an RLock by its owner waits for nobody, and tells nobody anything. */
        if (!is_ours)
            of_acquire(self, patience, seconds, operation);
    } else if (IS_ONE_OF(name, gives)) {
        /* Of an RLock that is another's, or nobody's, it is an error whatever the others do. */
        if (reentrant && (!is_ours || (lock->count > 1 && strcmp(name, "_release_save") != 0)))
            return;
        sw_touch_add(operation, SW_OP_RELEASE, self, 0);
        operation->semaphore = lock->semaphore;
    } else if (IS_ONE_OF(name, looks))
        sw_touch_add(operation, SW_OP_READ, self, 0);
    else
        sw_touch_anything(operation);
}
