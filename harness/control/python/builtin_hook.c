/* SPDX-License-Identifier: MIT */
#include "builtin_hook.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

/* CPython's METH_O and METH_FASTCALL. */
enum { TAKES_ONE = 0x8, TAKES_VECTOR = 0x80, OF_HOOK = 3 };

typedef void *(*one_function)(void *self, void *argument);
typedef void *(*vector_function)(void *self, void *const *arguments, intptr_t count);

struct method {
    const char *name;
    union {
        one_function one;
        vector_function vector;
    } call;
    int flags;
};

/* CPython's PyCFunctionObject, as far as is looked at. */
struct function {
    intptr_t references;
    void *type;
    struct method *method;
};

/* Of one argument there are two, of threading and for what cannot be raised. */
enum { ONES = 2 };

static struct {
    one_function call;
    void *note;
} ones[ONES];
static struct {
    vector_function call;
    void *note;
} vector;

static struct {
    void *(*call)(void *callable, ...);
    void (*drop)(void *object);
    void (*clear)(void);
} python;

static void after_note(void *result)
{
    if (result == NULL)
        python.clear();
    else
        python.drop(result);
}

static void *call_one(int number, void *self, void *argument)
{
    after_note(python.call(ones[number].note, argument, NULL));
    return ones[number].call(self, argument);
}

static void *call_first(void *self, void *argument)
{
    return call_one(0, self, argument);
}

static void *call_second(void *self, void *argument)
{
    return call_one(1, self, argument);
}

static void *call_vector(void *self, void *const *arguments, intptr_t count)
{
    if (count == OF_HOOK)
        after_note(python.call(vector.note, arguments[0], arguments[1], arguments[2], NULL));
    return vector.call(self, arguments, count);
}

static int find_python(void)
{
    *(void **)&python.call = dlsym(RTLD_DEFAULT, "PyObject_CallFunctionObjArgs");
    *(void **)&python.drop = dlsym(RTLD_DEFAULT, "Py_DecRef");
    *(void **)&python.clear = dlsym(RTLD_DEFAULT, "PyErr_Clear");
    return python.call != NULL && python.drop != NULL && python.clear != NULL;
}

static int watch_one(struct method *method, void *note)
{
    static const one_function stand_ins[ONES] = {call_first, call_second};

    for (int i = 0; i < ONES; i++) {
        if (ones[i].call != NULL)
            continue;
        ones[i].call = method->call.one;
        ones[i].note = note;
        method->call.one = stand_ins[i];
        return 0;
    }
    return -1;
}

int spillway_builtin_hook(void *hook, void *note)
{
    struct method *method = ((struct function *)hook)->method;

    if (!find_python())
        return -1;
    if (method->flags == TAKES_ONE)
        return watch_one(method, note);
    if (method->flags != TAKES_VECTOR || vector.call != NULL)
        return -1;
    vector.call = method->call.vector;
    vector.note = note;
    method->call.vector = call_vector;
    return 0;
}
