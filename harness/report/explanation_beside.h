/* SPDX-License-Identifier: MIT
 *
 * explanation_beside.h - what matters in a run that fails, and the same in one that passes.
 *
 * An operation of the one is looked for in the other by its thread, its line, its kind and its
 * object, and by how often the thread has done that before; of the object that it is about there are
 * all reads and writes.  Each side is in the order of its own run, and has its own values.  What the
 * other run does not have, like the exception, is on one side only.
 */
#ifndef SW_EXPLANATION_BESIDE_H
#define SW_EXPLANATION_BESIDE_H

#include "explanation.h"

/* passes: how that schedule is called, "the default schedule".  Lines. */
void sw_explanation_beside_print(FILE *out, const struct sw_explanation *explanation,
                                 const struct sw_timeline *failing,
                                 const struct sw_timeline *passing, const char *passes);

#endif
