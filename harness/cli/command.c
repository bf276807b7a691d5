/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command_help.h"
#include "contract/exit.h"

enum { COMMANDS_MAX = 64 };

static struct sw_command *first;

const struct sw_option sw_command_no_options[] = {{0}};

/* ---- which there are ---- */

static int comes_before(const struct sw_command *a, const struct sw_command *b)
{
    if (a->group != b->group)
        return a->group < b->group;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return strcmp(a->name, b->name) < 0;
}

/* Sorted here, since constructors run in the order in which files were linked. */
void sw_command_add(struct sw_command *command)
{
    struct sw_command **at = &first;

    while (*at != NULL && comes_before(*at, command))
        at = &(*at)->next;
    command->next = *at;
    *at = command;
}

const struct sw_command *sw_command_first(void)
{
    return first;
}

static int is_called(const struct sw_command *command, const char *name)
{
    if (strcmp(command->name, name) == 0)
        return 1;
    for (int i = 0; i < 2; i++)
        if (command->also[i] != NULL && strcmp(command->also[i], name) == 0)
            return 1;
    return 0;
}

static void refuse_name(const char *name)
{
    const char *names[COMMANDS_MAX];
    int count = 0;

    for (const struct sw_command *at = first; at != NULL; at = at->next) {
        assert(count < COMMANDS_MAX);
        names[count++] = at->name;
    }
    const char *nearest = sw_error_nearest(name, names, count);
    if (nearest != NULL)
        fprintf(stderr, "spillway: unknown command '%s'; did you mean '%s'?\n", name, nearest);
    else
        fprintf(stderr, "spillway: unknown command '%s'; spillway help lists all\n", name);
}

const struct sw_command *sw_command_find(const char *name)
{
    for (const struct sw_command *at = first; at != NULL; at = at->next)
        if (is_called(at, name))
            return at;
    refuse_name(name);
    return NULL;
}

/* ---- one ---- */

int sw_command_refuse(const char *name, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "spillway %s: ", name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return SW_EXIT_ERROR;
}

/* Cuts argv at "--": getopt_long() would forget where it stood. */
static void split(const struct sw_command *command, int *argc, char **argv,
                  struct sw_command_arguments *arguments)
{
    /* The first "--" is ours; one behind it is the program's. */
    for (int i = 1; command->splits && i < *argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        arguments->behind = argv + i + 1;
        argv[i] = NULL;
        *argc = i;
        return;
    }
}

/* How many there are.  The exit status, or -1: as many as it takes. */
static int check_count(const struct sw_command *command, int count)
{
    if (count < command->least)
        return sw_command_refuse(command->name, "no %s given", command->argument);
    if (count <= command->most)
        return -1;
    return command->most == 0
               ? sw_command_refuse(command->name, "it takes no argument")
               : sw_command_refuse(command->name, "more than one %s", command->argument);
}

/* *next: the index of the first argument. */
static enum sw_options_end read_options(const struct sw_command *command, int argc, char **argv,
                                        int *next, struct sw_error *e)
{
    struct sw_option options[SW_OPTIONS_MAX + 1];
    int behind;

    sw_options_expand(command->options, options);
    enum sw_options_end end =
        sw_options_read(options, command->order, argc, argv, command->target, next, e);
    if (end != SW_OPTIONS_READ || command->order != SW_OPTIONS_FIRST || command->is_alone == NULL ||
        *next >= argc || !command->is_alone(argv[*next]))
        return end;
    /* What is read is behind the word that is first, as the program's name is in main(). */
    end = sw_options_read(options, SW_OPTIONS_ANYWHERE, argc - *next, argv + *next, command->target,
                          &behind, e);
    /* The options stand before the arguments now; the test moves between the two. */
    char *test = argv[*next];
    memmove(argv + *next, argv + *next + 1, (size_t)(behind - 1) * sizeof *argv);
    *next += behind - 1;
    argv[*next] = test;
    return end;
}

int sw_command_run(const struct sw_command *command, int argc, char **argv)
{
    struct sw_command_arguments arguments = {0};
    struct sw_error e = {0};
    int next;

    /* Options first: a misspelt one is the better explanation of an argument too many. */
    split(command, &argc, argv, &arguments);
    switch (read_options(command, argc, argv, &next, &e)) {
    case SW_OPTIONS_BAD:
        return sw_command_refuse(command->name, "%s", e.text);
    case SW_OPTIONS_HELP:
        sw_command_help_one(stdout, command);
        return SW_EXIT_OK;
    case SW_OPTIONS_READ:
        break;
    }
    arguments.list = argv + next;
    arguments.count = argc - next;
    int status = check_count(command, arguments.count);
    return status >= 0 ? status : command->run(&arguments);
}

int sw_command_main(int argc, char **argv)
{
    if (argc < 2) { /* a mistake, so stdout stays empty for whoever reads it */
        sw_command_help_all(stderr);
        return SW_EXIT_ERROR;
    }
    const struct sw_command *command = sw_command_find(argv[1]);
    return command == NULL ? SW_EXIT_ERROR : sw_command_run(command, argc - 1, argv + 1);
}
