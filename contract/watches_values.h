/* SPDX-License-Identifier: MIT
 *
 * watches_values.h - how an interpreter that watches values tells whoever controls its threads.
 *
 * slpython and its extension module can follow each value from its send to its receive
 * (interp/value_ledger.h).  The controller defines functions of these names, and the interpreter
 * calls them if they are there.
 */
#ifndef SLP_WATCHES_VALUES_H
#define SLP_WATCHES_VALUES_H

/* In the environment, "watch": values are watched.  slpython-lab always does. */
#define SLP_VALUE_WATCH_ENV "SLP_VALUES"
#define SLP_VALUE_WATCH_WORD "watch"
/* What a process exits with that would exit with 0, when a value was lost in it. */
enum { SLP_VALUE_WATCH_EXIT = 70 };

/* From now on values are watched here. */
#define SLP_VALUE_WATCH_BEGINS "spillway_watches_values"
typedef void slp_value_watch_begins(void);

/* A value was lost, or the like.  line: "value-lost ch: sent ...", its kind first.  Called with the
 * GIL, at the moment at which it shows.  Ends a controlled process; else returns. */
#define SLP_VALUE_WATCH_FAILS "spillway_value_fails"
typedef void slp_value_watch_fails(const char *line);

#endif
