/* SPDX-License-Identifier: MIT
 *
 * check_dpor.c - the search explores each class of schedules exactly once, on models of the
 * programs whose numbers of classes are published (or known in closed form).
 */
#include <stdlib.h>
#include <string.h>

#include "contract/tests/suite_main.h"
#include "fuzz/explore/dpor.h"

/* ---- a model: threads of a few instructions ---- */

enum { THREADS = 12, VARIABLES = 40, LOCKS = 4, CODE = 40, LOCK_OBJECT = 1000 };

enum code {
    END,
    READ, /* a: variable; to the register */
    WRITE, /* a: variable; b */
    WRITE_SUM, /* a: variable; the register + b */
    ACQUIRE, /* a: lock */
    RELEASE,
    TRY, /* a: lock; the register: 1 if it was free */
    LOCKED, /* a: lock; the register: 1 if it is held */
    ACQUIRE_FOR, /* a: lock; the register: 1 if it was free before the time was up */
    ANYTHING, /* it depends on everything */
    UNLESS, /* the register is not a: go on b instructions further */
    FAIL_IF, /* the register is a: the program has failed */
};

struct instruction {
    enum code code;
    int a, b;
};

struct model {
    struct instruction code[THREADS][CODE];
    uint32_t threads;
    int held[LOCKS]; /* in the beginning */
    /* of a run */
    uint32_t at[THREADS];
    int registers[THREADS], variables[VARIABLES], holder[LOCKS];
    int failed, deadlocked;
    int late[THREADS]; /* the time is up for it */
    uint32_t then; /* events when that was */
    uint32_t names[LOCK_OBJECT + LOCKS + 1], sights; /* of objects, as they come into sight */
    /* of the search */
    uint64_t failures, deadlocks;
};

static struct model model;
static int names_by_sight; /* as in a program: 1, 2, ... in the order of a run */
static struct sw_trace *trace;

/* The local instructions in front of the next operation. */
static const struct instruction *next(uint32_t thread)
{
    for (;;) {
        const struct instruction *i = &model.code[thread][model.at[thread]];
        if (i->code == UNLESS)
            model.at[thread] += 1 + (uint32_t)(model.registers[thread] != i->a ? i->b : 0);
        else if (i->code == FAIL_IF)
            model.failed |= model.registers[thread] == i->a, model.at[thread]++;
        else
            return i;
    }
}

static struct sw_pending pending(uint32_t thread)
{
    const struct instruction *i = next(thread);
    static const unsigned ops[] = {
        [READ] = SW_OP_READ,       [WRITE] = SW_OP_WRITE,      [WRITE_SUM] = SW_OP_WRITE,
        [ACQUIRE] = SW_OP_ACQUIRE, [RELEASE] = SW_OP_RELEASE,  [TRY] = SW_OP_TAKE,
        [LOCKED] = SW_OP_READ,     [ANYTHING] = SW_OP_UNKNOWN, [ACQUIRE_FOR] = SW_OP_ACQUIRE};
    int is_lock = i->code >= ACQUIRE && i->code <= ACQUIRE_FOR;
    int held = is_lock && model.holder[i->a] != 0;
    unsigned op =
        (i->code == TRY && held) || (i->code == RELEASE && !held) ? SW_OP_MISS : ops[i->code];
    if (i->code == ACQUIRE_FOR && model.late[thread])
        op = held ? SW_OP_MISS : SW_OP_TAKE;

    return (struct sw_pending){op, (uint32_t)(1 + i->a + (is_lock ? LOCK_OBJECT : 0))};
}

static struct sw_pending announced(uint32_t thread)
{
    struct sw_pending is = pending(thread);

    if (names_by_sight) {
        if (model.names[is.object] == 0)
            model.names[is.object] = ++model.sights;
        is.object = model.names[is.object];
    }
    return is;
}

static int can_run(uint32_t thread)
{
    const struct instruction *i = next(thread);

    if (i->code == ACQUIRE || i->code == ACQUIRE_FOR)
        return model.holder[i->a] == 0 || model.late[thread];
    return i->code != END;
}

/* Nobody can run: is the time up for somebody?  All of them wait for as long. */
static int wait_for_time(uint32_t events)
{
    int any = 0;

    for (uint32_t t = 0; t < model.threads; t++)
        if (can_run(t))
            return 0;
    for (uint32_t t = 0; t < model.threads; t++)
        any |= model.late[t] = next(t)->code == ACQUIRE_FOR;
    model.then = events;
    return any;
}

static void execute(uint32_t thread)
{
    const struct instruction *i = next(thread);
    int *reg = &model.registers[thread];

    if (i->code == READ)
        *reg = model.variables[i->a];
    else if (i->code == WRITE)
        model.variables[i->a] = i->b;
    else if (i->code == WRITE_SUM)
        model.variables[i->a] = *reg + i->b;
    else if (i->code == RELEASE)
        model.holder[i->a] = 0;
    else if (i->code == TRY)
        *reg = model.holder[i->a] == 0;
    else if (i->code == ACQUIRE_FOR)
        *reg = model.holder[i->a] == 0;
    else if (i->code == LOCKED)
        *reg = model.holder[i->a] != 0;
    model.late[thread] = 0;
    if (i->code == ACQUIRE || ((i->code == TRY || i->code == ACQUIRE_FOR) && *reg))
        model.holder[i->a] = (int)thread + 1;
    model.at[thread]++;
    next(thread); /* what is local belongs to the event */
}

static void add_candidate(uint32_t thread)
{
    trace->pool[trace->pool_used++] = (struct sw_trace_candidate){thread, announced(thread)};
}

/* Who runs behind the prefix: who ran, or the lowest, of those that do not sleep. */
static uint32_t choose(const struct sw_dpor_run *run, const unsigned char *sleeps)
{
    uint32_t at = trace->count, awake = THREADS, any = THREADS;
    uint32_t last = at > 0 ? trace->events[at - 1].thread : THREADS;

    if (at < run->prefix_count && can_run(run->prefix[at]))
        return run->prefix[at];
    for (uint32_t t = model.threads; t-- > 0;) {
        if (!can_run(t))
            continue;
        any = t;
        if (!sleeps[t] && awake != last)
            awake = t;
    }
    return awake != THREADS ? awake : any;
}

static void record_blocked(void)
{
    trace->blocked_first = trace->pool_used;
    for (uint32_t t = 0; t < model.threads; t++)
        if (next(t)->code != END)
            add_candidate(t);
    trace->blocked_count = trace->pool_used - trace->blocked_first;
    model.deadlocked = trace->blocked_count > 0;
}

static void run_model(const struct sw_dpor_run *run)
{
    unsigned char sleeps[THREADS] = {0};

    memset(model.at, 0, sizeof model.at);
    memset(model.registers, 0, sizeof model.registers);
    memset(model.variables, 0, sizeof model.variables);
    memcpy(model.holder, model.held, sizeof model.holder);
    memset(model.late, 0, sizeof model.late);
    memset(model.names, 0, sizeof model.names);
    model.sights = 0;
    model.failed = model.deadlocked = 0;
    trace->count = trace->pool_used = trace->blocked_count = 0;
    for (;;) {
        struct sw_trace_event *event = &trace->events[trace->count];
        if (trace->count == run->sleeping_at)
            for (uint32_t i = 0; i < run->sleeping_count; i++)
                sleeps[run->sleeping[i]] = 1;
        wait_for_time(trace->count);
        uint32_t thread = choose(run, sleeps);
        if (thread == THREADS)
            break;
        *event = (struct sw_trace_event){.thread = thread, .first = trace->pool_used};
        for (uint32_t t = 0; t < model.threads; t++)
            if (can_run(t))
                add_candidate(t);
        event->did = announced(thread);
        if (model.late[thread])
            event->timed = 2, event->after = model.then;
        event->objects = names_by_sight ? model.sights : ~0u;
        event->count = trace->pool_used - event->first;
        for (uint32_t t = 0; t < model.threads; t++)
            if (sleeps[t] && (t == thread || sw_decision_depends(announced(t), event->did)))
                sleeps[t] = 0;
        trace->count++;
        execute(thread);
    }
    record_blocked();
}

/* Explores the whole. */
static struct sw_dpor_counts explore_model(void)
{
    struct sw_dpor *dpor = sw_dpor_new();
    struct sw_dpor_run run;
    const char *why = "";

    ck_assert_ptr_nonnull(dpor);
    while (sw_dpor_next(dpor, &run)) {
        run_model(&run);
        model.failures += (uint64_t)model.failed;
        model.deadlocks += (uint64_t)model.deadlocked;
        ck_assert_msg(sw_dpor_observe(dpor, trace, &why) == 0, "%s", why);
    }
    struct sw_dpor_counts counts = *sw_dpor_counts(dpor);
    sw_dpor_free(dpor);
    ck_assert_uint_eq(counts.infeasible, 0);
    return counts;
}

/* How many traces there are; none is begun in vain. */
static uint64_t explore(void)
{
    struct sw_dpor_counts counts = explore_model();

    ck_assert_uint_eq(counts.blocked, 0);
    return counts.traces;
}

static void setup(void)
{
    memset(&model, 0, sizeof model);
    names_by_sight = 0;
    trace = calloc(1, sizeof *trace);
}

static void teardown(void)
{
    free(trace);
}

static void thread(const struct instruction *code)
{
    for (int i = 0; code[i].code != END; i++)
        model.code[model.threads][i] = code[i];
    model.threads++;
}

#define THREAD(...) thread((const struct instruction[]){__VA_ARGS__, {END, 0, 0}})

/* ---- variables ---- */

START_TEST(test_lost_update)
{
    static const uint64_t classes[] = {4, 34, 328, 3334, 34904};

    for (int t = 0; t < 2; t++)
        for (int i = 0; i <= _i; i++) {
            model.code[t][2 * i] = (struct instruction){READ, 0, 0};
            model.code[t][2 * i + 1] = (struct instruction){WRITE_SUM, 0, 1};
        }
    model.threads = 2;
    ck_assert_uint_eq(explore(), classes[_i]);
}
END_TEST

START_TEST(test_independent_threads_have_one_trace)
{
    for (int t = 0; t < 5; t++)
        THREAD({READ, t, 0}, {WRITE_SUM, t, 1}, {READ, 30, 0}, {WRITE, t, 7});
    ck_assert_uint_eq(explore(), 1);
}
END_TEST

START_TEST(test_one_writer_and_readers)
{
    THREAD({WRITE, 0, 1});
    for (int t = 0; t < 4; t++)
        THREAD({READ, 0, 0});
    ck_assert_uint_eq(explore(), 16); /* each reader before it or behind it */
}
END_TEST

START_TEST(test_writers_in_every_order)
{
    for (int t = 0; t < 4; t++)
        THREAD({WRITE, 0, t});
    ck_assert_uint_eq(explore(), 24);
}
END_TEST

/* The first writer's order decides how far the reader goes. */
START_TEST(test_what_runs_depends_on_what_was_read)
{
    THREAD({WRITE, 0, 1}, {WRITE, 1, 1});
    THREAD({READ, 0, 0}, {UNLESS, 1, 1}, {READ, 1, 0}, {READ, 2, 0});
    THREAD({WRITE, 2, 1});
    ck_assert_uint_eq(explore(), 6);
}
END_TEST

/* A program names variables as they come into sight, so that a branch of the tree and a later trace
 * have different names for one variable. */
START_TEST(test_names_by_sight)
{
    names_by_sight = 1;
    for (int t = 0; t < 3; t++)
        THREAD({READ, 10 + t, 0});
    static const struct instruction bodies[][6] = {
        {{READ, 1, 0}, {WRITE, 20, 0}, {READ, 0, 0}, {WRITE, 20, 0}},
        {{READ, 0, 0}, {WRITE, 21, 0}},
        {{READ, 0, 0}, {WRITE, 22, 0}, {WRITE, 1, 9}, {WRITE, 0, 3}},
    };
    for (int t = 0; t < 3; t++)
        memcpy(&model.code[t][1], bodies[t], sizeof bodies[t]);
    struct sw_dpor_counts counts = explore_model();
    ck_assert_uint_eq(counts.traces - counts.blocked, 8);
}
END_TEST

/* ---- locks ---- */

START_TEST(test_lazy01)
{
    THREAD({ACQUIRE, 0, 0}, {READ, 0, 0}, {WRITE_SUM, 0, 1}, {RELEASE, 0, 0});
    THREAD({ACQUIRE, 0, 0}, {READ, 0, 0}, {WRITE_SUM, 0, 2}, {RELEASE, 0, 0});
    THREAD({ACQUIRE, 0, 0}, {READ, 0, 0}, {FAIL_IF, 3, 0}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 6);
    ck_assert_uint_eq(model.failures, 2);
}
END_TEST

START_TEST(test_deadlock01)
{
    THREAD({ACQUIRE, 0, 0}, {ACQUIRE, 1, 0}, {RELEASE, 1, 0}, {RELEASE, 0, 0});
    THREAD({ACQUIRE, 1, 0}, {ACQUIRE, 0, 0}, {RELEASE, 0, 0}, {RELEASE, 1, 0});
    ck_assert_uint_eq(explore(), 3);
    ck_assert_uint_eq(model.deadlocks, 1);
}
END_TEST

/* m is 0, l is 1; A and B are variables of their threads. */
START_TEST(test_carter01)
{
    for (int t = 0; t < 2; t++)
        THREAD({ACQUIRE, 0, 0}, {READ, t, 0}, {WRITE_SUM, t, 1}, {READ, t, 0}, {UNLESS, 1, 1},
               {ACQUIRE, 1, 0}, {RELEASE, 0, 0}, {ACQUIRE, 0, 0}, {READ, t, 0}, {WRITE_SUM, t, -1},
               {READ, t, 0}, {UNLESS, 0, 1}, {RELEASE, 1, 0}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 4);
    ck_assert_uint_eq(model.deadlocks, 2);
}
END_TEST

/* 0 is bal, 1 dd, 2 wd. */
START_TEST(test_account)
{
    THREAD({ACQUIRE, 0, 0}, {READ, 0, 0}, {WRITE_SUM, 0, 2}, {WRITE, 1, 1}, {RELEASE, 0, 0});
    THREAD({ACQUIRE, 0, 0}, {READ, 0, 0}, {WRITE_SUM, 0, -4}, {WRITE, 2, 1}, {RELEASE, 0, 0});
    THREAD({ACQUIRE, 0, 0}, {READ, 1, 0}, {UNLESS, 1, 3}, {READ, 2, 0}, {UNLESS, 1, 1},
           {READ, 0, 0}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 6);
}
END_TEST

START_TEST(test_dining_philosophers)
{
    for (int t = 0; t < 3; t++)
        THREAD({ACQUIRE, t, 0}, {ACQUIRE, (t + 1) % 3, 0}, {RELEASE, (t + 1) % 3, 0},
               {RELEASE, t, 0});
    explore();
    ck_assert_uint_eq(model.deadlocks, 1);
}
END_TEST

START_TEST(test_a_lock_that_is_only_tried)
{
    THREAD({ACQUIRE, 0, 0}, {WRITE, 0, 1}, {RELEASE, 0, 0});
    THREAD({TRY, 0, 0}, {UNLESS, 1, 1}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 3); /* before, in between, behind */
}
END_TEST

/* A condition's own look at its lock, and try-locks of it (test_own of the strangers). */
START_TEST(test_a_lock_that_its_owner_tries)
{
    for (int t = 0; t < 2; t++)
        THREAD({ACQUIRE, 0, 0}, {TRY, 0, 0}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 2);
}
END_TEST

/* Whoever gives a lock back need not be who took it; before that it is an error, and an order. */
START_TEST(test_a_release_by_another_thread)
{
    THREAD({ACQUIRE, 0, 0});
    THREAD({RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 2);
}
END_TEST

/* The second comes too late, or first, and then the first waits for ever. */
START_TEST(test_a_lock_that_is_acquired_for_a_time)
{
    model.held[1] = 1;
    THREAD({ACQUIRE, 0, 0}, {ACQUIRE_FOR, 1, 0}, {RELEASE, 0, 0});
    THREAD({ACQUIRE_FOR, 0, 0});
    ck_assert_uint_eq(explore(), 3);
    ck_assert_uint_eq(model.deadlocks, 1);
}
END_TEST

/* What is done while a lock is held, and depends on everything, is no reason not to reverse the two
 * acquisitions around it. */
START_TEST(test_an_unknown_operation_under_a_lock)
{
    for (int t = 0; t < 2; t++)
        THREAD({ACQUIRE, 0, 0}, {ANYTHING, 0, 0}, {RELEASE, 0, 0});
    ck_assert_uint_eq(explore(), 2);
}
END_TEST

/* ---- against all interleavings ---- */

enum { CLASSES_MAX = 1 << 16, EVENTS_MAX = 24 };

static uint64_t *classes;
static uint32_t class_count;
static struct {
    uint32_t thread;
    struct sw_pending did;
} path[EVENTS_MAX];

/* Equal for equivalent schedules: of each event, whose how many-th it is, and how many of
 * each thread's events happen before it. */
static uint64_t name_of_class(uint32_t count)
{
    uint32_t clocks[EVENTS_MAX][THREADS] = {{0}}, done[THREADS] = {0};
    uint64_t name = count;

    for (uint32_t j = 0; j < count; j++) {
        for (uint32_t i = 0; i < j; i++)
            if (path[i].thread == path[j].thread || sw_decision_depends(path[i].did, path[j].did))
                for (uint32_t t = 0; t < model.threads; t++)
                    if (clocks[i][t] > clocks[j][t])
                        clocks[j][t] = clocks[i][t];
        clocks[j][path[j].thread] = ++done[path[j].thread];
        uint64_t event = path[j].thread + 1;
        for (uint32_t t = 0; t < model.threads; t++)
            event = (event ^ clocks[j][t]) * 0x9e3779b97f4a7c15u, event ^= event >> 31;
        name += event; /* in any order */
    }
    return name;
}

static void add_class(uint64_t name)
{
    for (uint32_t i = 0; i < class_count; i++)
        if (classes[i] == name)
            return;
    ck_assert_uint_lt(class_count, CLASSES_MAX);
    classes[class_count++] = name;
}

static void all_interleavings(uint32_t depth)
{
    struct model before = model;
    int any = 0;

    ck_assert_uint_lt(depth, EVENTS_MAX);
    wait_for_time(depth);
    before = model;
    for (uint32_t t = 0; t < before.threads; t++) {
        if (!can_run(t))
            continue;
        any = 1;
        path[depth].thread = t;
        path[depth].did = pending(t);
        execute(t);
        all_interleavings(depth + 1);
        model = before;
    }
    if (!any)
        add_class(name_of_class(depth));
}

static uint32_t below(uint64_t *random, uint32_t limit)
{
    return (uint32_t)(sw_decision_random(random) >> 33) % limit;
}

/* Two to four threads, each of them perhaps with a lock around some of it. */
static void random_model(uint64_t *random, uint32_t variables)
{
    memset(&model, 0, sizeof model);
    model.threads = 2 + below(random, 3);
    for (uint32_t t = 0; t < model.threads; t++) {
        struct instruction *at = model.code[t];
        uint32_t kind = below(random, 4), count = 1 + below(random, model.threads == 4 ? 2 : 3);
        if (kind == 0)
            *at++ = (struct instruction){ACQUIRE, (int)below(random, 2), 0};
        for (uint32_t i = 0; i < count; i++) {
            int variable = (int)below(random, variables);
            if (below(random, 2))
                *at++ = (struct instruction){READ, variable, 0};
            else
                *at++ = (struct instruction){WRITE, variable, (int)t + 1};
            if (at[-1].code == READ && below(random, 3) == 0)
                *at++ = (struct instruction){UNLESS, (int)below(random, 2), 1};
        }
        if (at[-1].code == UNLESS)
            at--;
        if (kind == 0)
            *at++ = (struct instruction){RELEASE, model.code[t][0].a, 0};
    }
}

/* Two or three threads that take, try, ask and give back one lock or two, and look at variables. */
static void random_tries(uint64_t *random)
{
    static const enum code codes[] = {TRY,  TRY,   LOCKED,   RELEASE,     ACQUIRE,
                                      READ, WRITE, ANYTHING, ACQUIRE_FOR, ACQUIRE_FOR};

    memset(&model, 0, sizeof model);
    model.threads = 2 + below(random, 2);
    for (int i = 0; i < 2; i++)
        model.held[i] = below(random, 4) == 0;
    for (uint32_t t = 0; t < model.threads; t++) {
        struct instruction *at = model.code[t];
        uint32_t count = model.threads == 3 ? 2 : 3;
        for (uint32_t i = 0; i < count; i++) {
            enum code code = codes[below(random, sizeof codes / sizeof *codes)];
            int lock = (int)below(random, 2), holds = code == ACQUIRE && below(random, 4) != 0;
            if ((code == TRY || code == ACQUIRE_FOR) && below(random, 2))
                holds = 1;
            *at++ = (struct instruction){code, lock, (int)t + 1};
            if ((code == TRY || code == ACQUIRE_FOR) && holds)
                *at++ = (struct instruction){UNLESS, 1, 1};
            if (code == ACQUIRE && below(random, 2))
                *at++ = (struct instruction){below(random, 2) ? WRITE : ANYTHING, 0, 5};
            if (holds)
                *at++ = (struct instruction){RELEASE, lock, 0};
        }
    }
}

static int has_locks(void)
{
    for (uint32_t t = 0; t < model.threads; t++)
        if (model.code[t][0].code == ACQUIRE)
            return 1;
    return 0;
}

/* None is missed, and none is run twice.  With locks a run may be begun in vain, now and then: of
 * 11,404 such models in 10, and nobody knows yet why. */
static void count_classes(void)
{
    classes = malloc(CLASSES_MAX * sizeof *classes);
    class_count = 0;
    memcpy(model.holder, model.held, sizeof model.holder);
    all_interleavings(0);
    free(classes);
}

/* Two that miss a lock have nothing to do with each other. */
START_TEST(test_two_that_miss_a_lock)
{
    THREAD({ACQUIRE, 0, 0}, {WRITE, 0, 1}, {RELEASE, 0, 0});
    THREAD({TRY, 0, 0});
    THREAD({TRY, 1, 0});
    THREAD({TRY, 1, 0});
    model.held[1] = 1;
    /* The first try misses, or takes the lock for good, before or behind; the two others miss. */
    ck_assert_uint_eq(explore(), 3);
    ck_assert_uint_eq(model.deadlocks, 1);
}
END_TEST

START_TEST(test_as_many_as_there_are)
{
    uint64_t random = (uint64_t)_i;

    for (int i = 0; i < 20; i++) {
        random_model(&random, 2);
        count_classes();
        struct sw_dpor_counts counts = explore_model();
        ck_assert_uint_eq(counts.traces - counts.blocked, class_count);
        ck_assert(counts.blocked == 0 || has_locks());
    }
}
END_TEST

/* Then it may not know that two names are of one variable, and runs some in vain. */
START_TEST(test_as_many_as_there_are_by_sight)
{
    uint64_t random = (uint64_t)_i;

    for (int i = 0; i < 20; i++) {
        random_model(&random, 2 + below(&random, 4));
        names_by_sight = 0;
        count_classes();
        names_by_sight = 1;
        struct sw_dpor_counts counts = explore_model();
        ck_assert_uint_eq(counts.traces - counts.blocked, class_count);
    }
}
END_TEST

START_TEST(test_as_many_as_there_are_with_tries)
{
    uint64_t random = (uint64_t)_i;

    for (int i = 0; i < 20; i++) {
        random_tries(&random);
        names_by_sight = 0;
        count_classes();
        names_by_sight = i % 2;
        struct sw_dpor_counts counts = explore_model();
        ck_assert_msg(counts.traces - counts.blocked == class_count, "%d: %d traces of %d classes",
                      i, (int)(counts.traces - counts.blocked), (int)class_count);
    }
}
END_TEST

CHECK_SUITE(suite)
{
    TCase *variables = tcase_create("variables"), *locks = tcase_create("locks"),
          *all = tcase_create("all"), *many = tcase_create("many"),
          *cases[] = {variables, locks, all, many};

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], setup, teardown);
        suite_add_tcase(suite, cases[i]);
        tcase_set_timeout(cases[i], 60);
    }
    tcase_set_tags(many, "no-memcheck"); /* they take minutes there */
    tcase_add_loop_test(variables, test_lost_update, 0, 3);
    tcase_add_loop_test(many, test_lost_update, 3, 5);
    tcase_add_test(variables, test_independent_threads_have_one_trace);
    tcase_add_test(variables, test_one_writer_and_readers);
    tcase_add_test(variables, test_writers_in_every_order);
    tcase_add_test(variables, test_what_runs_depends_on_what_was_read);
    tcase_add_test(variables, test_names_by_sight);
    tcase_add_test(locks, test_lazy01);
    tcase_add_test(locks, test_deadlock01);
    tcase_add_test(locks, test_carter01);
    tcase_add_test(locks, test_account);
    tcase_add_test(locks, test_dining_philosophers);
    tcase_add_test(locks, test_a_lock_that_is_only_tried);
    tcase_add_test(locks, test_a_lock_that_its_owner_tries);
    tcase_add_test(locks, test_two_that_miss_a_lock);
    tcase_add_test(locks, test_a_release_by_another_thread);
    tcase_add_test(locks, test_a_lock_that_is_acquired_for_a_time);
    tcase_add_test(locks, test_an_unknown_operation_under_a_lock);
    tcase_add_loop_test(all, test_as_many_as_there_are_with_tries, 0, 1);
    tcase_add_loop_test(many, test_as_many_as_there_are_with_tries, 1, 40);
    tcase_add_loop_test(all, test_as_many_as_there_are, 0, 1);
    tcase_add_loop_test(many, test_as_many_as_there_are, 1, 50);
    tcase_add_loop_test(all, test_as_many_as_there_are_by_sight, 0, 1);
    tcase_add_loop_test(many, test_as_many_as_there_are_by_sight, 1, 4);
    tcase_add_loop_test(many, test_as_many_as_there_are_by_sight, 10, 30);
}
