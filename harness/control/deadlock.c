/* SPDX-License-Identifier: MIT */
#include "deadlock.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"
#include "objects.h"

static struct sw_thread *find_ordinal(uint32_t ordinal)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_engine_live(&threads);

    for (uint32_t i = 0; i < count; i++)
        if (threads[i]->ordinal == ordinal)
            return threads[i];
    return NULL;
}

/* The ordinal of who could end the wait, or SW_OBJECT_NOBODY. */
static uint32_t holder_of(const struct sw_wait *wait)
{
    const struct sw_object *object;

    if (wait->kind == SW_WAIT_JOIN)
        return ((const struct sw_thread *)wait->address)->ordinal;
    if (wait->kind != SW_WAIT_MUTEX && wait->kind != SW_WAIT_SEM && wait->kind != SW_WAIT_WAKE)
        return SW_OBJECT_NOBODY;
    object = sw_objects_find(wait->address);
    return object != NULL ? object->holder : SW_OBJECT_NOBODY;
}

static void describe(const struct sw_thread *thread, char *buf, size_t size)
{
    const struct sw_wait *wait = &thread->wait;
    const struct sw_object *object = sw_objects_find(wait->address);
    uint32_t holder = holder_of(wait);
    char held[32] = "";

    if (wait->kind == SW_WAIT_JOIN) {
        snprintf(buf, size, "waits for the end of T%u", holder);
        return;
    }
    if (holder != SW_OBJECT_NOBODY)
        snprintf(held, sizeof held, ", held by T%u", holder);
    if (wait->kind == SW_WAIT_GIL)
        snprintf(buf, size, "waits for the GIL");
    else
        snprintf(buf, size, "waits for %s#%u%s",
                 object != NULL ? sw_objects_kind_name(object->kind) : "something",
                 object != NULL ? object->ordinal : 0, held);
}

/* Follows who waits for whom.  The members of the first cycle met, or 0. */
static uint32_t find_cycle(struct sw_thread **cycle, uint32_t max)
{
    struct sw_thread *const *threads;
    uint32_t count = sw_engine_live(&threads);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = 0;
        struct sw_thread *thread = threads[i];
        while (thread != NULL && length < max) {
            cycle[length++] = thread;
            uint32_t holder = holder_of(&thread->wait);
            thread = holder != SW_OBJECT_NOBODY ? find_ordinal(holder) : NULL;
            if (thread == threads[i])
                return length;
        }
    }
    return 0;
}

static void dump_python(void)
{
    const char *(*dump)(int, void *, void *);

    *(void **)&dump = dlsym(RTLD_DEFAULT, "_Py_DumpTracebackThreads");
    if (dump == NULL)
        return;
    const char *error = dump(STDERR_FILENO, NULL, NULL);
    if (error != NULL)
        dprintf(STDERR_FILENO, "no Python stacks: %s\n", error);
}

void sw_deadlock_end(void)
{
    struct sw_thread *const *threads, *cycle[16];
    uint32_t count = sw_engine_live(&threads);
    uint32_t length = find_cycle(cycle, 16);
    char text[128], story[1024] = "";
    size_t used = 0;

    dprintf(STDERR_FILENO, "deadlock: none of %u threads can run\n", count);
    for (uint32_t i = 0; i < count; i++) {
        describe(threads[i], text, sizeof text);
        dprintf(STDERR_FILENO, "  T%u (0x%016lx) at %s %s\n", threads[i]->ordinal,
                (unsigned long)threads[i]->handle, sw_decision_place(threads[i]->wait.place), text);
    }
    for (uint32_t i = 0; i < length; i++) {
        describe(cycle[i], text, sizeof text);
        used += (size_t)snprintf(story + used, sizeof story - used, "%sT%u %s", i > 0 ? "; " : "",
                                 cycle[i]->ordinal, text);
    }
    if (length > 0)
        dprintf(STDERR_FILENO, "cycle: %s\n", story);
    sw_engine_stop(); /* what CPython writes is no decision any more */
    dump_python();
    sw_engine_end(SW_END_DEADLOCK, "%s", length > 0 ? story : "every thread waits, in no cycle");
}
