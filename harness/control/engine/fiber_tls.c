/* SPDX-License-Identifier: MIT */
#include "fiber_tls.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <linux/futex.h>
#include <locale.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include "engine_state.h"
#include "real.h"

/* 64 libraries with thread-local variables are more than any interpreter loads.  Static ones lie
 * within glibc's surplus below the thread pointer, far less than 64 KiB; what is further away was
 * allocated. */
enum { MODULES_MAX = 64, STATIC_BYTES = 1 << 16 };

static __thread int has_atexit; /* __cxa_thread_atexit_impl() was called */

/* ---- thread-specific data ---- */

/* Under the lock of whoever calls: as the program does it itself. */
static struct key {
    int used;
    void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];

SW_EXPORT int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int failed = SW_REAL(pthread_key_create)(key, destructor);

    if (failed == 0 && *key < PTHREAD_KEYS_MAX)
        keys[*key] = (struct key){1, destructor};
    return failed;
}

SW_EXPORT int pthread_key_delete(pthread_key_t key)
{
    if (key < PTHREAD_KEYS_MAX)
        keys[key].used = 0;
    return SW_REAL(pthread_key_delete)(key);
}

/* One round; returns how many destructors ran.  A destructor may set values again: POSIX lets the C
 * library try PTHREAD_DESTRUCTOR_ITERATIONS times, and so do we. */
static int destroy_specific(void)
{
    int ran = 0;

    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
        void *value = keys[key].used ? pthread_getspecific(key) : NULL;
        if (value == NULL)
            continue;
        /* Before its destructor runs, as POSIX says: that may look at it. */
        pthread_setspecific(key, NULL);
        if (keys[key].destructor != NULL) {
            keys[key].destructor(value);
            ran++;
        }
    }
    return ran;
}

/* ---- robust mutexes ---- */

/* To look for them costs a system call at each thread's end: only where there ever was one. */
static int robust_seen;

void sw_fiber_tls_saw_robust_mutex(void)
{
    robust_seen = 1;
}

static int holds_robust_mutexes(void)
{
    struct robust_list_head *head = NULL;
    size_t size;

    return robust_seen &&
           SW_REAL(syscall)(SYS_get_robust_list, sw_engine_own->tid, &head, &size) == 0 &&
           head != NULL && head->list.next != &head->list;
}

/* ---- thread-local variables ---- */

int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library);

SW_EXPORT int __cxa_thread_atexit_impl(void (*function)(void *), void *object, void *library)
{
    static int (*real)(void (*)(void *), void *, void *);

    /* Such an object's destructor runs at the real thread's end only, and nobody else can call
     * it. */
    has_atexit = 1;
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "__cxa_thread_atexit_impl");
    return real(function, object, library);
}

struct module {
    ptrdiff_t offset; /* of its variables, from the thread pointer */
    const void *image;
    size_t image_size;
    size_t size;
};

static struct modules {
    int known;
    unsigned long long adds, subs; /* libraries that had been loaded and unloaded then */
    int count;
    int dynamic; /* the variables of some have no fixed place */
    struct module list[MODULES_MAX];
} modules;

/* The C library's state of the thread is not ours to reset; our own neither. */
static int is_left_alone(const struct dl_phdr_info *info)
{
    static const char *const names[] = {"libc.so", "ld-linux", "libspillway.so"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strstr(info->dlpi_name, names[i]) != NULL)
            return 1;
    return 0;
}

/* The first values of a library's variables are in its image, as the program header says; what is
 * above them is 0.  A fixed offset from the thread pointer is below it, on x86-64. */
static void add_module(const struct dl_phdr_info *info, const ElfW(Phdr) * header)
{
    ptrdiff_t offset = (char *)info->dlpi_tls_data - (char *)pthread_self();

    if (info->dlpi_tls_data == NULL || offset >= 0 || offset < -STATIC_BYTES ||
        modules.count == MODULES_MAX) {
        modules.dynamic = 1;
        return;
    }
    modules.list[modules.count++] = (struct module){
        .offset = offset,
        .image = (const void *)(info->dlpi_addr + header->p_vaddr),
        .image_size = header->p_filesz,
        .size = header->p_memsz,
    };
}

/* The loader counts what it loads and unloads: as long as these counts are the same so is the list,
 * and a thread's end costs a look and not a walk. */
static int look_at_module(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    if (modules.known && modules.adds == info->dlpi_adds && modules.subs == info->dlpi_subs)
        return 1; /* nothing has changed */
    modules = (struct modules){.known = 1, .adds = info->dlpi_adds, .subs = info->dlpi_subs};
    return 2;
}

static int collect_module(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (int i = 0; i < info->dlpi_phnum && !is_left_alone(info); i++)
        if (info->dlpi_phdr[i].p_type == PT_TLS)
            add_module(info, &info->dlpi_phdr[i]);
    return 0;
}

static void find_modules(void)
{
    if (dl_iterate_phdr(look_at_module, NULL) == 2)
        dl_iterate_phdr(collect_module, NULL);
}

int sw_fiber_tls_renew(const char **why)
{
    for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && destroy_specific() > 0; round++)
        continue;
    /* Only now: a destructor may have loaded a library. */
    find_modules();
    *why = has_atexit               ? "it has thread_local objects with destructors"
           : holds_robust_mutexes() ? "it ended with a robust mutex in its hands"
           : modules.dynamic        ? "a library that was loaded later has thread-local variables"
                                    : NULL;
    if (*why != NULL)
        return 0;
    for (int i = 0; i < modules.count; i++) {
        const struct module *module = &modules.list[i];
        char *at = (char *)pthread_self() + module->offset;
        /* As the C library does for a new thread. */
        memcpy(at, module->image, module->image_size);
        memset(at + module->image_size, 0, module->size - module->image_size);
    }
    /* What else a thread has of its own in the C library, and can change: a new one would have
     * these. */
    uselocale(LC_GLOBAL_LOCALE);
    SW_REAL(pthread_setcancelstate)(PTHREAD_CANCEL_ENABLE, NULL);
    SW_REAL(pthread_setcanceltype)(PTHREAD_CANCEL_DEFERRED, NULL);
    errno = 0;
    return 1;
}
