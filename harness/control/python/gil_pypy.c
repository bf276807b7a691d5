/* SPDX-License-Identifier: MIT
 *
 * gil_pypy.c - PyPy's GIL.
 *
 * A word that is set and cleared without a call, and for who comes while it is set a
 * mutex and another one with a condition.  Its holder gives it up for a moment when a
 * count of instructions has run out and the number of waiting threads is not 0.
 * None of these has a name that the dynamic linker knows:
 *
 *      the mutexes and the condition   are initialised in this order, in PyPy's data
 *      how many wait                   the only -42 there that becomes 0 right after
 *      the count                       is what its signal handler sets to -1
 *
 * With one more that waits for ever, and with the count made -1 whenever another thread
 * can run, nearly every instruction of Python's is a decision.
 */
#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "harness/control/engine/engine.h"
#include "gil.h"
#include "harness/control/engine/real.h"

/* -42 is what PyPy writes into the count of waiters until there is a GIL. A data segment of some
 * megabytes has it a few times by chance, not thousands of times; the handler that sets the count
 * is some twenty instructions long. */
enum { NOT_YET = -42, SUSPECTS_MAX = 4096, HANDLER_BYTES = 256 };

struct range {
    const char *start, *end;
};

static struct {
    const pthread_mutex_t *last_mutexes[2]; /* initialised; the newest last */
    const pthread_mutex_t *queue, *mutex; /* valid if cond is */
    const pthread_cond_t *cond; /* NULL: none was recognised */
    int looked;
    volatile long *waiting; /* valid if ticker is */
    volatile long *ticker; /* NULL: not found */
    long *suspects[SUSPECTS_MAX];
    int suspect_count;
} gil;

/* ---- where PyPy is ---- */

struct search {
    const char *inside;
    struct range data, code;
};

static int contains(const struct range *range, const void *address)
{
    return range->start <= (const char *)address && (const char *)address < range->end;
}

/* The library whose code has that function: its writable segment is where the variables are. */
static int look_at_library(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *search = context;
    struct range data = {NULL, NULL}, code = {NULL, NULL};

    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const char *start = (const char *)info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
            data = (struct range){start, start + segment->p_memsz};
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X)
            code = (struct range){start, start + segment->p_memsz};
    }
    if (!contains(&code, search->inside))
        return 0;
    search->data = data;
    search->code = code;
    return 1;
}

static int find_pypy(struct search *search)
{
    search->inside = dlsym(RTLD_DEFAULT, "pypy_carefully_make_gil");
    return search->inside != NULL && dl_iterate_phdr(look_at_library, search) && search->data.start;
}

/* ---- recognising ---- */

void sw_gil_pypy_saw_mutex(const pthread_mutex_t *mutex)
{
    gil.last_mutexes[0] = gil.last_mutexes[1];
    gil.last_mutexes[1] = mutex;
}

/* Every aligned -42 may be the count of waiters.  Which one it is shows as soon as the GIL is made:
 * that one changes. */
static void suspect(const struct range *data)
{
    gil.suspect_count = 0;
    for (long *at = (long *)(((uintptr_t)data->start + 7) & ~(uintptr_t)7);
         (const char *)(at + 1) <= data->end; at++) {
        if (*at != NOT_YET)
            continue;
        if (gil.suspect_count == SUSPECTS_MAX)
            return;
        gil.suspects[gil.suspect_count++] = at;
    }
}

void sw_gil_pypy_saw_cond(const pthread_cond_t *cond)
{
    struct search search = {0};

    /* The condition lies right behind its mutex, in one struct; the other mutex somewhere in the
     * same data. */
    if (gil.cond != NULL || (const char *)cond != (const char *)(gil.last_mutexes[1] + 1) ||
        !find_pypy(&search) || !contains(&search.data, cond) ||
        !contains(&search.data, gil.last_mutexes[0]))
        return;
    gil.queue = gil.last_mutexes[0];
    gil.mutex = gil.last_mutexes[1];
    gil.cond = cond;
    sw_engine_shm()->gil = 1;
    suspect(&search.data);
}

static volatile long *find_waiting(void)
{
    long *found = NULL;

    for (int i = 0; i < gil.suspect_count; i++) {
        if (*gil.suspects[i] == NOT_YET)
            continue;
        /* Two have changed: none can be told from the other. */
        if (found != NULL)
            return NULL;
        found = gil.suspects[i];
    }
    return found;
}

/* movq $-1,DISPLACEMENT(%rip) */
static volatile long *find_ticker(const struct search *search)
{
    static const unsigned char move[] = {0x48, 0xc7, 0x05}, minus_one[] = {255, 255, 255, 255};
    struct sigaction action;
    int32_t displacement;

    /* Any handler of PyPy's own will do: all of them tell the interpreter the same way to look. */
    for (int number = 1; number < 32; number++) {
        if (sigaction(number, NULL, &action) < 0 ||
            !contains(&search->code, (const void *)action.sa_handler))
            continue;
        const char *code = (const char *)action.sa_handler, *end = code + HANDLER_BYTES;
        for (; code + 11 < end && contains(&search->code, code + 11); code++) {
            if (memcmp(code, move, 3) != 0 || memcmp(code + 7, minus_one, 4) != 0)
                continue;
            memcpy(&displacement, code + 3, 4);
            const char *address = code + 11 + displacement;
            return contains(&search->data, address) ? (volatile long *)address : NULL;
        }
    }
    return NULL;
}

static void look(void)
{
    struct search search = {0};

    gil.looked = 1;
    gil.waiting = find_waiting();
    if (gil.waiting == NULL || !find_pypy(&search))
        return;
    gil.ticker = find_ticker(&search);
    if (gil.ticker == NULL)
        return;
    /* One waiter more than there is, for ever: the holder then believes that somebody wants the GIL
     * whenever the count of instructions has run out. */
    __atomic_fetch_add(gil.waiting, 1, __ATOMIC_SEQ_CST);
    sw_engine_shm()->gil = 2;
}

/* ---- operations ---- */

int sw_gil_pypy_arm(void)
{
    if (gil.cond != NULL && !gil.looked)
        look();
    /* Alone it would only be slower. */
    if (gil.ticker != NULL && sw_engine_others_may_run())
        *gil.ticker = -1;
    return gil.ticker != NULL;
}

int sw_gil_pypy_unlocked(const pthread_mutex_t *mutex)
{
    sw_gil_pypy_arm();
    return gil.cond != NULL && (mutex == gil.queue || mutex == gil.mutex);
}

int sw_gil_pypy_signalled(const pthread_cond_t *cond)
{
    sw_gil_pypy_arm();
    if (gil.cond == NULL || cond != gil.cond)
        return 0;
    sw_engine_point(SW_AT_GIL_RELEASE, 0);
    return 1;
}
