/* SPDX-License-Identifier: MIT */
#include "tasklet_names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "event_writer.h"

/* Open addressing with linear probing.  Nothing is ever removed, so a probe may end at the first
 * empty slot, and there are no marks of slots that were in use once. */
struct table {
    void **records; /* each begins with its address */
    uint32_t size; /* a power of two, or 0 */
    uint32_t used;
    uint32_t record_bytes;
};

static struct table tasklets = {.record_bytes = sizeof(struct sw_tasklet)};
static struct table channels = {.record_bytes = sizeof(struct sw_channel)};
static uint32_t tasklet_numbers;
static uint32_t channel_numbers;
static sw_tasklet_names_finder find_name;
static int find_once;

static void *address_of(void *record)
{
    return *(void **)record;
}

/* Where the address is, or would be.  Objects are aligned to 16 bytes, so the lowest 4 bits say
 * nothing.  2 ** 64 divided by the golden ratio spreads the others upwards (Knuth's multiplicative
 * hashing): the upper half of the product has something of each. */
static uint32_t slot_of(const struct table *table, void *address)
{
    uint64_t key = (uint64_t)(uintptr_t)address >> 4;
    uint32_t at = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (table->size - 1);

    while (table->records[at] != NULL && address_of(table->records[at]) != address)
        at = (at + 1) & (table->size - 1);
    return at;
}

/* The first table is 64 pointers, half a KiB; chosen freely. */
static void grow(struct table *table)
{
    struct table bigger = *table;

    bigger.size = table->size ? table->size * 2 : 64;
    bigger.records = sw_event_writer_alloc(bigger.size, sizeof *bigger.records);
    for (uint32_t i = 0; i < table->size; i++) {
        if (table->records[i] != NULL)
            bigger.records[slot_of(&bigger, address_of(table->records[i]))] = table->records[i];
    }
    sw_event_writer_free(table->records);
    *table = bigger;
}

static void *lookup(const struct table *table, void *address)
{
    return table->size == 0 ? NULL : table->records[slot_of(table, address)];
}

/* The record of that address, made if it is new: then its fields are 0, and the caller's to set. */
static void *enter(struct table *table, void *address)
{
    void *record = lookup(table, address);

    assert(address != NULL);
    if (record != NULL)
        return record;
    /* Half full at most: a probe of what is there then looks at 1.5 slots, of what is not at 2.5
     * (Knuth, volume 3, section 6.4). */
    if (table->used >= table->size / 2)
        grow(table);
    record = sw_event_writer_alloc(1, table->record_bytes);
    *(void **)record = address;
    table->records[slot_of(table, address)] = record;
    table->used++;
    return record;
}

void sw_tasklet_names_start(sw_tasklet_names_finder find, int ask_once)
{
    find_name = find;
    find_once = ask_once;
}

struct sw_tasklet *sw_tasklet_names_tasklet_new(void *address, unsigned home)
{
    struct sw_tasklet *t = enter(&tasklets, address);

    t->actor = -1;
    t->home = home;
    t->is_main = 0;
    t->number = ++tasklet_numbers;
    t->name = sw_event_writer_format("tasklet#%u", t->number);
    t->spill_depth = 0;
    return t;
}

struct sw_tasklet *sw_tasklet_names_known_tasklet(void *address)
{
    return address == NULL ? NULL : lookup(&tasklets, address);
}

struct sw_tasklet *sw_tasklet_names_tasklet(void *address)
{
    struct sw_tasklet *t = sw_tasklet_names_known_tasklet(address);

    if (t != NULL || address == NULL)
        return t;
    return sw_tasklet_names_tasklet_new(address, SW_THREAD_OTHER);
}

/* Gives its N back, if no later one has been handed out: so the number of actors has no influence
 * on what the other tasklets are called. */
static void rename_tasklet(struct sw_tasklet *t, sw_text name)
{
    if (t->number != 0 && t->number == tasklet_numbers)
        tasklet_numbers--;
    t->number = 0;
    t->name = name;
}

void sw_tasklet_names_set_actor(struct sw_tasklet *t, int actor, sw_text name)
{
    t->actor = actor;
    rename_tasklet(t, name);
}

void sw_tasklet_names_set_main(struct sw_tasklet *t, unsigned thread)
{
    t->home = thread;
    t->is_main = 1;
    rename_tasklet(t, thread == SW_THREAD_OTHER ? sw_event_writer_text("main of another thread")
                                                : sw_event_writer_format("main of T%u", thread));
}

sw_text sw_tasklet_names_of_tasklet(const struct sw_tasklet *t)
{
    return t == NULL ? 0 : t->name;
}

struct sw_channel *sw_tasklet_names_channel_new(void *address)
{
    struct sw_channel *c = enter(&channels, address);

    c->name = 0;
    c->found_name = 0;
    c->number = ++channel_numbers;
    return c;
}

struct sw_channel *sw_tasklet_names_channel(void *address)
{
    struct sw_channel *c;

    if (address == NULL)
        return NULL;
    c = lookup(&channels, address);
    return c != NULL ? c : sw_tasklet_names_channel_new(address);
}

sw_text sw_tasklet_names_of_channel(struct sw_channel *c)
{
    if (c == NULL)
        return 0;
    /* A variable may be bound to it later than it is first named: so the question is put again, but
     * to a program, whose namespace can be large, only once. */
    if (c->found_name || (c->name != 0 && find_once))
        return c->name;
    sw_text found = find_name != NULL ? find_name(c->address) : 0;
    if (found != 0) {
        c->found_name = 1;
        c->name = found;
    } else if (c->name == 0) {
        c->name = sw_event_writer_format("channel#%u", c->number);
    }
    return c->name;
}
