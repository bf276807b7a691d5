/* SPDX-License-Identifier: MIT */
#include "hyperloglog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "contract/whole_file.h"
#include "harness/formats/files/atomic_files.h"

#define MAGIC "SPLWSK1\n"

struct image {
    char magic[8];
    uint8_t registers[SW_HYPERLOGLOG_REGISTERS];
    uint64_t check; /* XXH3 of the registers */
};

void sw_hyperloglog_add(struct sw_hyperloglog *sketch, uint64_t number)
{
    uint64_t hash = XXH3_64bits(&number, sizeof number);
    /* The top bits choose the register; the rest is what is left of them.  Its first 1 bit is at
     * position r with a probability of 2 ** -r, so a register at r has seen about 2 ** r different
     * numbers.  The 1 that is set behind the rest ends the count where it would run out of bits. */
    uint64_t rest = hash << SW_HYPERLOGLOG_BITS | 1u << (SW_HYPERLOGLOG_BITS - 1);
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    uint8_t *slot = &sketch->registers[hash >> (64 - SW_HYPERLOGLOG_BITS)];

    if (rank > *slot)
        *slot = rank;
}

void sw_hyperloglog_merge(struct sw_hyperloglog *sketch, const struct sw_hyperloglog *other)
{
    for (int i = 0; i < SW_HYPERLOGLOG_REGISTERS; i++)
        if (other->registers[i] > sketch->registers[i])
            sketch->registers[i] = other->registers[i];
}

uint64_t sw_hyperloglog_estimate(const struct sw_hyperloglog *sketch)
{
    const double m = SW_HYPERLOGLOG_REGISTERS, alpha = 0.7213 / (1 + 1.079 / m);
    double sum = 0;
    int empty = 0;

    for (int i = 0; i < SW_HYPERLOGLOG_REGISTERS; i++) {
        sum += ldexp(1, -sketch->registers[i]);
        empty += sketch->registers[i] == 0;
    }
    /* The harmonic mean of 2 ** register, times m; alpha is the paper's correction of its bias for
     * m >= 128. */
    double estimate = alpha * m * m / sum;
    /* While many registers are empty, how many tells more: n numbers leave m * exp(-n / m) of m
     * empty ("linear counting").  2.5 m, 40,960 here, is where the paper switches over. */
    if (estimate <= 2.5 * m && empty > 0)
        estimate = m * log(m / empty);
    return (uint64_t)(estimate + 0.5);
}

int sw_hyperloglog_write(const struct sw_hyperloglog *sketch, const char *path, struct sw_error *e)
{
    struct image image = {.magic = MAGIC};

    memcpy(image.registers, sketch->registers, sizeof image.registers);
    image.check = XXH3_64bits(image.registers, sizeof image.registers);
    return sw_atomic_files_write(path, &image, sizeof image, e);
}

int sw_hyperloglog_read(struct sw_hyperloglog *sketch, const char *path, struct sw_error *e)
{
    struct image image;
    struct sw_hyperloglog other;
    size_t size;
    char *bytes = sw_whole_file_read(path, sizeof image, &size, e);

    if (bytes == NULL)
        return -1;
    if (size == sizeof image)
        memcpy(&image, bytes, size);
    free(bytes);
    if (size != sizeof image || memcmp(image.magic, MAGIC, sizeof image.magic) != 0 ||
        image.check != XXH3_64bits(image.registers, sizeof image.registers))
        return sw_error_set(e, path, 0, 0, "it is no sketch, or a damaged one");
    memcpy(other.registers, image.registers, sizeof other.registers);
    sw_hyperloglog_merge(sketch, &other);
    return 0;
}
