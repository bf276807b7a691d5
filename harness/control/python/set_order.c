/* SPDX-License-Identifier: MIT */
#include "set_order.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "harness/control/engine/engine.h"

/* A type's tp_name, tp_iter and tp_methods, which lie there in every CPython from 3.6 on; in its static types
 * the interpreter itself leaves them alone, but for a tp_iter of nothing. */
enum { TYPE_NAME = 24, TYPE_ITER = 216, TYPE_METHODS = 232 };

struct object {
    intptr_t references;
    void *type;
};

/* CPython's PySetObject, as far as is looked at, and its entries. */
struct entry {
    struct object *key;
    intptr_t hash;
};
struct set {
    struct object head;
    intptr_t fill, used, mask;
    struct entry *table;
};

struct method {
    const char *name;
    void *(*call)(void *self, void *arguments);
    int flags;
    const char *text;
};

typedef void *(*iter_function)(void *);

static iter_function iterate;
static void *(*pop)(void *, void *);
static const void *integer; /* PyLong_Type */

static int is_lock(const struct object *key)
{
    const char *name = *(const char *const *)((const char *)key->type + TYPE_NAME);

    return strcmp(name, "_thread.lock") == 0;
}

/* A plain integer's hash is its value.  Removed members have left a key that is none. */
static int follows_layout(const struct set *set)
{
    intptr_t integers = 0, locks = 0;

    for (intptr_t i = 0; set->used > 1 && i <= set->mask; i++) {
        const struct object *key = set->table[i].key;
        if (key == NULL || set->table[i].hash == -1)
            continue;
        integers += key->type == integer;
        locks += key->type != integer && is_lock(key);
    }
    return set->used > 1 && integers < set->used && locks < set->used;
}

static void look(const void *set)
{
    struct sw_control_shm *shm = sw_engine_shm();

    if (shm != NULL && (shm->follows & SW_FOLLOWS_LAYOUT) == 0 && follows_layout(set))
        shm->follows |= SW_FOLLOWS_LAYOUT;
}

static void *our_iterate(void *set)
{
    look(set);
    return iterate(set);
}

static void *our_pop(void *set, void *arguments)
{
    look(set);
    return pop(set, arguments);
}

static void watch(void *type)
{
    iter_function *iter = (iter_function *)((char *)type + TYPE_ITER);
    struct method *methods = *(struct method **)((char *)type + TYPE_METHODS);

    /* Both kinds of sets have the same. */
    iterate = *iter;
    *iter = our_iterate;
    for (; methods != NULL && methods->name != NULL; methods++)
        if (strcmp(methods->name, "pop") == 0) {
            pop = methods->call;
            methods->call = our_pop;
        }
}

void sw_set_order_start(void)
{
    void *set = dlsym(RTLD_DEFAULT, "PySet_Type"),
         *frozen = dlsym(RTLD_DEFAULT, "PyFrozenSet_Type");

    integer = dlsym(RTLD_DEFAULT, "PyLong_Type");
    if (set == NULL || frozen == NULL || dlsym(RTLD_DEFAULT, "PyMem_SetAllocator") == NULL)
        return;
    watch(set);
    watch(frozen);
}
