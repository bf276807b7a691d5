/* SPDX-License-Identifier: MIT
 *
 * check_baton.c - who runs, and in which order.  Threads append a letter to a
 * trace; only the holder of the baton writes, so the trace needs no lock.  The
 * test's own thread, which is T0, is the only one that asserts.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* The agent is not linked into the harness's tests, so its source is taken in. */
#include "../agent/baton.c"

static char trace[64];

static void say(char letter)
{
    size_t length = strlen(trace);
    trace[length] = letter;
    trace[length + 1] = '\0';
}

/* What the conductor sees is worth a letter only if it is not as it should be. */
static void expect(int right)
{
    if (!right)
        say('!');
}

static void setup(void)
{
    memset(trace, 0, sizeof trace);
    sw_baton_start();
}

/* Starts thread number as T<number>, or as the conductor. */
static pthread_t start(int number, void *(*body)(void *))
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, body, (void *)(intptr_t)number), 0);
    sw_baton_expect(number);
    return thread;
}

static void settle(void)
{
    while (sw_baton_run_next())
        ;
}

/* Three turns: at the gate in between. */
static void *three_turns(void *arg)
{
    int number = (int)(intptr_t)arg;

    sw_baton_enter(number);
    for (int i = 0; i < 2; i++) {
        say((char)('0' + number));
        sw_baton_yield(number, SW_BATON_GATED);
    }
    say((char)('0' + number));
    sw_baton_leave(number, SW_BATON_ENDED);
    return NULL;
}

static void *conduct_in_order(void *arg)
{
    (void)arg;
    sw_baton_enter(SW_BATON_CONDUCTOR);
    static const int order[] = {2, 1, 1, 2};
    for (int i = 0; i < 4; i++) {
        sw_baton_ready(order[i]);
        settle();
        say('.');
    }
    /* the first that was made ready is the first to run */
    sw_baton_ready(2);
    sw_baton_ready(1);
    expect(sw_baton_run_next() == 1);
    expect(sw_baton_state_of(2) == SW_BATON_ENDED);
    expect(sw_baton_state_of(1) == SW_BATON_READY);
    settle();
    expect(sw_baton_run_next() == 0);
    sw_baton_ready(0);
    settle();
    return NULL;
}

START_TEST(runs_in_the_order_of_readiness)
{
    pthread_t one = start(1, three_turns), two = start(2, three_turns);
    pthread_t conductor = start(SW_BATON_CONDUCTOR, conduct_in_order);

    sw_baton_begin();
    ck_assert_str_eq(trace, "2.1.1.2.21");
    sw_baton_leave(0, SW_BATON_ENDED);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    pthread_join(conductor, NULL);
}
END_TEST

/* As the interpreter does: mark, leave, wait in a lock of its own, regain. */
static sem_t lock;

static void *waits(void *arg)
{
    int number = (int)(intptr_t)arg;

    sw_baton_enter(number);
    say('w');
    if (sw_baton_leave(number, SW_BATON_WAITING)) {
        sem_wait(&lock);
        sw_baton_regain(number);
        say('r');
    } else {
        sw_baton_regain(number); /* nothing was left: returns at once */
        say('k');
    }
    sw_baton_leave(number, SW_BATON_ENDED);
    return NULL;
}

static void *conduct_wait(void *arg)
{
    (void)arg;
    sw_baton_enter(SW_BATON_CONDUCTOR);
    sw_baton_ready(1);
    settle();
    expect(sw_baton_state_of(1) == SW_BATON_WAITING);
    say('.');
    sw_baton_wake(1);
    sem_post(&lock); /* it may wake up now, but must not run yet */
    for (int i = 0; i < 1000; i++)
        sched_yield();
    say('.');
    settle();
    sw_baton_ready(0);
    settle();
    return NULL;
}

START_TEST(a_woken_thread_waits_for_its_turn)
{
    sem_init(&lock, 0, 0);
    pthread_t one = start(1, waits), conductor = start(SW_BATON_CONDUCTOR, conduct_wait);

    sw_baton_begin();
    ck_assert_str_eq(trace, "w..r");
    sw_baton_leave(0, SW_BATON_ENDED);
    pthread_join(one, NULL);
    pthread_join(conductor, NULL);
}
END_TEST

static void *conduct_early_wake(void *arg)
{
    (void)arg;
    sw_baton_enter(SW_BATON_CONDUCTOR);
    sw_baton_wake(1); /* it stands at the gate: marked, as it were, but not waiting */
    expect(sw_baton_state_of(1) == SW_BATON_GATED);
    sw_baton_ready(1);
    settle();
    expect(sw_baton_state_of(1) == SW_BATON_ENDED);
    sw_baton_ready(0);
    settle();
    return NULL;
}

START_TEST(an_early_wake_up_is_not_lost)
{
    pthread_t one = start(1, waits), conductor = start(SW_BATON_CONDUCTOR, conduct_early_wake);

    sw_baton_begin();
    ck_assert_str_eq(trace, "wk");
    sw_baton_leave(0, SW_BATON_ENDED);
    pthread_join(one, NULL);
    pthread_join(conductor, NULL);
}
END_TEST

START_TEST(threads_are_found_by_id)
{
    sw_baton_identify(0, 7);
    sw_baton_identify(3, 9);
    ck_assert_int_eq(sw_baton_find(9), 3);
    ck_assert_int_eq(sw_baton_find(7), 0);
    ck_assert_int_eq(sw_baton_find(8), -1);
    ck_assert_int_eq(sw_baton_find(0), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("baton");
    TCase *tcase = tcase_create("order");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, runs_in_the_order_of_readiness, 0, 20);
    tcase_add_loop_test(tcase, a_woken_thread_waits_for_its_turn, 0, 20);
    tcase_add_test(tcase, an_early_wake_up_is_not_lost);
    tcase_add_test(tcase, threads_are_found_by_id);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
