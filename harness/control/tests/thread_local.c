/* SPDX-License-Identifier: MIT
 *
 * thread_local.c - a program for check_carriers: what belongs to a thread is new in every thread,
 * whatever carries it.  Exit status 0, or 1 and a line for each thing that was not so.
 */
#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 40, OWN_STACK = 256 * 1024 };

static __thread int initialised = 41;
static __thread int zeroed;
static __thread char text[32] = "as it was";
static pthread_key_t plain, destroyed;
static int destroyed_count, object_count, failures;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library);
extern void *__dso_handle;

#define EXPECT(what) ((what) ? (void)0 : fail(#what, __LINE__))

static void fail(const char *what, int line)
{
    printf("line %d: not so: %s\n", line, what);
    __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
}

static void count_destroyed(void *value)
{
    __atomic_add_fetch(&destroyed_count, (int)(intptr_t)value, __ATOMIC_RELAXED);
}

static void count_object(void *value)
{
    (void)value;
    __atomic_add_fetch(&object_count, 1, __ATOMIC_RELAXED);
}

static int blocks_usr1(void)
{
    sigset_t set;

    pthread_sigmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, SIGUSR1);
}

static void block_usr1(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void expect_new(void)
{
    char here;
    void *low;
    size_t size;
    pthread_attr_t attributes;
    int state;

    EXPECT(initialised == 41);
    EXPECT(zeroed == 0);
    EXPECT(strcmp(text, "as it was") == 0);
    EXPECT(pthread_getspecific(plain) == NULL);
    EXPECT(pthread_getspecific(destroyed) == NULL);
    EXPECT(errno == 0);
    EXPECT(uselocale(0) == LC_GLOBAL_LOCALE);
    EXPECT(fegetround() == FE_TONEAREST);
    EXPECT(!blocks_usr1());
    EXPECT(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state) == 0 &&
           state == PTHREAD_CANCEL_ENABLE);
    EXPECT(pthread_getattr_np(pthread_self(), &attributes) == 0);
    EXPECT(pthread_attr_getstack(&attributes, &low, &size) == 0);
    EXPECT(&here > (char *)low && &here < (char *)low + size);
    pthread_attr_destroy(&attributes);
}

static void change_all(int number)
{
    initialised = zeroed = number;
    memset(text, 'x', sizeof text - 1);
    pthread_setspecific(plain, text);
    pthread_setspecific(destroyed, (void *)1);
    errno = ERANGE;
    uselocale(newlocale(LC_ALL_MASK, "C", NULL));
    fesetround(FE_UPWARD);
    block_usr1();
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
}

/* So deep that every frame of an earlier thread is overwritten. */
static int dig(int depth)
{
    volatile char page[1024];

    memset((char *)page, depth, sizeof page);
    return depth == 0 ? page[5] : dig(depth - 1) + page[depth];
}

static void *body(void *argument)
{
    int number = (int)(intptr_t)argument;

    expect_new();
    change_all(number);
    dig(50);
    errno = ERANGE;
    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&lock);
        EXPECT(zeroed == number && initialised == number && errno == ERANGE);
        sched_yield();
        pthread_mutex_unlock(&lock);
        EXPECT(errno == ERANGE);
    }
    EXPECT(fegetround() == FE_UPWARD && blocks_usr1());
    if (number % 5 == 1)
        __cxa_thread_atexit_impl(count_object, NULL, &__dso_handle);
    if (number % 5 == 2)
        pthread_exit(argument);
    return argument;
}

static pthread_t start(int number, void *own_stack)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    if (own_stack != NULL)
        pthread_attr_setstack(&attributes, own_stack, OWN_STACK);
    else if (number % 3 == 0)
        pthread_attr_setstacksize(&attributes, 128 * 1024);
    EXPECT(pthread_create(&thread, &attributes, body, (void *)(intptr_t)number) == 0);
    pthread_attr_destroy(&attributes);
    return thread;
}

int main(void)
{
    void *own_stack = aligned_alloc(4096, OWN_STACK), *result;

    pthread_key_create(&plain, NULL);
    pthread_key_create(&destroyed, count_destroyed);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t a = start(3 * round, NULL), b = start(3 * round + 1, NULL);
        pthread_t c = start(3 * round + 2, round % 4 == 0 ? own_stack : NULL);
        EXPECT(!pthread_equal(a, b) && !pthread_equal(b, c) && !pthread_equal(a, c));
        EXPECT(pthread_join(b, &result) == 0 && (intptr_t)result == 3 * round + 1);
        EXPECT(pthread_join(a, &result) == 0 && (intptr_t)result == 3 * round);
        EXPECT(pthread_join(c, &result) == 0 && (intptr_t)result == 3 * round + 2);
    }
    EXPECT(destroyed_count == 3 * ROUNDS);
    EXPECT(object_count == 3 * ROUNDS / 5);
    EXPECT(initialised == 41 && zeroed == 0 && fegetround() == FE_TONEAREST && !blocks_usr1());
    free(own_stack);
    return failures > 0;
}
