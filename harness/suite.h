/* SPDX-License-Identifier: MIT
 *
 * suite.h - all that the paths of a command line name, loaded and checked.
 */
#ifndef SW_SUITE_H
#define SW_SUITE_H

#include "options.h"
#include "spec.h"
#include "transcript.h"

/* Owns its specs and expected transcripts; programs are borrowed from argv. */
struct sw_suite {
    struct sw_spec **specs; /* in the order of the paths; a folder's sorted */
    struct sw_expected *expected;
    int spec_count;
    char **programs;
    int program_count;
};

/* Loads everything before anything runs.  Prints each error; returns how many
 * there were. */
int sw_suite_load(const struct sw_options *options, struct sw_suite *suite);
void sw_suite_free(struct sw_suite *suite);

#endif
