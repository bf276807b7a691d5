/* SPDX-License-Identifier: MIT
 *
 * value_watch.h - whether values are watched, and who is told of a lost one.
 *
 *                     the ledger is called          a failure goes to
 *   slpython-lab      at its points, always         the agent, if a runner has its events; else
 *   slpython, and     where SLP_VALUE_POINT says,   whoever controls the threads, who ends the
 *   the extension     with SLP_VALUES=watch       process; else stderr, and a process that would
 *   module                                          exit with 0 exits with 70
 */
#ifndef SLP_VALUE_WATCH_H
#define SLP_VALUE_WATCH_H

#include "cpython.h"

#include "contract/points.h"
#include "value_ledger.h"

/* Reads the environment; the first call counts.  0, or -1 with an exception. */
int slp_value_watch_init(void);
/* How many failures were told. */
extern int slp_value_watch_failures;
/* The observer (value_ledger.h) of those whom nobody observes. */
void slp_value_watch_tell(const struct slp_value_told *told);

/* A point that the ledger looks at: in each build, and in the lab one of its own points. */
#ifdef SLP_LAB
#define SLP_VALUE_POINT(id, subject, object, value) SLP_POINT(id, subject, object, value)
#else
extern int slp_value_watch_on;
#define SLP_VALUE_POINT(id, subject, object, value) \
    (__builtin_expect(slp_value_watch_on, 0) \
         ? slp_value_watch_visit(SLP_POINT_##id, (subject), (object), (value)) \
         : 0u)
unsigned slp_value_watch_visit(enum slp_point point, void *subject, void *object, void *value);
#endif

#endif
