/* SPDX-License-Identifier: MIT
 *
 * base_thread.c - the extension's threads get a base when they first need one.
 *
 * It is put above the outermost frame of the interpreter's own code: what called
 * that (the C library's start of a thread, a program that embeds Python) stays
 * where it is, since others may know addresses in it.
 *
 * Such a caller can come back later from higher up.  Then the base is raised.
 * That needs no epochs: every slice knows its own bytes, the base never comes
 * down, and only main can be above it, whose slice reaches up to the base that
 * was valid when it was left.
 */
#include "interp/cpython.h"

#include "interp/base.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unwind.h>

#include "interp/valgrind_stack.h"

/* The thread's whole stack; NULL until it was asked for. */
static __thread char *stack_low;
static __thread char *stack_high;

struct search {
    const void *python; /* where the object that has the interpreter begins */
    char *base; /* above the outermost of its frames so far */
    int inside; /* the frame before was one of its */
};

static const void *object_of(const void *address)
{
    Dl_info info;

    return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

/* While a frame is looked at, GetCFA() says where the frame that it has called
 * ends; so one that is the interpreter's ends where the next one begins. */
static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *arg)
{
    struct search *search = arg;

    if (search->inside)
        search->base = (char *)_Unwind_GetCFA(context);
    search->inside = object_of((const void *)_Unwind_GetIP(context)) == search->python;
    return _URC_NO_REASON;
}

static char *find_base(const char *here)
{
    struct search search = {object_of((const void *)&PyEval_EvalCode), NULL, 0};

    _Unwind_Backtrace(look_at_frame, &search);
    if (search.base == NULL || search.base <= here || search.base > stack_high)
        return NULL;
    return (char *)((uintptr_t)search.base & ~(uintptr_t)15);
}

/* ---- valgrind must know of a thread's stack, and that it is gone ---- */

static pthread_key_t valgrind_key;
static pthread_once_t valgrind_once = PTHREAD_ONCE_INIT;

static void drop_stack(void *id)
{
    SLP_VALGRIND_STACK_DROP((unsigned)(uintptr_t)id - 1);
}

static void make_key(void)
{
    (void)pthread_key_create(&valgrind_key, drop_stack);
}

static void tell_valgrind(void)
{
    pthread_once(&valgrind_once, make_key);
    unsigned id = SLP_VALGRIND_STACK_ADD(stack_low, stack_high);
    (void)pthread_setspecific(valgrind_key, (void *)(uintptr_t)(id + 1));
}

int slp_base_find(const char *here)
{
    if (stack_high == NULL && !slp_cstack_bounds(&stack_low, &stack_high))
        tell_valgrind();
    /* On a segment nobody is above the base. */
    if (slp_cstack.segment_low != NULL || here < stack_low || here >= stack_high)
        return -1;
    char *base = find_base(here);
    if (base == NULL)
        return -1;
    slp_cstack.low = stack_low;
    slp_cstack.base = base;
    return 0;
}
