/* SPDX-License-Identifier: MIT
 *
 * thread_start.c - every thread gets a base.
 *
 * The executable defines pthread_create(), so that each thread, whoever starts
 * it, runs its function through slp_base_enter().
 */
#include "interp/cpython.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "interp/base.h"
#include "interp/spill.h"
#include "interp/thread.h"
#include "interp/valgrind_stack.h"

struct start {
    void *(*function)(void *);
    void *arg;
};

static void *run_start(void *arg)
{
    struct start start = *(struct start *)arg;

    free(arg);
    slp_spill_update_limit();
    unsigned id = SLP_VALGRIND_STACK_ADD(slp_cstack.low, slp_cstack.base);
    void *result = start.function(start.arg);
    SLP_VALGRIND_STACK_DROP(id);
    return result;
}

static void *enter_thread(void *arg)
{
    return slp_base_enter(run_start, arg);
}

void __real__PyThreadState_DeleteCurrent(PyThreadState *);
void __wrap__PyThreadState_DeleteCurrent(PyThreadState *);

/* A thread ends that may never have used a tasklet; others may have counted on it. */
void __wrap__PyThreadState_DeleteCurrent(PyThreadState *tstate)
{
    slp_thread_wake_stuck();
    __real__PyThreadState_DeleteCurrent(tstate);
}

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

__attribute__((visibility("default"))) int
pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*function)(void *), void *arg)
{
    static create_function *real;

    if (real == NULL)
        real = (create_function *)dlsym(RTLD_NEXT, "pthread_create");
    struct start *start = malloc(sizeof *start);
    if (start == NULL)
        return EAGAIN;
    start->function = function;
    start->arg = arg;
    int status = real(thread, attr, enter_thread, start);
    if (status != 0)
        free(start);
    return status;
}
