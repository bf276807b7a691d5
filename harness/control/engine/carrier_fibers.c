/* SPDX-License-Identifier: MIT
 *
 * carrier_fibers.c - all threads on the process's first OS thread; see carrier.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "engine_state.h"
#include "arch/fiber.h"
#include "contract/futex.h"
#include "fiber_tls.h"
#include "affinity.h"
#include "real.h"
#include "sigmask.h"

/* Between the shell's parked frame and the fiber's first: a signal's handler may run there, that of
 * the C library for setuid() in all threads.  Its frame holds the extended state, about 3 KiB with
 * AVX-512 and 11 KiB with AMX, and the handler itself needs little. */
enum { SHELL_BYTES = 16384 };

enum { DIES = 1, VANISHES = 2 };

/* A real thread that is parked: on its own stack, until it has died. */
struct shell {
    struct sw_fiber fiber;
    struct sw_thread *thread; /* whom it serves, or served last */
    void *top; /* where the fiber's stack begins */
    uint32_t parked; /* futex word: 1 once it is */
    uint32_t ends; /* futex word: DIES or VANISHES */
    int renewed; /* can serve another thread */
    pid_t tid;
    pthread_t handle;
    size_t stack_size, guard_size; /* as asked for */
    struct shell *next; /* in the pool */
};

static struct shell first_shell; /* of the process's first thread: the carrier itself */
static struct shell *pool;
static struct shell *left; /* its fiber has ended, and somebody else runs now */

/* Shells and the carrier are threads of one process: the kernel need not look the mapping up. */
static void wait_for(uint32_t *word)
{
    sw_futex_wait_while(SW_REAL(syscall), word, 0, FUTEX_PRIVATE_FLAG);
}

static void set(uint32_t *word, uint32_t value)
{
    sw_futex_set(SW_REAL(syscall), word, value, FUTEX_PRIVATE_FLAG);
}

/* ---- the shells ---- */

/* Signals are for the carrier; SIGSETXID (33) alone must be answered by every thread. */
static void block_signals(void)
{
    uint64_t all = ~((uint64_t)1 << 32);

    SW_REAL(syscall)(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all);
}

/* What the C library runs as the new thread.  It makes no step of the program's: it only has the
 * stack and the thread-local storage that the fiber will use, and waits for the end. */
static void *shell_main(void *argument)
{
    struct sw_thread *thread = argument;
    struct shell shell = {
        .fiber.fs = (uintptr_t)pthread_self(),
        .tid = (pid_t)SW_REAL(syscall)(SYS_gettid),
        .top = (char *)__builtin_frame_address(0) - SHELL_BYTES,
    };

    /* Before it is parked: a signal for the process that came to this thread would run its handler
     * where a fiber's stack is. */
    block_signals();
    thread->shell = &shell;
    set(&shell.parked, 1);
    wait_for(&shell.ends);
    if (shell.ends == VANISHES)
        sw_fiber_exit_thread();
    return shell.thread->result;
}

static struct shell *make_shell(struct sw_thread *thread, const pthread_attr_t *attributes,
                                int *failed)
{
    thread->shell = NULL;
    *failed = SW_REAL(pthread_create)(&thread->handle, attributes, shell_main, thread);
    if (*failed != 0)
        return NULL;
    /* Its address is not known before it is there. */
    struct shell *shell;
    /* It lies on the new thread's own stack.  This is once a shell, and with the pool there are
     * few: a loop is enough. */
    while ((shell = __atomic_load_n((struct shell **)&thread->shell, __ATOMIC_ACQUIRE)) == NULL)
        SW_REAL(sched_yield)();
    wait_for(&shell->parked);
    shell->handle = thread->handle;
    return shell;
}

/* Signal 0 only asks whether it is there. */
static void wait_until_gone(pid_t tid)
{
    while (SW_REAL(syscall)(SYS_tgkill, SW_REAL(getpid)(), tid, 0) == 0)
        SW_REAL(sched_yield)();
}

/* Its C stack is its own again only when the carrier has left it.  Returns when the kernel has
 * forgotten the thread: until then it would go on beside us, unseen, in the C library's exit
 * path. */
static void let_die(struct shell *shell)
{
    struct sw_thread *thread = shell->thread;
    pid_t tid = shell->tid;
    int detached = thread->detached;
    pthread_t handle = shell->handle;

    thread->shell = NULL; /* it is on the stack that goes with it */
    set(&shell->ends, DIES);
    if (detached) {
        SW_REAL(pthread_join)(handle, NULL);
        sw_thread_table_remove(thread);
        return;
    }
    /* It must not be joined here: the handle is the program's to join. */
    wait_until_gone(tid);
}

/* ---- the pool ---- */

static void get_sizes(const pthread_attr_t *attributes, size_t *stack_size, size_t *guard_size)
{
    pthread_attr_t defaults;

    *stack_size = *guard_size = 0;
    if (attributes == NULL) {
        pthread_getattr_default_np(&defaults);
        attributes = &defaults;
    }
    pthread_attr_getstacksize(attributes, stack_size);
    pthread_attr_getguardsize(attributes, guard_size);
}

/* A stack of the program's own is one that we cannot keep. */
static int has_own_stack(const pthread_attr_t *attributes)
{
    void *stack = NULL;
    size_t size;

    /* Without one, glibc answers with minus the size. */
    return attributes != NULL && pthread_attr_getstack(attributes, &stack, &size) == 0 &&
           (uintptr_t)stack + size != 0;
}

/* By the sizes as they were asked for, so that the program cannot tell the stack from a new one.  A
 * list, since there are few shells. */
static struct shell *take_from_pool(size_t stack_size, size_t guard_size)
{
    for (struct shell **at = &pool; *at != NULL; at = &(*at)->next) {
        struct shell *shell = *at;
        if (shell->stack_size != stack_size || shell->guard_size != guard_size)
            continue;
        *at = shell->next;
        return shell;
    }
    return NULL;
}

static void put_into_pool(struct shell *shell)
{
    shell->next = pool;
    pool = shell;
}

/* On the fiber's own stack, as its last.  Whoever calls into the engine from a destructor is not
 * under control, as at the C library's own exit. */
static void renew(struct shell *shell)
{
    const char *why = "it ended by pthread_exit()";

    shell->renewed = sw_engine.shm->engine == SW_ENGINE_POOL && shell->stack_size != 0 &&
                     !shell->thread->unwound && sw_fiber_tls_renew(&why);
    if (shell->renewed || sw_engine.shm->engine != SW_ENGINE_POOL)
        return;
    if (sw_engine.shm->pool_refused++ == 0)
        sw_affinity_start(); /* from now on threads are made and die */
}

/* ---- switching ---- */

/* noipa: everything static changes meanwhile, and thread-local addresses with it; see
 * carrier_threads.c. */
static __attribute__((noipa)) void switch_fiber(struct shell *from, struct shell *to)
{
    /* The kernel knows one thread only: the mask goes with the fiber. */
    sw_sigmask_switch(from->thread, to->thread);
    sw_fiber_switch(&from->fiber.sp, to->fiber.sp, to->fiber.fs);
}

/* A fiber cannot give back the stack that it stands on: whoever runs next does that. */
static __attribute__((noipa)) void see_off_who_left(void)
{
    struct shell *shell = left;

    left = NULL;
    if (shell == NULL || shell == &first_shell)
        return;
    if (!shell->renewed) {
        let_die(shell);
    } else if (shell->thread->detached) {
        sw_thread_table_remove(shell->thread);
        put_into_pool(shell);
    }
}

static void fiber_main(void *argument)
{
    struct shell *shell = argument;

    /* Thread-local: it is the shell's own copy, which may still name the one that it served
     * before. */
    sw_engine_own = shell->thread;
    see_off_who_left();
    sw_pthreads_body(shell->thread);
}

static void start(struct sw_thread *first)
{
    sw_fiber_find_wrfsbase();
    first_shell = (struct shell){.fiber.fs = (uintptr_t)pthread_self(), .thread = first};
    first->shell = &first_shell;
    SW_REAL(syscall)
    (SYS_rt_sigprocmask, SIG_BLOCK, NULL, &first->blocked_signals, sizeof first->blocked_signals);
}

static int create(struct sw_thread *thread, const pthread_attr_t *attributes)
{
    size_t stack_size, guard_size;
    int failed = 0;

    get_sizes(attributes, &stack_size, &guard_size);
    int own_stack = has_own_stack(attributes);
    struct shell *shell = own_stack ? NULL : take_from_pool(stack_size, guard_size);
    if (shell == NULL) {
        shell = make_shell(thread, attributes, &failed);
        if (shell == NULL)
            return failed;
        shell->stack_size = own_stack ? 0 : stack_size;
        shell->guard_size = guard_size;
    }
    shell->thread = thread;
    shell->renewed = 0;
    thread->shell = shell;
    thread->handle = shell->handle;
    thread->tid = shell->tid;
    sw_sigmask_inherit(thread, sw_engine.current);
    sw_fiber_prepare(&shell->fiber, shell->top, fiber_main, shell);
    return 0;
}

static void hand_over(struct sw_thread *from, struct sw_thread *to)
{
    switch_fiber(from->shell, to->shell);
    see_off_who_left();
}

static void leave(struct sw_thread *from, struct sw_thread *to)
{
    struct shell *shell = from->shell;

    /* The process ends: the C library goes on with its exit on this very thread. */
    if (to == NULL && shell == &first_shell)
        return;
    if (to == NULL) /* the first thread has left by pthread_exit() before */
        exit(0);
    if (shell != &first_shell)
        renew(shell);
    /* Seen off by the next one, from its own stack. */
    left = shell;
    switch_fiber(shell, to->shell);
    __builtin_unreachable(); /* nobody switches to a fiber that has left */
}

static int join(struct sw_thread *thread)
{
    struct shell *shell = thread->shell;

    if (shell == NULL || shell == &first_shell)
        return SW_REAL(pthread_join)(thread->handle, NULL);
    put_into_pool(shell);
    return 0;
}

/* ---- a checkpoint ---- */

/* malloc() gives a thread an arena when it first asks for memory, which takes four system calls: so
 * each shell asks beforehand. */
static struct {
    void *asker, *back;
} asking;

static void ask_for_memory(void *unused)
{
    void *volatile memory = malloc(1); /* volatile: the compiler would leave both calls out */

    (void)unused;
    free(memory);
    sw_fiber_switch(&asking.asker, asking.back, first_shell.fiber.fs);
}

/* Each record is only lent to the shell that is made, which finds its own when it is taken. */
static void make_shells(uint32_t count)
{
    static struct sw_thread lent;
    int failed;

    while (count-- > 0) {
        struct shell *shell = make_shell(&lent, NULL, &failed);
        if (shell == NULL)
            return;
        get_sizes(NULL, &shell->stack_size, &shell->guard_size);
        /* At the end: the first is taken first. */
        struct shell **at = &pool;
        while (*at != NULL)
            at = &(*at)->next;
        *at = shell;
        shell->next = NULL;
    }
}

void sw_carrier_fibers_prepare(uint32_t count)
{
    make_shells(count);
    for (struct shell *shell = pool; shell != NULL; shell = shell->next) {
        sw_fiber_prepare(&shell->fiber, shell->top, ask_for_memory, NULL);
        sw_fiber_switch(&asking.back, shell->fiber.sp, shell->fiber.fs);
    }
}

/* As if it had never been made: not by the C library's exit path, which would write down in memory
 * that it is gone.  That memory is about to be put back. */
static void vanish(struct shell *shell, const pid_t *kept, int count)
{
    pid_t tid = shell->tid;

    for (int i = 0; i < count; i++)
        if (kept[i] == tid)
            return;
    set(&shell->ends, VANISHES);
    wait_until_gone(tid);
}

int sw_carrier_fibers_vanish(const pid_t *kept, int count)
{
    pid_t own = SW_REAL(getpid)();
    int may_have_died = sw_engine.shm->engine != SW_ENGINE_POOL || sw_engine.shm->pool_refused > 0;

    for (int i = 0; may_have_died && i < count; i++)
        if (SW_REAL(syscall)(SYS_tgkill, own, kept[i], 0) != 0)
            return -1;
    for (struct shell *shell = pool, *next; shell != NULL; shell = next) {
        next = shell->next; /* it lies on a stack that is free then */
        vanish(shell, kept, count);
    }
    for (uint32_t i = 0; i < SW_LIVE_THREADS_MAX; i++) {
        struct sw_thread *thread = &sw_engine.threads[i];
        if (thread->state == SW_THREAD_FREE || thread->shell == NULL ||
            thread->shell == &first_shell)
            continue;
        vanish(thread->shell, kept, count);
    }
    return 0;
}

const struct sw_carrier sw_carrier_fibers = {start, create, hand_over, leave, join};
