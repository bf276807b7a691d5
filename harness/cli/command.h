/* SPDX-License-Identifier: MIT
 *
 * command.h - spillway's commands: each is one file, NAME_command.c, and registers itself.
 *
 *      SW_COMMAND(replay) = {
 *          .name = "replay",
 *          .group = SW_COMMAND_RECORD,
 *          ...
 *      };
 *
 * Nobody lists them.  What a command is told is read into its target before run() is called, so a
 * command's own code begins where the words of the command line end.
 */
#ifndef SW_COMMAND_H
#define SW_COMMAND_H

#include "options.h"

/* As "spillway help" orders them; in a group by rank, then by name.
 * X(ID, HEADING) */
#define SW_COMMAND_GROUPS(X) \
    X(RUN, "Run tests") \
    X(EXPLORE, "Find failing schedules") \
    X(RECORD, "Record and replay") \
    X(LOOK, "Inspect") \
    X(ABOUT, "Help")

enum sw_command_group {
#define SW_COMMAND_ENUM(id, heading) SW_COMMAND_##id,
    SW_COMMAND_GROUPS(SW_COMMAND_ENUM)
#undef SW_COMMAND_ENUM
    SW_COMMAND_GROUP_COUNT
};

/* What is left when the options are read; all of it points into argv. */
struct sw_command_arguments {
    char **list; /* NULL-terminated */
    int count;
    char **behind; /* what stood behind "--", NULL-terminated; NULL: no "--", or not told apart */
};

enum { SW_COMMAND_ANY = 1 << 20, SW_COMMAND_EXITS_MAX = 6 };

struct sw_command {
    const char *name;
    const char *also[2];  /* other words for it: "--version", "-V"; NULL: none */
    const char *summary;  /* in the list of commands: begins small, without a full stop */
    enum sw_command_group group;
    int rank;
    const char *usage;    /* its arguments, as the usage line has them; "": none */
    const char *argument; /* what one is called in a message; NULL: there are none */
    int least, most;      /* arguments; most may be SW_COMMAND_ANY */
    enum sw_options_order order;
    /* With SW_OPTIONS_FIRST: the first argument has none of its own, so that the command's options
     * may stand behind it, too; NULL: it always has. */
    int (*is_alone)(const char *argument);
    int splits;           /* arguments behind "--" are kept apart */
    const char *about;    /* what it does: sentences above the options */
    const char *details;  /* paragraphs below them; NULL: none */
    const char *exits[SW_COMMAND_EXITS_MAX]; /* "0 nothing was found"; NULL behind the last */
    const struct sw_option *options; /* sw_command_no_options: --help alone */
    void *target;                    /* what they set; it has their defaults already */
    /* Returns the exit status. */
    int (*run)(const struct sw_command_arguments *arguments);
    struct sw_command *next; /* command.c's own */
};

#define SW_COMMAND(id) \
    static struct sw_command id##_command; \
    __attribute__((constructor)) static void register_##id(void) \
    { \
        sw_command_add(&id##_command); \
    } \
    static struct sw_command id##_command

extern const struct sw_option sw_command_no_options[];

/* Before main(); it stays. */
void sw_command_add(struct sw_command *command);
/* In their order; NULL: there is none. */
const struct sw_command *sw_command_first(void);
/* By its name or another word for it; NULL after a message on stderr, which names the nearest. */
const struct sw_command *sw_command_find(const char *name);

/* What main() does: argv[1] is the command's name.  Returns the exit status. */
int sw_command_main(int argc, char **argv);
/* The same when the command is known; argv[0] is its name. */
int sw_command_run(const struct sw_command *command, int argc, char **argv);

/* "spillway NAME: ..." on stderr.  Returns the exit status of a usage error. */
int sw_command_refuse(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
