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
 */
#ifndef SW_TRANSCRIPT_H
#define SW_TRANSCRIPT_H

#include <stdio.h>

#include "spec.h"
#include "wire.h"

/* "family/name" of a spec's path. */
void sw_transcript_spec_name(const char *path, char *buf, unsigned long size);

/* The schedule's section, "schedule NAME" first. */
void sw_transcript_write(FILE *out, const struct sw_wire *wire, const struct sw_spec *spec,
                         const struct sw_spec_schedule *schedule);
/* One event as it stands in a transcript or a story, without an end of line.
 * Returns 0 if it has no place there. */
int sw_transcript_event(FILE *out, const struct sw_wire *wire, const struct sw_event *event);
/* The head of a move: number, step, directives, observed outcomes. */
void sw_transcript_move(FILE *out, const struct sw_wire *wire, const struct sw_spec *spec,
                        const struct sw_spec_schedule *schedule, uint32_t number);

/* The expected transcript of a spec. */
struct sw_expected {
    char *text; /* owned; NULL: there is no .out file */
    int stale;  /* its hash is not the spec's */
};
void sw_expected_load(const struct sw_spec *spec, struct sw_expected *expected);
void sw_expected_free(struct sw_expected *expected);
/* Compares one schedule's section with the expected one.  0 if they are equal;
 * else -1 and the difference as lines with -, + in *diff (owned by the caller). */
int sw_expected_compare(const struct sw_expected *expected, const char *schedule,
                        const char *section, char **diff);
/* Writes the .out file of sections that follow each other.  0, or -1 with *e. */
int sw_expected_write(const struct sw_spec *spec, const char *sections, struct sw_error *e);

#endif
