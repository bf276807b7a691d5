/* SPDX-License-Identifier: MIT
 *
 * suite.h - all that the paths of a command line name, loaded and checked.
 */
#ifndef SW_SUITE_H
#define SW_SUITE_H

#include <sys/types.h>

#include "harness/formats/spec/spec.h"
#include "transcript.h"

/* Tells whether two names are of one file. */
struct sw_suite_file {
    dev_t device;
    ino_t inode;
};

/* Owns its specs and expected transcripts; programs are borrowed from the paths. */
struct sw_suite {
    struct sw_spec **specs; /* in the order of the paths; a folder's sorted; each file once */
    struct sw_expected *expected; /* of each */
    struct sw_suite_file *files;  /* of each */
    int spec_count;
    int room; /* of these three arrays */
    char **programs;
    int program_count;
};

/* Loads everything before anything runs.  Symbolic links are followed, also to
 * folders.  Prints each error; returns how many there were. */
int sw_suite_load(char *const *paths, int count, struct sw_suite *suite);
void sw_suite_free(struct sw_suite *suite);

#endif
