/* SPDX-License-Identifier: MIT */
#include "place_name.h"

#include <stdlib.h>
#include <string.h>

#include "fnv.h"

/* LENT_MAX: a runner has as many control memories open as it has jobs.  A name that is only in one
 * beyond that is printed as "choice:?".  BUCKETS: some hundred names are in chains of one or two.
 * Both chosen freely. */
enum { LENT_MAX = 256, BUCKETS = 256 };

_Static_assert(sizeof SW_PLACE_NAME_PREFIX + SW_PLACE_NAME_MAX <= SW_PLACE_NAME_SIZE,
               "the longest name and its NUL");

static struct sw_place_names *lent[LENT_MAX];
static unsigned lent_count;

/* What is kept, by number. */
static struct kept {
    struct kept *next;
    uint32_t number;
    char name[SW_PLACE_NAME_SIZE];
} * buckets[BUCKETS];

/* As harness/formats/sched/sched_word.h has it. */
static int is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

int sw_place_name_is_valid(const char *name)
{
    size_t prefix = sizeof SW_PLACE_NAME_PREFIX - 1, length = prefix;

    if (strncmp(name, SW_PLACE_NAME_PREFIX, prefix) != 0)
        return 0;
    while (is_plain((unsigned char)name[length]))
        length++;
    return name[length] == '\0' && length > prefix && length - prefix <= SW_PLACE_NAME_MAX;
}

/* A hash whose upper bits are folded into the lower 30. */
uint32_t sw_place_name_number(const char *name)
{
    uint64_t hash = SW_FNV_64;

    for (; *name != '\0'; name++)
        hash = sw_fnv_64(hash, (unsigned char)*name);
    return SW_PLACE_NAMED | (uint32_t)((hash ^ hash >> 32) & (SW_PLACE_NAMED - 1));
}

/* The name of that number in a table that may have been scribbled on. */
static const char *find_in(const struct sw_place_names *table, uint32_t number)
{
    for (uint32_t i = 0; i < table->count && i < SW_PLACE_NAMES_MAX; i++) {
        const char *name = table->names[i];
        if (memchr(name, '\0', SW_PLACE_NAME_SIZE) != NULL && sw_place_name_is_valid(name) &&
            sw_place_name_number(name) == number)
            return name;
    }
    return NULL;
}

uint32_t sw_place_name_put(struct sw_place_names *table, const char *name)
{
    uint32_t number = sw_place_name_number(name);
    const char *found = find_in(table, number);

    /* Of two names with one number the first has it: the second is refused, so that no schedule can
     * mean either. */
    if (found != NULL)
        return strcmp(found, name) == 0 ? number : 0;
    if (table->count >= SW_PLACE_NAMES_MAX)
        return 0;
    strcpy(table->names[table->count++], name);
    return number;
}

static const struct kept *find_kept(uint32_t number)
{
    const struct kept *at = buckets[number % BUCKETS];

    while (at != NULL && at->number != number)
        at = at->next;
    return at;
}

uint32_t sw_place_name_keep(const char *name)
{
    uint32_t number = sw_place_name_number(name);
    const struct kept *found = find_kept(number);

    if (found != NULL)
        return strcmp(found->name, name) == 0 ? number : 0;
    struct kept *kept = malloc(sizeof *kept);
    if (kept == NULL)
        return 0;
    *kept = (struct kept){.next = buckets[number % BUCKETS], .number = number};
    strcpy(kept->name, name);
    buckets[number % BUCKETS] = kept;
    return number;
}

void sw_place_name_lend(struct sw_place_names *table)
{
    for (unsigned i = 0; i < lent_count; i++)
        if (lent[i] == table)
            return;
    if (lent_count < LENT_MAX)
        lent[lent_count++] = table;
    /* The child has messages, too, and they may be about what a file said. */
    for (int i = 0; i < BUCKETS; i++)
        for (const struct kept *at = buckets[i]; at != NULL; at = at->next)
            sw_place_name_put(table, at->name);
}

void sw_place_name_take_back(struct sw_place_names *table)
{
    for (unsigned i = 0; i < lent_count; i++)
        /* The last takes the empty place: the order means nothing. */
        if (lent[i] == table)
            lent[i] = lent[--lent_count];
    /* The memory is going to be unmapped; what the schedules of this run mean must be known
     * longer. */
    for (uint32_t i = 0; i < table->count && i < SW_PLACE_NAMES_MAX; i++)
        if (memchr(table->names[i], '\0', SW_PLACE_NAME_SIZE) != NULL &&
            sw_place_name_is_valid(table->names[i]))
            sw_place_name_keep(table->names[i]);
}

const char *sw_place_name_find(uint32_t number)
{
    const struct kept *kept = find_kept(number);
    const char *name = kept != NULL ? kept->name : NULL;

    for (unsigned i = 0; i < lent_count && name == NULL; i++)
        name = find_in(lent[i], number);
    return name;
}
