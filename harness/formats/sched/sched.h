/* SPDX-License-Identifier: MIT
 *
 * sched.h - a schedule as a file.
 *
 *      spillway schedule 2
 *      writer   spillway 0.3.0
 *      program  programs/transfer.py  xxh128 3f9c...
 *      args     --times 3
 *      input    tests/transfer.py  xxh128 07d1...
 *      interp   build/bin/slpython-lab  xxh128 9a1e...
 *      env      TZ=UTC
 *      spill    16384
 *      faults   release-eats-mailbox spill-entry-eats-mailbox
 *      points   decide
 *      steps    spill-return-eats-mailbox
 *      fail     1
 *      early    2
 *      network  real
 *      begin    program
 *      found    random seed 41
 *      outcome  exit 1
 *      ----
 *           212  T0 main      gil.release        run T1 of T0 T1
 *           340  T1 thread    cond.signal        wake T3 of T2 T3
 *      ----
 *      decisions 517  hash 8c1f...
 *      check 77aa...
 *
 * Only the decisions that were not the default are listed (contract/decision.h): the number of
 * the decision; who asked, and where, as a check; what was chosen, of which candidates.  "hash" is
 * over all decisions, listed or not.  xxh128 is a file's hash, as xxhsum -H2 prints it.  "check" is
 * the XXH3 of all lines above; whoever edits a schedule by hand writes "check none".
 *
 * "args", "input" (the file that the program runs, when that is not the program itself) and the
 * settings between "interp" and "found" (settings.h) are left out where there is nothing to say.  A
 * word with a blank, a quote or a control character is quoted, with \xHH for what is not printable.
 *
 * A struct sw_sched owns all it points to.  After a successful sw_sched_read()
 * everything in it is valid: the indices ascend, each choice is a candidate.
 */
#ifndef SW_SCHED_H
#define SW_SCHED_H

#include <stdint.h>
#include <stdio.h>

#include "contract/decision.h"
#include "contract/error.h"
#include "settings.h"

enum {
    SW_SCHED_VERSION = 2,
    SW_SCHED_ARGS_MAX = 256,
    SW_SCHED_DEVIATIONS_MAX = 1 << 20, /* what the control memory holds */
    SW_SCHED_POOL_MAX = 1 << 23,
};
#define SW_SCHED_BYTES_MAX (256u << 20)

struct sw_sched {
    char *writer; /* the version of spillway that wrote it */
    char *program;
    char program_hash[33]; /* 32 hexadecimal digits */
    char **args; /* arg_count, and a NULL */
    int arg_count;
    char *input; /* NULL: none */
    char input_hash[33];
    char *interp;
    char interp_hash[33];
    char *folder; /* where the program runs; NULL: where we are.  Not in the file: sched_paths.h */
    struct sw_settings setting;
    char *found;   /* how it was found: to the end of the line */
    char *outcome; /* to the end of the line */
    uint32_t deviation_count;
    struct sw_deviation *deviations;
    uint32_t pool_used;
    uint32_t *pool; /* the deviations' candidates */
    uint64_t decision_count;
    uint64_t hash;
};

/* Reads and parses.  0 and *out, or -1 and *e (place and text). */
int sw_sched_load(const char *path, struct sw_sched **out, struct sw_error *e);
/* The same from memory; path is for messages only. */
int sw_sched_read(const char *path, const char *bytes, size_t size, struct sw_sched **out,
                   struct sw_error *e);
void sw_sched_free(struct sw_sched *sched);

/* Writes it.  0, or -1 with errno. */
int sw_sched_write(FILE *out, const struct sw_sched *sched);

/* Its lines of the setting, "env" to "begin"; nothing that is as usual. */
void sw_sched_write_setting(FILE *out, const struct sw_settings *setting);

/* XXH128 of a file's bytes, as text.  0, or -1 with *e. */
int sw_sched_hash_file(const char *path, char hash[33], struct sw_error *e);

#endif
