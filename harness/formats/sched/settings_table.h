/* SPDX-License-Identifier: MIT
 *
 * settings_table.h - the settings of settings.h, a row each.
 *
 * A row says how the setting is written to a .sched and read from it; which commands take it, as
 * which option and with which help; what an interpreter must have for it; and how it reaches the
 * run, through the control memory or through the environment.  Campaigns, corpora and archives are
 * each for one combination of settings, which they compare as the lines of a .sched: so these
 * follow from the row, too.
 *
 * The rows are in the order of the lines, which is part of the format: a new row goes where files
 * that exist are still read as before, and no row is removed.  A setting that has its default is
 * not written, so that a new one changes neither files nor hashes of those who do not use it.
 */
#ifndef SW_SETTINGS_TABLE_H
#define SW_SETTINGS_TABLE_H

#include <stddef.h>

#include "settings.h"

/* What the value is, and with it the type of its member. */
enum sw_settings_type {
    SW_SETTINGS_ENVIRONMENT, /* variables and variable_count: words NAME=VALUE */
    SW_SETTINGS_SPILL, /* char *: one word, as contract/spill_setting.h has it */
    SW_SETTINGS_FAULTS, /* struct sw_fault_set: words, the names of faults */
    SW_SETTINGS_NUMBER, /* uint32_t: from 0, which is the default */
    SW_SETTINGS_WORD, /* uint32_t: the index of one of the row's words; 0: the default */
};

/* Which commands take it as an option; or'ed. */
enum sw_settings_command {
    SW_SETTINGS_RECORD = 1,
    SW_SETTINGS_EXPLORE = 2,
    SW_SETTINGS_RUN = 4, /* scenarios and programs; of tests the environment alone */
    SW_SETTINGS_RUN_TESTS = 8,
};

struct sw_settings_row {
    const char *key; /* begins its line in a .sched */
    enum sw_settings_type type;
    size_t offset; /* of its member in struct sw_settings */
    const char *const *words; /* WORD: NULL-terminated; words[0] is never written */
    /* The option --NAME, and its letter, 0 if it has none.  argument NULL: it is a flag, and
     * chooses words[1].  option NULL: no command takes it. */
    const char *option;
    int letter;
    const char *argument;
    const char *help;
    unsigned commands;
    int wants_points; /* the option implies --points */
    /* How it reaches the run.  shm: the offset in struct sw_control_shm of a member of the same
     * size, or 0.  fill: sets what else depends on it there, or NULL.  variable: its name in the
     * environment, or NULL. */
    size_t shm;
    void (*fill)(const struct sw_settings *setting, struct sw_control_shm *shm);
    const char *variable;
    /* An interpreter that does not export this symbol, and to which no PYTHONPATH among the variables
     * has this module, is refused with this message; each may be NULL. */
    const char *symbol, *module, *lacks;
};

enum { SW_SETTINGS_TABLE_COUNT = 17 };
extern const struct sw_settings_row sw_settings_table[SW_SETTINGS_TABLE_COUNT];

/* The row with that key, NULL if there is none. */
const struct sw_settings_row *sw_settings_table_find(const char *key);
/* Is it not the default? */
int sw_settings_table_is_set(const struct sw_settings *setting, const struct sw_settings_row *row);

/* The value of a NUMBER or WORD. */
uint32_t sw_settings_table_number(const struct sw_settings *setting,
                                  const struct sw_settings_row *row);
void sw_settings_table_set_number(struct sw_settings *setting, const struct sw_settings_row *row,
                                  uint32_t number);
/* The index of that word among the row's, -1 if it is none. */
int sw_settings_table_find_word(const struct sw_settings_row *row, const char *word, size_t length);

/* One more word of an ENVIRONMENT or FAULTS, or the word of a SPILL, as a .sched and an option
 * have it.  0, or -1 with *e (no place).  A variable that the runner itself sets (PATH, LD_PRELOAD,
 * SLP_...) is refused. */
int sw_settings_table_add(struct sw_settings *setting, const struct sw_settings_row *row,
                          const char *word, struct sw_error *e);
/* Is it one that the runner sets itself, and so refuses: NAME=VALUE? */
int sw_settings_table_is_ours(const char *variable);
/* The option with this argument, NULL for a flag.  0, or -1 with *e (no place). */
int sw_settings_table_give(struct sw_settings *setting, const struct sw_settings_row *row,
                           const char *argument, struct sw_error *e);

/* The value as text, with that separator between names of faults; not of an ENVIRONMENT.
 * SW_FAULT_SET_TEXT_MAX bytes are enough.  Returns buf. */
char *sw_settings_table_format(const struct sw_settings *setting, const struct sw_settings_row *row,
                               char separator, char *buf, size_t size);

#endif
