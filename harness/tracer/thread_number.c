/* SPDX-License-Identifier: MIT */
#define Py_BUILD_CORE 1
#include "thread_number.h"

#include <internal/pycore_runtime.h>
#include <string.h>

#include "code_kind.h"

/* Of libspillway.so, which is in the process already. */
extern uint64_t spillway_access_schedule(void);

const char sw_thread_number_text[] = "asks for a thread's number, which another may have had";

/* key: of the thread. */
static int is_another(PyCodeObject *code, uint64_t key)
{
    static uint64_t schedule, first; /* the first that was asked for in it */

    if (sw_code_kind_of(code) != SW_CODE_PROGRAM)
        return 0;
    if (schedule != spillway_access_schedule())
        first = key;
    schedule = spillway_access_schedule();
    return first != key;
}

int sw_thread_number_varies(PyCodeObject *code)
{
    return PyThread_get_thread_ident() != _PyRuntime.main_thread &&
           is_another(code, PyThreadState_Get()->id);
}

int sw_thread_number_varies_of(PyCodeObject *code, PyObject *thread)
{
    return strcmp(Py_TYPE(thread)->tp_name, "_MainThread") != 0 &&
           is_another(code, (uintptr_t)thread);
}
