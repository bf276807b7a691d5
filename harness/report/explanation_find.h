/* SPDX-License-Identifier: MIT
 *
 * explanation_find.h - the patterns of explanation.h, for the explanation*.c only.
 */
#ifndef SW_EXPLANATION_FIND_H
#define SW_EXPLANATION_FIND_H

#include "explanation.h"

/* Each: 1 if it was found, and then kind, object, pair, reason and rows are set. */

/* From an exception, backwards. */
int sw_explanation_find_data(struct sw_explanation *explanation, const struct sw_timeline *timeline,
                             uint32_t exception);
/* Nobody could run. */
int sw_explanation_wait_find(struct sw_explanation *explanation,
                             const struct sw_timeline *timeline);

/* One more entry that matters; in any order, and once. */
void sw_explanation_add(struct sw_explanation *explanation, uint32_t number);
void sw_explanation_set(struct sw_explanation *explanation, enum sw_explanation_kind kind,
                        const char *object, uint32_t first, uint32_t second);

#endif
