/* SPDX-License-Identifier: MIT
 *
 * transcript.h - a run as text that is the same every time, and the .out file.
 *
 *      spec value/prefers-nobody hash 8c1f0e5d2b7a4c39
 *      schedule the-receiver-waits
 *        1  wait : blocks ch.receive
 *        2  send : done, wakes wait: done
 *             sender      sends v1 on ch
 *             sender      hands v1 to receiver on ch
 *             receiver    receives v1 from ch
 *
 * Names only, no addresses and no text of a step; values are numbered in the
 * order of their sends.  A spill is in it if the schedule asked for it, not if
 * the stack happened to be deep; a release if it was the last reference.
 *
 * All functions here want a sanitized event memory (event_shm_sanitize.h).
 */
#ifndef SW_TRANSCRIPT_H
#define SW_TRANSCRIPT_H

#include <stdio.h>

#include "harness/formats/spec/spec.h"
#include "contract/event_shm.h"

enum {
    SW_TRANSCRIPT_NAME_MAX = 600, /* bytes of "family/name": two names of files */
    SW_TRANSCRIPT_LINE_MAX = 1200,
    SW_TRANSCRIPT_SECTION_MAX = 4 << 20,
};

/* "family/name" of a spec, wherever it is looked at from. */
void sw_transcript_spec_name(const char *path, char *buf, unsigned long size);

/* The schedule's section, "schedule NAME" first.  What is longer than
 * SW_TRANSCRIPT_SECTION_MAX ends with a line that says so. */
void sw_transcript_write(FILE *out, const struct sw_event_shm *event_shm,
                         const struct sw_spec *spec, const struct sw_spec_schedule *schedule);
/* One event as it stands in a transcript or a story, without an end of line.
 * Returns 0, and an empty text, if it has no place there; else 1.  size: at most
 * SW_TRANSCRIPT_LINE_MAX is used. */
int sw_transcript_event(char *buf, unsigned long size, const struct sw_event_shm *event_shm,
                        const struct sw_event *event);
/* The head of a move: number, step, directives, observed outcomes. */
void sw_transcript_move(FILE *out, const struct sw_event_shm *event_shm, const struct sw_spec *spec,
                        const struct sw_spec_schedule *schedule, uint32_t number);

/* The expected transcript of a spec: the .out file beside it. */
struct sw_expected {
    char *text; /* owned; NULL: there is no such file */
    int stale;  /* its hash is not the spec's */
};
/* 0, or -1 with *e when there is a file that cannot be read. */
int sw_golden_load(const struct sw_spec *spec, struct sw_expected *expected, struct sw_error *e);
void sw_golden_free(struct sw_expected *expected);
/* Compares one schedule's section with the expected one.  0 if they are equal;
 * else -1 and the difference in *diff, NULL without memory. */
int sw_golden_compare(const struct sw_expected *expected, const char *schedule,
                        const char *section, char **diff);
/* The lines of two texts, with "-", "+" or nothing in front; the caller's, and
 * NULL without memory. */
char *sw_golden_difference(const char *wanted, const char *got);
/* Writes the .out file of sections that follow each other.  0, or -1 with *e. */
int sw_golden_write(const struct sw_spec *spec, const char *sections, struct sw_error *e);

#endif
