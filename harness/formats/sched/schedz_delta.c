/* SPDX-License-Identifier: MIT */
#include "schedz_delta.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The control byte, from its lowest bit: 2 bits of set, 1 of site, 2 of thread, 3 of choice.  Most
 * deviations have only that and a distance; zstd packs what they have in common.  Measured when the
 * format was made: a fifth of a byte a decision. */
enum { SET_SAME, SET_MORE, SET_FEWER, SET_OTHER, SET_BITS = 3 };
enum { SITE_BIT = 4, THREAD_SHIFT = 3, THREAD_BITS = 3, CHOICE_SHIFT = 5 };
enum { THREAD_SAME, THREAD_FIRST, THREAD_SECOND, THREAD_OTHER, CHOICE_OTHER = 7 };

/* In archives, where an action is a candidate like any other number; whoever needs other numbers
 * translates them here. */
_Static_assert((int)SW_ACTION_NOTHING == 0 && (int)SW_ACTION_SPILL == 1 &&
                   (int)SW_ACTION_COLLECT == 2 && (int)SW_ACTION_PARK == 3 &&
                   (int)SW_ACTION_FAIL == 4 && (int)SW_ACTION_KILL == 5 &&
                   (int)SW_ACTION_THROW == 6 && (int)SW_ACTION_END == 7,
               "an action's number is part of the format");

/* What the next deviation is likely to be like: the last one of its kind, and the last of all.
 * Writer and reader note the same ones in the same order, and begin with none. */
struct history {
    struct {
        uint32_t thread;
        uint32_t first; /* of its candidates, in the pool */
        uint32_t count;
    } of[SW_DECISION_KINDS];
    uint64_t next; /* the index behind it */
    unsigned site;
};

static void note(struct history *history, const struct sw_deviation *deviation, unsigned site)
{
    history->of[deviation->kind].thread = deviation->thread;
    history->of[deviation->kind].first = deviation->first;
    history->of[deviation->kind].count = deviation->count;
    history->next = deviation->index + 1;
    history->site = site;
}

/* ---- sites ---- */

/* A search from the first: of a program's sites the common ones come early, and one archive has
 * some dozens. */
int sw_schedz_delta_find(const struct sw_schedz_delta_sites *sites, unsigned kind, unsigned place)
{
    for (unsigned i = 0; i < sites->count; i++)
        if (sites->list[i].kind == kind && sites->list[i].place == place)
            return (int)i;
    return -1;
}

int sw_schedz_delta_survey(struct sw_schedz_delta_sites *sites, const struct sw_sched *sched)
{
    for (uint32_t i = 0; i < sched->deviation_count; i++) {
        const struct sw_deviation *deviation = &sched->deviations[i];
        if (sw_schedz_delta_find(sites, deviation->kind, deviation->place) >= 0)
            continue;
        if (sites->count == SW_SCHEDZ_DELTA_SITES_MAX)
            return -1;
        sites->list[sites->count].kind = deviation->kind;
        sites->list[sites->count++].place = deviation->place;
    }
    return 0;
}

/* ---- writing ---- */

/* How it was found differs from the header's in a seed, and its outcome mostly in nothing. */
static void write_line(struct sw_bytes *out, const char *line, const char *base)
{
    size_t common = 0;

    while (line[common] != '\0' && line[common] == base[common])
        common++;
    sw_bytes_add_number(out, common);
    sw_bytes_add_number(out, strlen(line + common));
    sw_bytes_add(out, line + common, strlen(line + common));
}

static void write_candidate(struct sw_bytes *out, uint32_t candidate)
{
    sw_bytes_add_number(out, (uint32_t)(candidate << 1 | candidate >> 31));
}

/* How to come from the old candidates to the new; *where they first differ.  Between two decisions
 * mostly one thread has come or gone.  Both ascend, so one more has its place from its value. */
static unsigned compare(const uint32_t *old, uint32_t old_count, const uint32_t *new,
                        uint32_t new_count, uint32_t *where)
{
    uint32_t i = 0;

    while (i < old_count && i < new_count && old[i] == new[i])
        i++;
    *where = i;
    if (old_count == new_count && i == new_count)
        return SET_SAME;
    /* Behind the place where they differ both go on alike. */
    if (old_count + 1 == new_count &&
        memcmp(old + i, new + i + 1, (old_count - i) * sizeof *old) == 0)
        return SET_MORE;
    if (old_count == new_count + 1 &&
        memcmp(old + i + 1, new + i, (new_count - i) * sizeof *old) == 0)
        return SET_FEWER;
    return SET_OTHER;
}

static void write_set(struct sw_bytes *out, unsigned set, const uint32_t *candidates,
                      uint32_t count, uint32_t where)
{
    if (set == SET_MORE)
        write_candidate(out, candidates[where]);
    if (set == SET_FEWER)
        sw_bytes_add_number(out, where);
    if (set != SET_OTHER)
        return;
    sw_bytes_add_number(out, count);
    for (uint32_t i = 0; i < count; i++)
        write_candidate(out, candidates[i]);
}

/* Who asks: mostly the thread that asked last, or one of the first that could run. */
static unsigned code_thread(const struct sw_deviation *deviation, const uint32_t *candidates,
                            uint32_t before)
{
    if (deviation->thread == before)
        return THREAD_SAME;
    if (deviation->thread == candidates[0])
        return THREAD_FIRST;
    return deviation->count > 1 && deviation->thread == candidates[1] ? THREAD_SECOND
                                                                      : THREAD_OTHER;
}

static uint32_t index_of_choice(const struct sw_deviation *deviation, const uint32_t *candidates)
{
    uint32_t choice = 0;

    while (choice < deviation->count && candidates[choice] != deviation->choice)
        choice++;
    assert(choice < deviation->count);
    return choice;
}

static void write_deviation(struct sw_bytes *out, const struct sw_sched *sched,
                            const struct sw_deviation *deviation, unsigned site,
                            const struct history *history)
{
    const uint32_t *candidates = sched->pool + deviation->first;
    uint32_t choice = index_of_choice(deviation, candidates), where;
    unsigned thread = code_thread(deviation, candidates, history->of[deviation->kind].thread);
    unsigned set =
        compare(sched->pool + history->of[deviation->kind].first,
                history->of[deviation->kind].count, candidates, deviation->count, &where);

    assert(deviation->index >= history->next);
    uint8_t control =
        (uint8_t)(set | (site != history->site ? SITE_BIT : 0) | thread << THREAD_SHIFT |
                  (choice < CHOICE_OTHER ? choice : CHOICE_OTHER) << CHOICE_SHIFT);
    sw_bytes_add_number(out, deviation->index - history->next);
    sw_bytes_add(out, &control, 1);
    if (site != history->site)
        sw_bytes_add_number(out, site);
    write_set(out, set, candidates, deviation->count, where);
    if (thread == THREAD_OTHER)
        sw_bytes_add_number(out, deviation->thread);
    if (choice >= CHOICE_OTHER)
        sw_bytes_add_number(out, choice);
}

void sw_schedz_delta_write(struct sw_bytes *out, const struct sw_sched *sched,
                           const struct sw_schedz_delta_base *base)
{
    struct history history = {0};

    write_line(out, sched->found, base->found);
    write_line(out, sched->outcome, base->outcome);
    sw_bytes_add_number(out, sched->decision_count);
    /* Eight bytes, and no number: a hash has no small values, and 7 bits a byte would be ten. */
    for (int i = 0; i < 8; i++)
        sw_bytes_add(out, &(uint8_t){(uint8_t)(sched->hash >> 8 * i)}, 1);
    sw_bytes_add_number(out, sched->deviation_count);
    for (uint32_t i = 0; i < sched->deviation_count; i++) {
        const struct sw_deviation *deviation = &sched->deviations[i];
        int site = sw_schedz_delta_find(base->sites, deviation->kind, deviation->place);
        assert(site >= 0);
        write_deviation(out, sched, deviation, (unsigned)site, &history);
        note(&history, deviation, (unsigned)site);
    }
}

/* ---- reading ---- */

struct reader {
    struct sw_bytes_walk *walk;
    const struct sw_schedz_delta_base *base;
    struct sw_sched *sched;
    size_t pool_room;
    struct history history;
};

/* A number that is wrong reads as 0, and then nothing can be taken: one look is enough. */
static int read_line(struct sw_bytes_walk *walk, const char *base, char **out)
{
    size_t common = sw_bytes_number(walk, strlen(base));
    size_t count = sw_bytes_number(walk, sw_bytes_left(walk));
    const uint8_t *rest = sw_bytes_take(walk, count);

    if (rest == NULL)
        return -1;
    if (memchr(rest, '\n', count) != NULL || memchr(rest, '\0', count) != NULL)
        return sw_bytes_fail(walk, "a line is none");
    *out = malloc(common + count + 1);
    if (*out == NULL)
        return sw_bytes_fail(walk, "out of memory");
    memcpy(*out, base, common);
    memcpy(*out + common, rest, count);
    (*out)[common + count] = '\0';
    return 0;
}

static uint32_t read_candidate(struct sw_bytes_walk *walk)
{
    uint32_t rotated = (uint32_t)sw_bytes_number(walk, UINT32_MAX);

    return rotated >> 1 | rotated << 31;
}

/* Twice what is needed, so that the pool is copied a few times only.  A short file can ask for
 * much: a deviation of two bytes may copy a set of SW_LIVE_THREADS_MAX.  SW_SCHED_POOL_MAX bounds
 * that, to 2 * 32 MiB. */
static int reserve(struct reader *r, uint32_t count)
{
    struct sw_sched *sched = r->sched;
    size_t needed = (size_t)sched->pool_used + count;

    if (needed > SW_SCHED_POOL_MAX || count > SW_LIVE_THREADS_MAX)
        return sw_bytes_fail(r->walk, "too many candidates");
    if (needed <= r->pool_room)
        return 0;
    uint32_t *pool = realloc(sched->pool, 2 * needed * sizeof *pool);
    if (pool == NULL)
        return sw_bytes_fail(r->walk, "out of memory");
    sched->pool = pool;
    r->pool_room = 2 * needed;
    return 0;
}

/* The candidates that are the last ones but for one: SET_FEWER leaves out the one at that index,
 * SET_MORE has the value where it keeps them ascending. */
static void derive(uint32_t *to, const uint32_t *from, uint32_t old, unsigned set, uint32_t value)
{
    uint32_t where = 0;

    if (set == SET_FEWER) {
        memcpy(to, from, value * sizeof *to);
        memcpy(to + value, from + value + 1, (old - value - 1) * sizeof *to);
        return;
    }
    if (set == SET_SAME) {
        memcpy(to, from, old * sizeof *to);
        return;
    }
    for (; where < old && from[where] < value; where++)
        to[where] = from[where];
    to[where] = value;
    for (; where < old; where++)
        to[where + 1] = from[where];
}

/* How many candidates there are, of old; *value: the one that is more, or the index of the one that
 * is fewer. */
static int read_count(struct reader *r, unsigned set, uint32_t old, uint32_t *value)
{
    uint32_t count = old;

    if (set == SET_OTHER)
        count = (uint32_t)sw_bytes_number(r->walk, SW_LIVE_THREADS_MAX);
    else if (set == SET_MORE)
        count++, *value = read_candidate(r->walk);
    else if (set == SET_FEWER)
        count--, *value = (uint32_t)sw_bytes_number(r->walk, old > 0 ? old - 1 : 0);
    if (r->walk->wrong != NULL)
        return -1;
    /* one fewer than none would be very many */
    if (count == 0 || old < (set == SET_FEWER))
        return sw_bytes_fail(r->walk, "a decision without candidates");
    return (int)count;
}

static int read_set(struct reader *r, unsigned set, struct sw_deviation *deviation)
{
    uint32_t old = r->history.of[deviation->kind].count, value = 0;
    int read = read_count(r, set, old, &value);
    uint32_t count = (uint32_t)read;

    if (read < 0)
        return -1;
    if (reserve(r, count) < 0)
        return -1;
    deviation->first = r->sched->pool_used;
    deviation->count = count;
    r->sched->pool_used += count;
    /* After reserve(), which may have moved the pool. */
    uint32_t *to = r->sched->pool + deviation->first;
    if (set != SET_OTHER)
        derive(to, r->sched->pool + r->history.of[deviation->kind].first, old, set, value);
    for (uint32_t i = 0; set == SET_OTHER && i < count; i++)
        to[i] = read_candidate(r->walk);
    return r->walk->wrong == NULL ? 0 : -1;
}

static int read_thread(struct reader *r, unsigned thread, struct sw_deviation *deviation)
{
    const uint32_t *candidates = r->sched->pool + deviation->first;

    if (thread == THREAD_SECOND && deviation->count < 2)
        return sw_bytes_fail(r->walk, "a thread that is no candidate");
    if (thread == THREAD_SAME)
        deviation->thread = r->history.of[deviation->kind].thread;
    else if (thread == THREAD_OTHER)
        deviation->thread = (uint32_t)sw_bytes_number(r->walk, UINT32_MAX);
    else
        deviation->thread = candidates[thread == THREAD_SECOND];
    return 0;
}

static int read_choice(struct reader *r, unsigned choice, struct sw_deviation *deviation)
{
    if (choice == CHOICE_OTHER)
        choice = (unsigned)sw_bytes_number(r->walk, UINT32_MAX);
    if (choice >= deviation->count)
        return sw_bytes_fail(r->walk, "a choice that is no candidate");
    deviation->choice = r->sched->pool[deviation->first + choice];
    return 0;
}

/* In the order of the header's comment: what comes later is read by what came before. */
static int read_deviation(struct reader *r, struct sw_deviation *deviation)
{
    const struct sw_schedz_delta_sites *sites = r->base->sites;
    uint64_t distance = sw_bytes_number(r->walk, UINT64_MAX / 2 - r->history.next);
    const uint8_t *control = sw_bytes_take(r->walk, 1);
    unsigned site = r->history.site;

    if (control == NULL)
        return -1;
    if (*control & SITE_BIT)
        site = (unsigned)sw_bytes_number(r->walk, UINT16_MAX);
    if (site >= sites->count)
        return sw_bytes_fail(r->walk, "a site that is not listed");
    *deviation = (struct sw_deviation){.index = r->history.next + distance,
                                       .kind = sites->list[site].kind,
                                       .place = sites->list[site].place};
    if (read_set(r, *control & SET_BITS, deviation) < 0 ||
        read_thread(r, *control >> THREAD_SHIFT & THREAD_BITS, deviation) < 0 ||
        read_choice(r, *control >> CHOICE_SHIFT, deviation) < 0)
        return -1;
    note(&r->history, deviation, site);
    return r->walk->wrong == NULL ? 0 : -1;
}

/* What stands in front of the deviations. */
static int read_totals(struct sw_bytes_walk *walk, const struct sw_schedz_delta_base *base,
                       struct sw_sched *sched)
{
    if (read_line(walk, base->found, &sched->found) < 0 ||
        read_line(walk, base->outcome, &sched->outcome) < 0)
        return -1;
    sched->decision_count = sw_bytes_number(walk, UINT64_MAX / 2);
    const uint8_t *hash = sw_bytes_take(walk, 8);
    for (int i = 0; hash != NULL && i < 8; i++)
        sched->hash |= (uint64_t)hash[i] << 8 * i;
    return hash == NULL ? -1 : 0;
}

int sw_schedz_delta_read(struct sw_bytes_walk *walk, const struct sw_schedz_delta_base *base,
                         struct sw_sched *sched)
{
    struct reader r = {.walk = walk, .base = base, .sched = sched};

    assert(sched->deviations == NULL && sched->pool == NULL);
    if (read_totals(walk, base, sched) < 0)
        return -1;
    /* A deviation has at least two bytes: no memory is asked for that the rest cannot fill. */
    size_t count = sw_bytes_number(walk, SW_SCHED_DEVIATIONS_MAX);
    if (walk->wrong == NULL && count > sw_bytes_left(walk) / 2)
        sw_bytes_fail(walk, "it ends too early");
    if (walk->wrong != NULL)
        return -1;
    sched->deviations = calloc(count + 1, sizeof *sched->deviations);
    if (sched->deviations == NULL)
        return sw_bytes_fail(walk, "out of memory");
    /* Counted when it is whole: whoever frees the schedule, or looks at it after an error, sees no
     * half one. */
    for (; sched->deviation_count < count; sched->deviation_count++)
        if (read_deviation(&r, &sched->deviations[sched->deviation_count]) < 0)
            return -1;
    return sw_bytes_left(walk) == 0 ? 0 : sw_bytes_fail(walk, "there is more behind its end");
}
