/* SPDX-License-Identifier: MIT
 *
 * score.h - the command "spillway score": which scenarios show which fault.
 *
 * A spec declares the sets of faults with which it fails, and those with which
 * it still passes.  Every declaration is run, and the healthy interpreter too.
 */
#ifndef SW_SCORE_H
#define SW_SCORE_H

#include "options.h"

/* 0: every run came out as declared, and every fault is shown by a scenario; 1:
 * not so; 2, 130 as with "spillway run". */
int sw_score(const struct sw_options *options);

#endif
