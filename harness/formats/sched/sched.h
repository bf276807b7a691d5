/* SPDX-License-Identifier: MIT
 *
 * sched.h - a schedule as a file.
 *
 *      spillway schedule 5
 *      writer   spillway 0.3.0
 *      program  spillway_starter.py  spillway 0.3.0
 *      args     tests/transfer.py test_transfer
 *      input    tests/transfer.py  xxh128 07d1...
 *      folder   ..
 *      interp   /usr/bin/python3.11  cpython 3.11.2
 *      env      TZ=UTC
 *      spill    16384
 *      faults   release-eats-mailbox spill-entry-eats-mailbox
 *      points   decide
 *      steps    spill-return-eats-mailbox
 *      fail     1
 *      early    2
 *      network  real
 *      begin    program
 *      chance   7
 *      layout   3
 *      hashes   address
 *      expect   pass
 *      from     12
 *      found    random seed 41
 *      outcome  exit 1
 *      reads    tests/helper.py  xxh128 1d2a...
 *      reads    /usr/lib/python3.11  63 files  xxh128 90b1...
 *      reads    tests/.  2 names  fnv64 83c2...  1f3a0b77 c0ffee12
 *      unnoted  files
 *      printed  12 af63...  0 0000...
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
 * How files are named, and found on another machine: sched_paths.h.  A program that comes with
 * spillway has a version and no hash, and so has an interpreter whose kind is known: spillway,
 * cpython, slpython, pypy.
 *
 * "args", "input" (the file that the program runs, when that is not the program itself), "folder"
 * and the settings between "interp" and "found" (settings.h) are left out where there is nothing to
 * say.  A word with a blank, a quote or a control character is quoted, with \xHH for what is not
 * printable.
 *
 * "reads" are the other files that the run has read, so that a replay that diverges can say which
 * is no longer what it was; "compiled" stands before the hash of the source of a module that was read
 * as a .pyc.  A path that ends with "/." is of a folder that was listed: how many names there were, the
 * sum of their FNV-64 in 16 digits, and the FNV-64 of these in their order.  An archive keeps none of
 * all this.  Where there is "unnoted", the run has opened more files than there is room for, and of
 * the others nothing is known.
 *
 * Behind the hash of a folder may stand its names, eight digits each, and then those that the run
 * found there later: a replay hides others that have come (harness/control/io/as_recorded.h).
 * "printed" is what the run has written to stdout and to
 * stderr: how many bytes, and their FNV-64; an archive does not keep it.
 *
 * Versions 2 to 4 are read, and are written where they were read.  Before version 5 the hash of an
 * object followed its address, so that such a schedule has the setting "hashes address", which its
 * file does not say.  Version 2 has no "folder", and of
 * all files the hash.  In 2 and 3 the hash over the decisions is of locks' numbers in the process, which
 * are others where Python imports more before the program: nobody can compare it any more, and the
 * decisions that are listed, their count and the outcome are what is left.
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
    SW_SCHED_VERSION = 5,
    SW_SCHED_VERSION_OLDEST = 2,
    SW_SCHED_FIRST_WITH_HASHES = 5, /* the setting; before, it is ADDRESS */
    SW_SCHED_ARGS_MAX = 256,
    SW_SCHED_READS_MAX = 4096,
    SW_SCHED_DEVIATIONS_MAX = 1 << 20, /* what the control memory holds */
    SW_SCHED_POOL_MAX = 1 << 23,
};
#define SW_SCHED_BYTES_MAX (256u << 20)

/* A file that the run has read; with file_count, all that it has read of the interpreter's own
 * library, and a hash of their names and hashes; or a folder that it has listed, and two hashes of 16
 * digits of the names in it (struct sw_listing). */
struct sw_sched_read {
    char *path;
    uint32_t file_count; /* 0: it is a file, or a folder */
    uint32_t is_compiled; /* 1: a file that was read as its .pyc; the hash is the source's */
    uint32_t is_folder;
    uint32_t name_count; /* of a folder */
    /* Of a folder, sw_listed_name(): name_count, and later_count that were found there later; owned.
     * NULL: they are not kept. */
    uint32_t *names;
    uint32_t later_count;
    char hash[33];
};

struct sw_sched {
    uint32_t format; /* of the file; 0: SW_SCHED_VERSION */
    char *writer; /* the version of spillway that wrote it */
    char *program;
    char *program_version; /* "spillway 0.3.0"; or NULL, and there is a hash */
    char program_hash[33]; /* 32 hexadecimal digits */
    char **args; /* arg_count, and a NULL */
    int arg_count;
    char *input; /* NULL: none */
    char input_hash[33];
    char *folder; /* where the program runs; of a file: NULL: where it is itself; then, by
                     sched_paths.h: NULL: where we are */
    char *interp;
    char *interp_version; /* "cpython 3.11.2"; or NULL, and there is a hash */
    char interp_hash[33];
    char *interp_missing; /* the recorded path, if another was found.  Not in the file */
    struct sw_settings setting;
    char *found; /* how it was found: to the end of the line */
    char *outcome; /* to the end of the line */
    uint32_t read_count;
    struct sw_sched_read *reads;
    uint32_t has_printed; /* 1: it is known what the run has printed */
    struct sw_printed printed[2]; /* on stdout and on stderr */
    uint32_t has_unnoted; /* 1: it has opened more files than could be noted */
    uint32_t deviation_count;
    struct sw_deviation *deviations;
    uint32_t pool_used;
    uint32_t *pool; /* the deviations' candidates */
    uint64_t decision_count;
    uint64_t hash;
};

/* Did a run with so many decisions, of that hash, decide as the recorded one? */
int sw_sched_is_same_run(const struct sw_sched *sched, uint64_t decision_count, uint64_t hash);

/* Reads and parses.  0 and *out, or -1 and *e (place and text). */
int sw_sched_load(const char *path, struct sw_sched **out, struct sw_error *e);
/* The same from memory; path is for messages only. */
int sw_sched_read(const char *path, const char *bytes, size_t size, struct sw_sched **out,
                  struct sw_error *e);
void sw_sched_free(struct sw_sched *sched);

/* Its text, the caller's to free, of that size.  NULL: no memory. */
char *sw_sched_write_text(const struct sw_sched *sched, size_t *size);
/* Writes it, whole or not at all (atomic_files.h).  0, or -1 with *e. */
int sw_sched_write(const char *path, const struct sw_sched *sched, struct sw_error *e);

/* Its lines of the setting, "env" to "begin"; nothing that is as usual. */
void sw_sched_write_setting(FILE *out, const struct sw_settings *setting);

/* XXH128 of a file's bytes, as text.  0, or -1 with *e. */
int sw_sched_hash_file(const char *path, char hash[33], struct sw_error *e);

#endif
