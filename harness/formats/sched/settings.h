/* SPDX-License-Identifier: MIT
 *
 * settings.h - all that changes a run, apart from the program, its arguments and the interpreter.
 *
 * A schedule names its settings, so that a replay has the same ones.  How each is called, written,
 * read, given on the command line and passed to the run is in one table, settings_table.h: a new
 * setting is a member here and a row there.
 *
 * A struct sw_settings owns its texts, from a zeroed one to sw_settings_free().
 */
#ifndef SW_SETTINGS_H
#define SW_SETTINGS_H

#include <stdint.h>

#include "contract/control_shm.h"
#include "contract/error.h"
#include "contract/fault_set.h"

enum {
    SW_SETTINGS_VARIABLES_MAX = 64, /* that somebody may ask for */
    SW_SETTINGS_VARIABLES_OURS = 8, /* room for those that the runner itself adds to them */
};

/* How a schedule that is kept as a test is to end (spillway promote). */
enum sw_settings_expects {
    SW_EXPECTS_RECORDED, /* as it was recorded: it is no such test */
    SW_EXPECTS_PASS,
    SW_EXPECTS_FAILURE,
};

struct sw_settings {
    char *spill; /* SLP_SPILL, or NULL */
    struct sw_fault_set faults;
    /* NAME=VALUE, and a NULL */
    char *variables[SW_SETTINGS_VARIABLES_MAX + SW_SETTINGS_VARIABLES_OURS + 1];
    int variable_count;
    uint32_t early_max; /* how many early time-outs a strategy may choose */
    uint32_t points; /* 1: the interpreter's points are decisions */
    struct sw_fault_set steps; /* faults for one step, where a strategy wants; with points */
    uint32_t fail_max; /* how often a point may find no memory; with points */
    uint32_t real_network; /* 1: sockets on loopback are the kernel's own */
    uint32_t grain; /* enum sw_control_shm_grain */
    uint32_t watches_values; /* 1: as slpython-lab always does (contract/watches_values.h) */
    /* 1: the program says where its schedule begins (harness/control/entry/schedule_loop.h) */
    uint32_t begins;
    uint32_t chance; /* contract/chance.h; 0: the first, or as a search likes */
    uint32_t layout; /* contract/layout.h */
    uint32_t layouts; /* how many a search varies; 0: as it likes.  A schedule has one of them */
    /* enum sw_control_shm_hashes; of a schedule that was recorded before version 5: ADDRESS */
    uint32_t hashes;
    uint32_t expects; /* enum sw_settings_expects */
    uint32_t from; /* it begins where the main thread first comes to this line; 0: elsewhere */
};

void sw_settings_free(struct sw_settings *setting);
int sw_settings_equal(const struct sw_settings *one, const struct sw_settings *other);

/* Can this interpreter do that?  Faults and points are for slpython-lab, spills
 * for slpython too.  0, or -1 with *e. */
int sw_settings_check(const struct sw_settings *setting, const char *interp, struct sw_error *e);

/* Is a symbol of that name in the file's dynamic table?  1 or 0; -1: it is no
 * ELF file, a script for example. */
int sw_settings_interp_exports(const char *interp, const char *name);

/* To the control memory, before the child is started; to the environment, in the child. */
void sw_settings_fill_shm(const struct sw_settings *setting, struct sw_control_shm *shm);
/* 0, or -1: no memory. */
int sw_settings_set_environment(const struct sw_settings *setting);

#endif
