/* SPDX-License-Identifier: MIT */
#include "shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"

/* strtoull() alone would take a sign and blanks.  0, or -1: it is no number from least to most.
 * *end: what is behind it. */
static int read_number(const char *text, uint64_t least, uint64_t most, uint64_t *number,
                       const char **end)
{
    char *rest;

    errno = 0;
    *number = strtoull(text, &rest, 10);
    *end = rest;
    return errno != 0 || rest == text || *text == '-' || *text == '+' || *text == ' ' ||
                   *number < least || *number > most
               ? -1
               : 0;
}

/* 1; 0: there is none of that name; -1 with *e. */
static int read_variable(const char *name, uint64_t *number, struct sw_error *e)
{
    const char *text = getenv(name), *end;

    if (text == NULL)
        return 0;
    if (read_number(text, 0, UINT32_MAX, number, &end) < 0 || *end != '\0')
        return sw_error_set(e, NULL, 0, 0, "%s is '%s', which is no number", name, text);
    return 1;
}

/* From 1, and how many; *shards is 0 if nobody says. */
static int read_environment(uint64_t *shard, uint64_t *shards, struct sw_error *e)
{
    uint64_t id, least = 0, most = 0, step = 1;
    int there = read_variable("SLURM_ARRAY_TASK_ID", &id, e), bounds;

    *shards = 0;
    if (there < 0)
        return -1;
    if (there == 0) {
        there = read_variable("JOB_COMPLETION_INDEX", &id, e);
        *shard = id + 1;
        return there < 0 ? -1
               : there == 0
                   ? sw_error_set(e, NULL, 0, 0,
                                  "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")
                   : 0;
    }
    bounds = read_variable("SLURM_ARRAY_TASK_MIN", &least, e) |
             read_variable("SLURM_ARRAY_TASK_MAX", &most, e) |
             read_variable("SLURM_ARRAY_TASK_STEP", &step, e);
    if (bounds < 0)
        return -1;
    if (step == 0 || id < least || id > most)
        return sw_error_set(e, NULL, 0, 0,
                            "SLURM_ARRAY_TASK_ID does not fit its MIN, MAX and STEP");
    /* The tasks are least, least + step, ...: which of them is this one, and how many are there? */
    *shard = (id - least) / step + 1;
    *shards = (most - least) / step + 1;
    return 0;
}

static int parse_auto(const char *text, uint32_t *shard, uint32_t *shards, struct sw_error *e)
{
    uint64_t is = 0, of, wanted = 0;
    const char *end;

    if (*text == '/' &&
        (read_number(text + 1, 1, SW_CAMPAIGN_SHARDS_MAX, &wanted, &end) < 0 || *end != '\0'))
        return sw_error_set(e, NULL, 0, 0, "'auto%s': behind the stroke stands a number up to %d",
                            text, SW_CAMPAIGN_SHARDS_MAX);
    if (read_environment(&is, &of, e) < 0)
        return -1;
    if (of == 0 && wanted == 0)
        return sw_error_set(e, NULL, 0, 0,
                            "JOB_COMPLETION_INDEX does not say of how many: auto/N does");
    if (of != 0 && wanted != 0 && of != wanted)
        return sw_error_set(e, NULL, 0, 0, "auto/%llu, but the array has %llu tasks",
                            (unsigned long long)wanted, (unsigned long long)of);
    of = of != 0 ? of : wanted;
    if (is > of || of > SW_CAMPAIGN_SHARDS_MAX)
        return sw_error_set(e, NULL, 0, 0, "there is no shard %llu of %llu", (unsigned long long)is,
                            (unsigned long long)of);
    *shard = (uint32_t)is;
    *shards = (uint32_t)of;
    return 0;
}

int sw_shard_parse(const char *text, uint32_t *shard, uint32_t *shards, struct sw_error *e)
{
    uint64_t is, of;
    const char *end;

    if (strncmp(text, "auto", 4) == 0 && (text[4] == '\0' || text[4] == '/'))
        return parse_auto(text + 4, shard, shards, e);
    if (read_number(text, 1, SW_CAMPAIGN_SHARDS_MAX, &is, &end) < 0 || *end != '/' ||
        read_number(end + 1, 1, SW_CAMPAIGN_SHARDS_MAX, &of, &end) < 0 || *end != '\0' || is > of)
        return sw_error_set(e, NULL, 0, 0,
                            "'%s' is none; 3/8 is the third of eight, auto[/N] asks "
                            "Slurm or Kubernetes",
                            text);
    *shard = (uint32_t)is;
    *shards = (uint32_t)of;
    return 0;
}
