/* SPDX-License-Identifier: MIT
 *
 * shard.h - which part of a campaign this process runs: the text of --shard.
 *
 *      3/8       the third of eight
 *      auto      as a task of a Slurm array: SLURM_ARRAY_TASK_ID among SLURM_ARRAY_TASK_MIN, _MAX
 *                and _STEP
 *      auto/8    the same; or as a pod of a Kubernetes indexed Job, which does not know how many
 *                there are: JOB_COMPLETION_INDEX, from 0
 */
#ifndef SW_SHARD_H
#define SW_SHARD_H

#include <stdint.h>

#include "contract/error.h"

/* shard: from 1 to shards.  0, or -1 with *e (no place). */
int sw_shard_parse(const char *text, uint32_t *shard, uint32_t *shards, struct sw_error *e);

#endif
