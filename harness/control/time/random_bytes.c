/* SPDX-License-Identifier: MIT */
#include "random_bytes.h"

#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "contract/chance.h"
#include "harness/control/engine/engine.h"
#include "harness/control/engine/real.h"
#include "random_seeds.h"

enum { FIRST = 0x6368616e }; /* any number but 0 would do; this one is "chan" in ASCII */

static uint64_t state; /* 0: nothing has been drawn yet */
static int prepared;

/* Only now is it looked at: a schedule that goes on from a checkpoint may have another one. */
static uint64_t first_of(const struct sw_control_shm *shm)
{
    uint64_t chance = shm->chance_how != SW_CHANCE_FIXED
                          ? sw_chance_of_seed(shm->chance_how, shm->seed)
                          : shm->chance;

    /* Mixed: the generator adds the same number each time, and sequences that began at neighbouring
     * numbers would overlap. */
    return chance <= SW_CHANCE_FIRST ? FIRST : sw_decision_random(&chance);
}

uint64_t sw_random_bytes_state(void)
{
    return state;
}

void sw_random_bytes_restart(uint64_t first)
{
    state = first;
}

void sw_random_bytes_start(void)
{
    enum { AT_RANDOM_BYTES = 16 };
    char *bytes = (char *)getauxval(AT_RANDOM);
    uint64_t first = FIRST;

    for (int i = 0; bytes != NULL && i < AT_RANDOM_BYTES; i += 8) {
        uint64_t word = sw_decision_random(&first);
        memcpy(bytes + i, &word, sizeof word);
    }
}

void sw_random_bytes_prepare(void)
{
    state = FIRST;
    prepared = 1;
}

/* Until it is forked and controlled; a thread of the fork that is not has none of ours. */
static int is_ours(void)
{
    return sw_engine_self() != NULL || (prepared && sw_engine_shm() == NULL);
}

ssize_t sw_random_bytes_fill(void *buf, size_t size)
{
    struct sw_control_shm *shm = sw_engine_shm();
    char *at = buf;

    if (shm != NULL) {
        shm->follows |= SW_FOLLOWS_CHANCE;
        shm->drew = 1;
    }
    if (state == 0)
        state = first_of(shm);
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = sw_decision_random(&state);
        memcpy(at + i, &word, size - i < 8 ? size - i : 8);
    }
    if (shm != NULL)
        sw_random_seeds_drawn(buf, size);
    return (ssize_t)size;
}

SW_EXPORT ssize_t getrandom(void *buf, size_t size, unsigned flags)
{
    if (!is_ours())
        return SW_REAL(getrandom)(buf, size, flags);
    if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) != 0) {
        errno = EINVAL;
        return -1;
    }
    return sw_random_bytes_fill(buf, size);
}

SW_EXPORT int getentropy(void *buf, size_t size)
{
    if (!is_ours())
        return SW_REAL(getentropy)(buf, size);
    if (size > 256) {
        errno = EIO;
        return -1;
    }
    sw_random_bytes_fill(buf, size);
    return 0;
}

SW_EXPORT void arc4random_buf(void *buf, size_t size)
{
    if (!is_ours())
        SW_REAL(arc4random_buf)(buf, size);
    else
        sw_random_bytes_fill(buf, size);
}

SW_EXPORT uint32_t arc4random(void)
{
    uint32_t word;

    arc4random_buf(&word, sizeof word);
    return word;
}

SW_EXPORT uint32_t arc4random_uniform(uint32_t limit)
{
    return limit > 1 ? (uint32_t)((uint64_t)arc4random() * limit >> 32) : 0;
}
