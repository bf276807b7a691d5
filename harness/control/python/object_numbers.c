/* SPDX-License-Identifier: MIT */
#include "object_numbers.h"

#include <stddef.h>
#include <sys/mman.h>

#include "harness/control/engine/real.h"

uint8_t sw_object_lines[SW_OBJECT_LINES];

/* ---- a table of words ----
 *
 * Open addressing with linear probing.  An entry's key is not 0. */

struct entry {
    uint64_t key, value;
};
struct table {
    struct entry *entries;
    uint64_t size; /* a power of two; 0: there is none yet */
    uint64_t used;
    int shift; /* of a key: what is left says where it begins */
};

/* An object takes 16 bytes and more; a kind is well mixed. */
static struct table blocks = {.shift = 4}, kinds;

/* Of the size that Python's own start fills to a quarter, and never more full than to a half: the
 * blocks of one pool are close to each other. */
enum { SIZE_MIN = 1 << 13 };

/* Between the control memory and what the program maps (mmap_layout.c), so that nothing of the
 * program's is moved by it.  Valgrind may have something there. */
static struct entry *map_entries(uint64_t count)
{
    static uintptr_t next = 0x10c000000000u;
    size_t size = count * sizeof(struct entry);
    void *map = SW_REAL(mmap)((void *)next, size, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    if (map == MAP_FAILED)
        map = SW_REAL(mmap)(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else
        next += size;
    return map != MAP_FAILED ? map : NULL;
}

/* The one with that key, or the free one where it would be. */
static struct entry *find(const struct table *table, uint64_t key)
{
    uint64_t i = key >> table->shift;

    while (table->entries[i & (table->size - 1)].key != key &&
           table->entries[i & (table->size - 1)].key != 0)
        i++;
    return &table->entries[i & (table->size - 1)];
}

static int grow(struct table *table)
{
    struct table larger = *table;

    larger.size = table->size == 0 ? SIZE_MIN : table->size * 2;
    larger.entries = map_entries(larger.size);
    if (larger.entries == NULL)
        return -1;
    for (uint64_t i = 0; i < table->size; i++)
        if (table->entries[i].key != 0)
            *find(&larger, table->entries[i].key) = table->entries[i];
    if (table->size > 0)
        munmap(table->entries, table->size * sizeof *table->entries);
    *table = larger;
    return 0;
}

/* It may be there.  NULL: no memory. */
static struct entry *find_or_add(struct table *table, uint64_t key)
{
    if (table->used * 2 >= table->size && grow(table) < 0)
        return NULL;
    struct entry *entry = find(table, key);
    table->used += entry->key == 0;
    entry->key = key;
    return entry;
}

/* Backward-shift deletion: whoever stands behind the gap and could have stood in it moves up. */
static void close_gap(struct table *table, uint64_t gap)
{
    uint64_t mask = table->size - 1;

    for (uint64_t i = (gap + 1) & mask; table->entries[i].key != 0; i = (i + 1) & mask) {
        uint64_t home = table->entries[i].key >> table->shift & mask;
        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        table->entries[gap] = table->entries[i];
        gap = i;
    }
    table->entries[gap] = (struct entry){0};
}

/* ---- objects ---- */

uint64_t sw_object_numbers_find(uintptr_t block)
{
    return blocks.size > 0 ? find(&blocks, block)->value : 0;
}

/* A line that is full stays so: then it is the table that says no. */
int sw_object_numbers_add(uintptr_t block, uint64_t hash)
{
    struct entry *entry = find_or_add(&blocks, block);

    if (entry == NULL)
        return -1;
    entry->value = hash;
    *sw_object_line(block) += *sw_object_line(block) < UINT8_MAX;
    return 0;
}

void sw_object_numbers_remove(uintptr_t block)
{
    struct entry *entry = blocks.size > 0 ? find(&blocks, block) : NULL;

    if (entry == NULL || entry->key == 0)
        return;
    close_gap(&blocks, (uint64_t)(entry - blocks.entries));
    blocks.used--;
    *sw_object_line(block) -= *sw_object_line(block) < UINT8_MAX;
}

uint64_t sw_object_numbers_count(uint64_t kind)
{
    struct entry *entry = find_or_add(&kinds, kind);

    return entry != NULL ? entry->value++ : 0;
}
