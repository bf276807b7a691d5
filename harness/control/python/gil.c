/* SPDX-License-Identifier: MIT */
#include "gil.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "contract/keeps_gil.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/engine/real.h"
#include "traced_entry.h"

/* Sizes of what is compared before and after a time-out.  Each is larger than the largest struct
 * of its versions up to where the request stands, and small enough to be read whole: a few
 * kilobytes, once a process.  A region that is too large costs nothing but false words, of which
 * more than WORDS_MAX are an unclear lesson that is repeated. */
enum {
    GILS_MAX = 16, /* sub-interpreters may have their own */
    WORDS_MAX = 8,
    LESSONS_MAX = 100,
    INTERPRETER_BYTES = 1024, /* of the interpreter's state, 3.9 to 3.12; see learn_begin() */
    RUNTIME_BYTES = 8192, /* of the runtime's, 3.7 and 3.8 */
    THREAD_BYTES = 64, /* of the holder's thread state, 3.13 */
    REGIONS = 3,
};

/* Of CPython's struct _gil_runtime_state, relative to cond: a pthread_cond_t has 48 bytes and a
 * pthread_mutex_t 40, so mutex follows at 48, switch_cond at 88, and switch_mutex at 136. */
enum {
    MUTEX_AT = 48,
    SWITCH_COND_AT = 88,
    SWITCH_MUTEX_AT = 136,
    LOCKED_AT = -16,
    HOLDER_AT = -24,
    SCATTER_MAX = 1024, /* of the 3.6 kind's four objects, from first to last */
};

struct gil {
    const void *cond; /* NULL: free */
    const void *mutex, *switch_cond, *switch_mutex;
    const volatile int *locked; /* CPython's own, or seen_locked */
    int seen_locked; /* up to 3.6; by the signals: see sw_gil_signal() */
    const struct sw_thread *holder;
};

static struct gil gils[GILS_MAX];

/* ---- recognising ---- */

static const void *seen[4]; /* the last objects initialised, newest last */
static int seen_is_cond[4];

/* Four in a row are a GIL: mutex, switch_mutex, cond, switch_cond.  A window of the last four is
 * all that has to be kept. */
static void saw(const void *object, int is_cond)
{
    memmove(seen, seen + 1, 3 * sizeof *seen);
    memmove(seen_is_cond, seen_is_cond + 1, 3 * sizeof *seen_is_cond);
    seen[3] = object;
    seen_is_cond[3] = is_cond;
}

static int is_in_order(void)
{
    return !seen_is_cond[0] && !seen_is_cond[1] && seen_is_cond[2] && seen_is_cond[3];
}

/* No symbol says where the GIL is, and its place in the runtime differs from version to version;
 * its own layout has been the same since 3.2. */
static int is_one_struct(void)
{
    const char *cond = seen[2];

    return seen[0] == cond + MUTEX_AT && seen[1] == cond + SWITCH_MUTEX_AT &&
           seen[3] == cond + SWITCH_COND_AT;
}

/* Up to 3.6 they are variables of one source file, in an order that the linker chose. */
static int is_scattered(void)
{
    const char *low = seen[0], *high = seen[0];

    for (int i = 1; i < 4; i++) {
        low = (const char *)seen[i] < low ? seen[i] : low;
        high = (const char *)seen[i] > high ? seen[i] : high;
    }
    /* Any program might have four such variables close to each other: only an interpreter of that
     * age has these names, too. */
    return high - low < SCATTER_MAX && dlsym(RTLD_DEFAULT, "PyEval_InitThreads") != NULL &&
           dlsym(RTLD_DEFAULT, "_PyRuntime") == NULL;
}

/* One that is destroyed and made again stands at the same place: see Py_Finalize(). */
static void add_gil(int scattered)
{
    const char *cond = seen[2];

    for (int i = 0; i < GILS_MAX; i++) {
        if (gils[i].cond != NULL && gils[i].cond != cond)
            continue;
        gils[i] = (struct gil){.cond = cond,
                               .mutex = seen[0],
                               .switch_cond = seen[3],
                               .switch_mutex = seen[1],
                               .locked = scattered ? &gils[i].seen_locked
                                                   : (const volatile int *)(cond + LOCKED_AT)};
        if (sw_engine_shm()->gil == 0)
            sw_engine_shm()->gil = 1;
        return;
    }
}

void sw_gil_saw_mutex(const pthread_mutex_t *mutex)
{
    saw(mutex, 0);
    sw_gil_pypy_saw_mutex(mutex);
}

void sw_gil_saw_cond(const pthread_cond_t *cond)
{
    saw(cond, 1);
    sw_gil_pypy_saw_cond(cond);
    if (is_in_order() && (is_one_struct() || is_scattered()))
        add_gil(!is_one_struct());
}

static struct gil *find_by_cond(const void *cond)
{
    for (int i = 0; i < GILS_MAX && gils[i].cond != NULL; i++)
        if (cond == gils[i].cond || cond == gils[i].switch_cond)
            return &gils[i];
    return NULL;
}

static struct gil *find_by_mutex(const void *mutex)
{
    for (int i = 0; i < GILS_MAX && gils[i].cond != NULL; i++)
        if (mutex == gils[i].mutex || mutex == gils[i].switch_mutex)
            return &gils[i];
    return NULL;
}

static int is_locked(const struct gil *gil)
{
    return *gil->locked != 0;
}

/* ---- waiting for it ---- */

static int is_free(const struct sw_wait *wait)
{
    return *(const volatile int *)wait->address == 0;
}

static uint32_t ordinal_of_holder(const struct sw_wait *wait)
{
    for (int i = 0; i < GILS_MAX && gils[i].cond != NULL; i++)
        if (wait->address == gils[i].locked && gils[i].holder != NULL)
            return gils[i].holder->ordinal;
    return SW_OBJECT_NOBODY;
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    uint32_t holder = ordinal_of_holder(&thread->wait);

    if (holder == SW_OBJECT_NOBODY)
        snprintf(buf, size, "waits for the GIL");
    else
        snprintf(buf, size, "waits for the GIL, held by T%u", holder);
}

static const struct sw_clause for_gil = {
    .has_come = is_free,
    .describe = describe,
    .holder = ordinal_of_holder,
    .orders_nothing = 1,
};

/* Of any GIL: sub-interpreters may each have their own, and a thread holds at most one. */
int sw_gil_is_mine(void)
{
    const struct sw_thread *self = sw_engine_self();

    for (int i = 0; i < GILS_MAX && gils[i].cond != NULL; i++)
        if (gils[i].holder == self)
            return 1;
    return sw_gil_py2_is_mine();
}

/* ---- which words a time-out changes ---- */

struct region {
    char *start;
    size_t size;
};

static struct lesson {
    int under_way; /* a wait has timed out, and its thread has not yet waited again */
    int done;
    int attempts;
    const struct sw_thread *pupil;
    struct region regions[REGIONS];
    uint32_t before[REGIONS][RUNTIME_BYTES / 4];
    int word_count;
    struct word {
        int region;
        size_t offset;
        uint32_t bits;
    } words[WORDS_MAX];
} lesson;

/* 3.7 and 3.8 keep the request in the runtime's state, which is a symbol. */
static struct region find_runtime(void)
{
    char *start = dlsym(RTLD_DEFAULT, "_PyRuntime");
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (start == NULL || dladdr1(start, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 ||
        symbol == NULL)
        return (struct region){NULL, 0};
    size_t size = symbol->st_size & ~(size_t)3;
    return (struct region){start, size < RUNTIME_BYTES ? size : RUNTIME_BYTES};
}

static struct region find_interpreter(void)
{
    char *(*main_interpreter)(void);

    *(void **)&main_interpreter = dlsym(RTLD_DEFAULT, "PyInterpreterState_Main");
    /* 3.7 and 3.8 keep the request in the runtime, and have less than so many bytes here. */
    if (main_interpreter == NULL || dlsym(RTLD_DEFAULT, "PyInterpreterState_Get") == NULL)
        return (struct region){NULL, 0};
    char *start = main_interpreter();
    return (struct region){start, start != NULL ? INTERPRETER_BYTES : 0};
}

/* Up to 3.6: the variables beside the GIL's own. */
static struct region find_neighbours(const struct gil *gil)
{
    return (struct region){(char *)gil->cond - SCATTER_MAX, 2 * SCATTER_MAX};
}

/* 3.13 keeps the request in the state of the thread that holds the GIL, which the GIL points to. */
static struct region find_holder_state(const struct gil *gil)
{
    if (gil->locked == &gil->seen_locked)
        return (struct region){NULL, 0};
    char *start = *(char *const *)((const char *)gil->cond + HOLDER_AT);

    return (struct region){start, start != NULL ? THREAD_BYTES : 0};
}

/* The wait that calls this returns with a time-out although no time has passed: CPython then sets
 * the request that makes the holder drop the GIL, and waits again.  What has changed in between is
 * the request. */
static void learn_begin(const struct gil *gil, const struct sw_thread *self)
{
    lesson.under_way = 1;
    lesson.attempts++;
    lesson.pupil = self;
    lesson.regions[0] = gil->locked == &gil->seen_locked ? find_neighbours(gil) : find_runtime();
    lesson.regions[1] = find_interpreter();
    lesson.regions[2] = find_holder_state(gil);
    for (int i = 0; i < REGIONS; i++)
        if (lesson.regions[i].size > 0)
            memcpy(lesson.before[i], lesson.regions[i].start, lesson.regions[i].size);
}

/* Only bits that have become 1 are the request: 3.12 and later share the word with others, and
 * setting those would be a signal or a collection that nobody ordered. */
static void learn_word(int region, size_t offset, uint32_t bits)
{
    const char *address = lesson.regions[region].start + offset;

    for (int i = 0; i < lesson.word_count; i++) /* the regions may overlap */
        if (lesson.regions[lesson.words[i].region].start + lesson.words[i].offset == address)
            return;
    if (lesson.word_count < WORDS_MAX)
        lesson.words[lesson.word_count++] = (struct word){region, offset, bits};
}

/* Words that others have changed meanwhile cannot be in it, since nobody else ran: the pupil has
 * not given way since. */
static void learn_end(void)
{
    lesson.under_way = 0;
    lesson.word_count = 0;
    for (int i = 0; i < REGIONS; i++) {
        for (size_t k = 0; k < lesson.regions[i].size / 4; k++) {
            uint32_t now;
            memcpy(&now, lesson.regions[i].start + k * 4, 4);
            if (now != lesson.before[i][k])
                learn_word(i, k * 4, now & ~lesson.before[i][k]);
        }
    }
    /* Full means that there may have been more: not the request alone.  The next wait is another
     * lesson. */
    lesson.done = lesson.word_count > 0 && lesson.word_count < WORDS_MAX;
    if (lesson.done)
        sw_engine_shm()->gil = 2;
}

/* Only who waits for the GIL while another one holds it can teach us.  Which may never come by
 * itself, since with one thread at a time nobody collides: so another thread is let run, without a
 * decision, up to where it waits.  After LESSONS_MAX attempts it is given up: such an interpreter
 * is not preempted within Python, and the runner says so. */
static void make_somebody_wait(void)
{
    static int attempts;

    if (attempts++ < LESSONS_MAX)
        sw_engine_defer();
}

void sw_gil_arm(void)
{
    const struct gil *gil = &gils[0];

    /* Asked for: only where the program itself calls something there are decisions. */
    if (sw_engine_shm()->calm)
        return;
    sw_gil_py2_arm();
    /* Only while somebody holds it and another thread could want it: else each check of the eval
     * breaker would be a decision among one, at the cost of a hand-over. */
    if (gil->cond == NULL || gil->holder == NULL || gil->holder->keeps_gil || !is_locked(gil) ||
        !sw_engine_others_may_run())
        return;
    if (!lesson.done && gil->holder == sw_engine_self() && sw_engine_others_can_run())
        make_somebody_wait();
    if (!lesson.done)
        return;
    /* The holder's state is another one each time; the other regions stay where they are. */
    lesson.regions[2] = find_holder_state(gil);
    for (int i = 0; i < lesson.word_count; i++) {
        const struct word *word = &lesson.words[i];
        char *start = lesson.regions[word->region].start;
        if (start != NULL)
            __atomic_fetch_or((uint32_t *)(start + word->offset), word->bits, __ATOMIC_RELAXED);
    }
}

/* The interpreter's own waiters do not ask either, and each of their time-outs would be a lesson
 * without a request. */
SW_EXPORT slp_keeps_gil_function spillway_keeps_gil;

SW_EXPORT void spillway_keeps_gil(int keeps)
{
    struct sw_thread *self = sw_engine_self();

    if (self == NULL)
        return;
    self->keeps_gil = keeps;
    if (!keeps)
        sw_gil_arm();
}

/* ---- operations ---- */

/* The thread state that has it, or had it last. */
static void *holder_state(const struct gil *gil)
{
    return gil->locked != &gil->seen_locked ? find_holder_state(gil).start : NULL;
}

void *sw_gil_holder_state(void)
{
    return holder_state(&gils[0]);
}

/* The words of the request, right after the GIL was taken: there its own bit is clear. */
static int is_asked(void)
{
    uint32_t now, asked = 0;

    for (int i = 0; i < lesson.word_count && lesson.done; i++) {
        memcpy(&now, lesson.regions[lesson.words[i].region].start + lesson.words[i].offset, 4);
        asked |= now & lesson.words[i].bits;
    }
    return asked != 0;
}

int sw_gil_unlocked(const pthread_mutex_t *mutex)
{
    struct gil *gil = find_by_mutex(mutex);

    if (gil == NULL || mutex == gil->switch_mutex)
        return gil != NULL;
    /* It has just been taken, and the next check is to be a decision.  Or it has just been dropped:
     * the one decision of the whole hand-over. */
    if (is_locked(gil)) {
        if (!sw_traced_entry_waits(holder_state(gil), is_asked()))
            sw_gil_arm();
        return 1;
    }
    gil->holder = NULL;
    if (!sw_traced_entry_is_ahead(holder_state(gil)) &&
        (sw_engine_self() == NULL || sw_engine_self()->next_check != SW_CHECK_IS_NONE))
        sw_engine_point(SW_AT_GIL_RELEASE, 0);
    return 1;
}

static int wait_for_gil(struct gil *gil, pthread_mutex_t *mutex)
{
    struct sw_thread *self = sw_engine_self();

    if (lesson.under_way && lesson.pupil == self)
        learn_end();
    if (!sw_engine_shm()->calm && gil == &gils[0] && !lesson.done && !lesson.under_way &&
        lesson.attempts < LESSONS_MAX && is_locked(gil) &&
        !(gil->holder != NULL && gil->holder->keeps_gil)) {
        learn_begin(gil, self);
        return ETIMEDOUT;
    }
    /* The wait is the engine's: the real condition never sees a waiter. */
    SW_REAL(pthread_mutex_unlock)(mutex);
    sw_engine_block(&(struct sw_wait){
        .clause = &for_gil, .place = SW_AT_GIL_WAIT, .address = (const void *)gil->locked});
    SW_REAL(pthread_mutex_lock)(mutex); /* nobody has it: it is never held over a decision */
    return 0;
}

int sw_gil_wait(const pthread_cond_t *cond, pthread_mutex_t *mutex, int *result)
{
    struct gil *gil = find_by_cond(cond);

    *result = 0;
    if (gil != NULL && cond == gil->cond)
        *result = wait_for_gil(gil, mutex);
    return gil != NULL;
}

/* Who has taken the GIL signals switch_cond, who drops it signals cond. */
int sw_gil_signal(const pthread_cond_t *cond)
{
    struct gil *gil = find_by_cond(cond);

    if (gil == NULL)
        return 0;
    /* Up to 3.6 this is the only way to know: `locked` is at no fixed place there. */
    gil->seen_locked = cond == gil->switch_cond;
    if (cond == gil->switch_cond && is_locked(gil))
        gil->holder = sw_engine_self();
    return 1;
}
