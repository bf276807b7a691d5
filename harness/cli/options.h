/* SPDX-License-Identifier: MIT
 *
 * options.h - what a command can be told, as a table, and its reading.
 *
 *      static const struct sw_option options[] = {
 *          SW_OPTION_HEADING("What is run"),
 *          SW_OPTION_NUMBER("repeat", 0, "N", struct order, repeat, 1, 1000000,
 *                           "Run each schedule N times (default: 1)"),
 *          SW_OPTION_FLAG("tap", 't', struct order, tap, "Print TAP"),
 *          {0},
 *      };
 *
 * The same table is what --help prints, so that no option can be missing there.  Options that
 * several commands take are in common_options.h.  The syntax is that of getopt_long(): a long name
 * may be cut, as long as it stays the only one.
 */
#ifndef SW_OPTIONS_H
#define SW_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "contract/error.h"
#include "harness/formats/sched/settings_table.h"

enum sw_option_kind {
    SW_OPTION_IS_HEADING, /* no option: a line of --help above those that follow */
    SW_OPTION_IS_FLAG,    /* an int, set to 1 */
    SW_OPTION_IS_TEXT,    /* a const char *, which points into argv */
    SW_OPTION_IS_NUMBER,  /* an unsigned number or a positive int, from least to most */
    SW_OPTION_IS_WORD,    /* an int: the index of one of words */
    SW_OPTION_IS_PARSED,  /* parse() says what it means */
    SW_OPTION_IS_SETTING, /* a row of the table of settings; the member: struct sw_settings */
    SW_OPTION_ARE_SETTINGS, /* all rows that this command takes, one after the other */
};

/* Sets the member; member: its address.  0, or -1 with *e (no place). */
typedef int sw_option_parse(void *member, const char *text, struct sw_error *e);

struct sw_option {
    const char *name; /* without its dashes; NULL in a heading */
    const char *help; /* NULL: the table's end */
    const char *argument; /* what --help calls it; NULL: it takes none */
    enum sw_option_kind kind;
    char letter; /* 0: it has no short form */
    size_t offset; /* of the member, in the command's target */
    size_t size;   /* of the member; of a NUMBER */
    uint64_t least, most;     /* of a NUMBER */
    const char *const *words; /* of a WORD; NULL at the end */
    sw_option_parse *parse;   /* of a PARSED */
    const struct sw_settings_row *setting;  /* of a SETTING */
    enum sw_settings_command takes_settings; /* of SETTINGS: those of this command */
};

#define SW_OPTION_HEADING(text) {.kind = SW_OPTION_IS_HEADING, .help = (text)}
#define SW_OPTION_FLAG(long_name, short_name, type, member, text) \
    {.kind = SW_OPTION_IS_FLAG, .name = (long_name), .letter = (short_name), \
     .offset = offsetof(type, member), .help = (text)}
#define SW_OPTION_TEXT(long_name, short_name, value, type, member, text) \
    {.kind = SW_OPTION_IS_TEXT, .name = (long_name), .letter = (short_name), .argument = (value), \
     .offset = offsetof(type, member), .help = (text)}
#define SW_OPTION_NUMBER(long_name, short_name, value, type, member, low, high, text) \
    {.kind = SW_OPTION_IS_NUMBER, .name = (long_name), .letter = (short_name), \
     .argument = (value), .offset = offsetof(type, member), \
     .size = sizeof ((type *)0)->member, .least = (low), .most = (high), .help = (text)}
#define SW_OPTION_WORD(long_name, short_name, value, type, member, list, text) \
    {.kind = SW_OPTION_IS_WORD, .name = (long_name), .letter = (short_name), .argument = (value), \
     .offset = offsetof(type, member), .words = (list), .help = (text)}
/* value: NULL if it takes none. */
#define SW_OPTION_PARSED(long_name, short_name, value, type, member, function, text) \
    {.kind = SW_OPTION_IS_PARSED, .name = (long_name), .letter = (short_name), \
     .argument = (value), .offset = offsetof(type, member), .parse = (function), .help = (text)}

#define SW_OPTIONS_SETTINGS(type, member, command) \
    {.kind = SW_OPTION_ARE_SETTINGS, .offset = offsetof(type, member), .help = "", \
     .takes_settings = (command)}

enum { SW_OPTIONS_MAX = 64 }; /* of one command */

/* Where options may stand. */
enum sw_options_order {
    SW_OPTIONS_ANYWHERE,
    SW_OPTIONS_FIRST, /* what follows the first argument belongs to that */
};

/* How the reading ended. */
enum sw_options_end {
    SW_OPTIONS_READ,
    SW_OPTIONS_HELP, /* --help was among them */
    SW_OPTIONS_BAD,  /* *e says why */
};

/* The same table with each setting in a row of its own; all: room for SW_OPTIONS_MAX + 1. */
void sw_options_expand(const struct sw_option *options, struct sw_option *all);

/* Reads argv[1] and what follows into the target; options: expanded.  *next is the index of the
 * first argument, since options are moved before the arguments.  Stops at the first mistake. */
enum sw_options_end sw_options_read(const struct sw_option *options, enum sw_options_order order,
                                    int argc, char **argv, void *target, int *next,
                                    struct sw_error *e);

#endif
