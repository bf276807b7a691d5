/* SPDX-License-Identifier: MIT */
#include "sem_named.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/control/engine/engine.h"
#include "harness/control/engine/engine_state.h"
#include "harness/control/engine/real.h"
#include "harness/control/engine/sync_objects.h"
#include "harness/control/verdict/uncontrolled.h"

/* Of more than that the others are taken for shared ones. */
enum { OWN_MAX = 256, NAME_BYTES = 64 };

static struct own {
    const sem_t *sem; /* NULL: free */
    const void *caller;
    char name[NAME_BYTES]; /* "": it has none any more */
} own[OWN_MAX];

static struct own *find_sem(const sem_t *sem)
{
    for (int i = 0; i < OWN_MAX; i++)
        if (own[i].sem == sem)
            return &own[i];
    return NULL;
}

static struct own *find_name(const char *name)
{
    for (int i = 0; i < OWN_MAX; i++)
        if (own[i].sem != NULL && strcmp(own[i].name, name) == 0)
            return &own[i];
    return NULL;
}

/* "/mp-abc" as "/mp-abc.spillway-000".  0: it cannot be told apart so. */
static int make_real(const char *name, char real[2 * NAME_BYTES])
{
    const char *temp = sw_engine.shm->temp_path, *last = strrchr(temp, '/');

    return last != NULL && strlen(name) > 1 &&
           snprintf(real, 2 * NAME_BYTES, "%s.%s", name, last + 1) < 2 * NAME_BYTES;
}

/* ---- opening ---- */

static sem_t *open_shared(const char *name, int flags, mode_t mode, unsigned value,
                          const void *caller)
{
    sem_t *sem = SW_REAL(sem_open)(name, flags, mode, value);

    if (sem != SEM_FAILED && sw_engine_self() != NULL) {
        sw_sync_objects_get(SW_OBJECT_SEM, sem)->is_shared = 1;
        sw_uncontrolled_note("a named semaphore", caller);
    }
    return sem;
}

/* Nobody else's name is like that: one that is there already, and not in the table, is left over. */
static sem_t *open_own(struct own *one, const char *name, mode_t mode, unsigned value,
                       const void *caller)
{
    char real[2 * NAME_BYTES];
    sem_t *sem = SEM_FAILED;

    make_real(name, real);
    for (int i = 0; i < 2 && sem == SEM_FAILED; i++) {
        sem = SW_REAL(sem_open)(real, O_CREAT | O_EXCL, mode, value);
        if (sem == SEM_FAILED && (errno != EEXIST || SW_REAL(sem_unlink)(real) != 0))
            break;
    }
    if (sem == SEM_FAILED)
        return sem;
    *one = (struct own){.sem = sem, .caller = caller};
    strcpy(one->name, name);
    sw_sync_objects_add(SW_OBJECT_SEM, sem);
    return sem;
}

SW_EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
    const void *caller = __builtin_return_address(0);
    char real[2 * NAME_BYTES];
    va_list arguments;

    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    unsigned value = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    int is_new = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    struct own *free = find_sem(NULL);
    if (sw_engine_self() == NULL || strlen(name) >= NAME_BYTES || !make_real(name, real))
        return open_shared(name, flags, mode, value, caller);
    if (find_name(name) != NULL) {
        if (!is_new)
            return open_shared(real, flags, mode, value, caller);
        errno = EEXIST;
        return SEM_FAILED;
    }
    return is_new && free != NULL ? open_own(free, name, mode, value, caller)
                                  : open_shared(name, flags, mode, value, caller);
}

SW_EXPORT int sem_close(sem_t *sem)
{
    struct own *one = find_sem(sem);

    if (one != NULL) {
        sw_sync_objects_remove(sem);
        /* Its name may be there for longer: then somebody may still open it. */
        if (one->name[0] == '\0')
            one->sem = NULL;
    }
    return SW_REAL(sem_close)(sem);
}

SW_EXPORT int sem_unlink(const char *name)
{
    struct own *one = strlen(name) < NAME_BYTES ? find_name(name) : NULL;
    char real[2 * NAME_BYTES];

    if (one == NULL || sw_engine_self() == NULL || !make_real(name, real))
        return SW_REAL(sem_unlink)(name);
    one->name[0] = '\0';
    return SW_REAL(sem_unlink)(real);
}

/* ---- a fork ---- */

/* As the C library calls its file.  From now on it is called so, too. */
static void link_name(const char *name)
{
    char real[2 * NAME_BYTES], from[PATH_MAX], to[PATH_MAX];

    if (!make_real(name, real))
        return;
    snprintf(from, sizeof from, "/dev/shm/sem.%s", real + (real[0] == '/'));
    snprintf(to, sizeof to, "/dev/shm/sem.%s", name + (name[0] == '/'));
    if (SW_REAL(link)(from, to) == 0)
        SW_REAL(unlink)(from);
}

void sw_sem_named_before_fork(void)
{
    for (int i = 0; i < OWN_MAX; i++) {
        if (own[i].sem != NULL && own[i].name[0] != '\0')
            link_name(own[i].name);
        own[i].name[0] = '\0';
    }
}

void sw_sem_named_after_fork(void)
{
    for (int i = 0; i < OWN_MAX; i++) {
        struct sw_object *object = own[i].sem != NULL ? sw_sync_objects_find(own[i].sem) : NULL;
        if (object != NULL && sw_engine_self() != NULL) {
            object->is_shared = 1;
            sw_uncontrolled_note("a named semaphore", own[i].caller);
        }
        own[i].sem = NULL;
    }
}
